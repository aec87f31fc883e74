"""News: how what a person was told reads to them, by their part in the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caracol.accounts.models import User
from grievances.events import EVENTS, Event
from grievances.models import Case, Notice, Seat
from grievances.roles import Part

# What says more, told to somebody, than it does in the history.
_WORDED: dict[Event, Promise] = {
    Event.ENTRY_WRITTEN: gettext_lazy("Somebody wrote in a room that you can open."),
    Event.ASKED_TO_GO_ON: gettext_lazy(
        "Nothing has moved here for eleven months. Should it go on? If nobody takes a step within 30 days, it ends."
    ),
    Event.OFFER_ENDED: gettext_lazy("Somebody was asked to serve and did not answer in time. Somebody else is needed."),
}


@dataclass(frozen=True)
class News:
    """One notice as its reader sees it, and where it leads."""

    says: str
    case: Case
    url: str
    at: dt.datetime


def news_of(notices: Iterable[Notice], reader: User) -> list[News]:
    """Put notices in words for their reader. One query."""
    found = list(notices)
    parts = parts_in((notice.case for notice in found), reader)
    return [_news(notice, parts.get(notice.case_id, frozenset())) for notice in found]


def parts_in(cases: Iterable[Case], reader: User) -> dict[int, frozenset[Part]]:
    """Return the parts that the reader's seats carry, by case id. One query."""
    seats = Seat.objects.filter(case__in=list(cases), user=reader, left_at=None)
    return {seat.case_id: seat.parts for seat in seats}


def _news(notice: Notice, parts: frozenset[Part]) -> News:
    leads_to = "grievances:case" if parts else "grievances:asked_case"
    says = _says(notice.about, parts) if parts else _("You are asked to serve.")
    return News(says, notice.case, reverse(leads_to, args=[notice.case.reference]), notice.told_at)


def _says(event: Event, parts: frozenset[Part]) -> str:
    """What the history would say to this reader too; else only that there is something."""
    rule = EVENTS[event]
    if event is Event.TOLD and Part.RESPONDENT in parts:
        return _("There is something for you to read about a concern that names you, and you can answer.")
    if event in _WORDED:
        return str(_WORDED[event])
    if parts & rule.seen_by:
        return rule.say()
    return _("There is something for you to read.")
