"""News: how what a person was told reads to them, by their part in the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caracol.accounts.contacts import serving_names_of
from caracol.accounts.models import User
from grievances.events import EVENTS, Event
from grievances.models import Case, Deletion, Notice, Seat
from grievances.roles import Part
from grievances.rooms import RoomKind

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
    Event.SESSION_PLANNED: gettext_lazy("A session is planned. Accept, decline or propose another time, as you like."),
    Event.SESSION_CHANGED: gettext_lazy("A session that you are invited to was changed. Please look at it again."),
    Event.COVER_NAMED: gettext_lazy("You were named to cover here while another mediator is away."),
    Event.OFFER_ENDED: gettext_lazy("Somebody was asked to serve and did not answer in time. Somebody else is needed."),
}

# Mediators are told of these as of anything else that happened.
_TO_THE_INVITED = frozenset({Event.SESSION_PLANNED, Event.SESSION_CHANGED})


# What was destroyed, in words: rooms by what they held, and files.
_DESTROYED = {
    "files": gettext_lazy("files"),
    RoomKind.NAMES.value: gettext_lazy("names"),
    RoomKind.PARTY.value: gettext_lazy("what each person wrote"),
    RoomKind.TABLE.value: gettext_lazy("what the sides shared"),
    RoomKind.MEDIATORS.value: gettext_lazy("notes"),
    RoomKind.IDENTITY.value: gettext_lazy("a name that was kept back"),
    RoomKind.PACKET.value: gettext_lazy("the packet for National"),
}


@dataclass(frozen=True)
class News:
    """One notice as its reader sees it, and where it leads; `about` is a case's codename, or what else it is about."""

    says: str
    about: str
    url: str
    at: dt.datetime


def news_of(notices: Iterable[Notice], reader: User) -> list[News]:
    """Put notices in words for their reader. One query; two more where they are told of something late on duty."""
    found = list(notices)
    parts = parts_in((notice.case for notice in found if notice.case), reader)
    on_duty = [notice.case for notice in found if notice.event == Event.INTAKE_TOLD and notice.case]
    late = {case for case in on_duty if case.pk not in parts}
    asked = _who_to_ask(late) if late else {}
    return [_one(notice, parts, late, asked) for notice in found]


def _one(
    notice: Notice, parts: Mapping[int, frozenset[Part]], late: Collection[Case], asked: Mapping[int, list[str]]
) -> News:
    if notice.case is None:
        return _of_a_talk(notice)
    if notice.case in late:
        return _late(notice, notice.case, asked.get(notice.case.pk, []))
    return _news(notice, notice.case, parts.get(notice.case.pk, frozenset()))


def _of_a_talk(notice: Notice) -> News:
    room = notice.conversation.room.token if notice.conversation else ""
    return News(
        EVENTS[notice.about].say(), _("A private talk"), reverse("grievances:conversation", args=[room]), notice.told_at
    )


@dataclass(frozen=True)
class Destroyed:
    """Word that a case was destroyed, as who took part in it reads it. It does not say which."""

    on: dt.date
    kinds: list[str]
    number: str
    until: dt.date


def deletions_told(reader: User) -> list[Destroyed]:
    """Return what the reader is told of cases that were destroyed, the newest first. One query."""
    return [
        Destroyed(row.destroyed_on, [str(_DESTROYED[kind]) for kind in row.kinds], row.number, row.expunge_on)
        for row in Deletion.objects.filter(user=reader)
    ]


def _who_to_ask(cases: Iterable[Case]) -> dict[int, list[str]]:
    """Return the names by which the mediators of cases serve, by case id."""
    seats = list(Seat.objects.filter(case__in=cases, mediator=True, left_at=None).select_related("user").order_by("pk"))
    names = serving_names_of([seat.user for seat in seats])
    found: dict[int, list[str]] = {}
    for seat in seats:
        found.setdefault(seat.case_id, []).append(names[seat.user_id])
    return found


def _late(notice: Notice, case: Case, mediators: list[str]) -> News:
    """Tell somebody on intake duty that something stays late, as its reporter wished."""
    says = _("Something here has been late for long, and whoever raised it wishes that you know.")
    ask = _("Please ask those who mediate: %(who)s.") % {"who": ", ".join(mediators)}
    nobody = _("Nobody mediates it yet.")
    return News(f"{says} {ask if mediators else nobody}", case.reference, reverse("grievances:intake"), notice.told_at)


def parts_in(cases: Iterable[Case], reader: User) -> dict[int, frozenset[Part]]:
    """Return the parts that the reader's seats carry, by case id. One query."""
    seats = Seat.objects.filter(case__in=list(cases), user=reader, left_at=None)
    return {seat.case_id: seat.parts for seat in seats}


def _news(notice: Notice, case: Case, parts: frozenset[Part]) -> News:
    leads_to = "grievances:case" if parts else "grievances:asked_case"
    says = _says(notice.about, parts) if parts else _("You are asked to serve.")
    return News(says, case.reference, reverse(leads_to, args=[case.reference]), notice.told_at)


def _says(event: Event, parts: frozenset[Part]) -> str:
    """What the history would say to this reader too; else only that there is something."""
    rule = EVENTS[event]
    if event is Event.TOLD and Part.RESPONDENT in parts:
        return _("There is something for you to read about a concern that names you, and you can answer.")
    if event in _WORDED and not (event in _TO_THE_INVITED and Part.MEDIATOR in parts):
        return str(_WORDED[event])
    if parts & rule.seen_by:
        return rule.say()
    return _("There is something for you to read.")
