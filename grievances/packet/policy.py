"""The National policy as data, by version, with the day on which somebody checked it: never a constant."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievances.deadlines import today
from grievances.facts import Facts
from grievances.models import ExceptionReason, Policy
from grievances.packet import crypt

SEEDED = Path(__file__).with_name("national.toml")


class NotAPolicy(Exception):
    """A text that states no policy; it says what is wrong with it."""


def current() -> Policy:
    """Return the version that was added last; what was known when this site was written, where none was."""
    return Policy.objects.last() or _stated(SEEDED.read_text(encoding="utf-8"))


def load(text: str) -> Policy:
    """Add what a TOML text states as the version that holds from now on. Raises NotAPolicy."""
    stated = _stated(text)
    stated.save()
    return stated


def _stated(text: str) -> Policy:
    try:
        stated = Policy(**tomllib.loads(text), added_on=today())
        stated.full_clean(exclude=["id"])
    except (TypeError, ValueError, ValidationError) as wrong:
        raise NotAPolicy(str(wrong)) from wrong
    if stated.age and not crypt.is_recipient(stated.age):
        raise NotAPolicy("age: this is no age recipient")
    return stated


@dataclass(frozen=True)
class Way:
    """A way to National that is open to a member, and whether the facts speak for it."""

    says: Promise
    fits: bool


def routes(facts: Facts) -> list[Way]:
    """Return the ways there are, with those marked that the facts of a case speak for."""
    conflicted = facts.case.exception_reason == ExceptionReason.NO_TWO_MEDIATORS or len(facts.mediators) == 1
    urgent = facts.case.exception_reason == ExceptionReason.URGENT_RISK
    return [
        Way(
            _("The grievance officer of your chapter: National asks first what the chapter did."),
            not urgent,
        ),
        Way(
            _("National, where your chapter has under 100 members or no grievance officer, or you are in none."), False
        ),
        Way(_("National, where those who would handle it are in a conflict of interest."), conflicted),
        Way(_("National directly: you may ask it at any time, and need to ask nobody here first."), urgent),
    ]
