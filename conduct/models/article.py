from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from conduct.models.clause import Clause


class Article(NamedTuple):
    """
    An article as it is read: its own sentence (clause N.0) and the clauses under it.

    It has no table: a concern may cite an article just as it cites a clause, so both are rows of Clause.
    """

    itself: Clause
    clauses: list[Clause]


def articles_of(clauses: Iterable[Clause]) -> list[Article]:
    """Return the articles that `clauses`, ordered by address and beginning with N.0 in each, make up."""
    return [_article(list(those)) for _, those in groupby(clauses, key=attrgetter("article"))]


def _article(clauses: list[Clause]) -> Article:
    itself, *under_it = clauses
    return Article(itself, under_it)
