"""News: how what a person was told reads to them, by their part in the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caracol.accounts.contacts import serving_names_of
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
    Event.PAPER_LAID: gettext_lazy("There is a text for you to read. It is yours to agree to it, or not."),
    Event.CLOCK_LATE: gettext_lazy("A date passed, and what was due is still to be done. Nothing moves by itself."),
    Event.CLOCK_LATE_AGAIN: gettext_lazy("As much time again has passed, and what was due is still to be done."),
    Event.FOLLOW_UP: gettext_lazy("This was closed half a year ago. How is it now? You can write, or leave it be."),
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
    """Put notices in words for their reader. One query; two more where they are told of something late on duty."""
    found = list(notices)
    parts = parts_in((notice.case for notice in found), reader)
    late = {notice.case for notice in found if notice.event == Event.INTAKE_TOLD and notice.case_id not in parts}
    asked = _who_to_ask(late) if late else {}
    return [
        _late(notice, asked.get(notice.case_id, []))
        if notice.case in late
        else _news(notice, parts.get(notice.case_id, frozenset()))
        for notice in found
    ]


def _who_to_ask(cases: Iterable[Case]) -> dict[int, list[str]]:
    """Return the names by which the mediators of cases serve, by case id."""
    seats = list(Seat.objects.filter(case__in=cases, mediator=True, left_at=None).select_related("user").order_by("pk"))
    names = serving_names_of([seat.user for seat in seats])
    found: dict[int, list[str]] = {}
    for seat in seats:
        found.setdefault(seat.case_id, []).append(names[seat.user_id])
    return found


def _late(notice: Notice, mediators: list[str]) -> News:
    """Tell somebody on intake duty that something stays late, as its reporter wished."""
    says = _("Something here has been late for long, and whoever raised it wishes that you know.")
    ask = _("Please ask those who mediate: %(who)s.") % {"who": ", ".join(mediators)}
    nobody = _("Nobody mediates it yet.")
    return News(f"{says} {ask if mediators else nobody}", notice.case, reverse("grievances:intake"), notice.told_at)


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
