"""What the case workflow asks of the Code: which clauses may be cited, and what citing them means."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from conduct.models import Clause, Version
from conduct.models.clause import Kind


def clauses_in_force(on: datetime.date) -> QuerySet[Clause]:
    """Return every clause and article in force on that day, in order; raise Version.DoesNotExist if none was."""
    return Clause.objects.filter(version=Version.in_force(on))


def only_disagreement(clauses: Iterable[Clause]) -> bool:
    """
    Return whether all cited clauses are about political goals (article 6): disagreement, never a violation.

    A concern that cites nothing is not of this sort.
    """
    kinds = {clause.kind for clause in clauses}
    return kinds == {Kind.MEETING}


def said(clause: Clause) -> str:
    """Return the words of a clause in the reader's language: the Code's own, or its unofficial translation."""
    return clause.said_in(get_language() or settings.LANGUAGE_CODE, "text")
