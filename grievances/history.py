"""A case's history in words, as far as it concerns one reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from caracol.ledger.chain import entries
from caracol.ledger.models import Entry as LedgerEntry
from grievances.events import EVENTS, Event
from grievances.facts import Facts
from grievances.models import Pseudonym
from grievances.presenters import People
from grievances.roles import HARM_SIDE, SERVING
from grievances.rooms import ROOMS, RoomKind
from grievances.workflow import Stage

_ROOM_EVENTS = frozenset({event for event in Event if event.startswith("room:")})


@dataclass(frozen=True)
class Happened:
    """One line of a case's history, and how often it is said in a row."""

    at: dt.datetime
    says: str
    version: int
    times: int = 1


def history(facts: Facts, people: People) -> list[Happened]:
    """
    Return the case's history as far as it concerns the reader, the oldest first.

    Who is not on the harm side and does not serve reads from the start of their own seat on, and nothing about
    others like them; of rooms, everybody reads about those they could hold a key to.
    """
    chain = facts.case.chain
    seats = dict(Pseudonym.objects.filter(chain=chain).values_list("name", "user_id"))
    told = [entry for entry in entries(chain) if facts.parts & EVENTS[Event(entry.event)].seen_by]
    shown = _concerning(told, facts, people, seats)
    return _gathered(_happened(entry, people, seats) for entry in shown)


def _concerning(told: list[LedgerEntry], facts: Facts, people: People, seats: Mapping[str, int]) -> list[LedgerEntry]:
    theirs = _own_rooms(facts)
    told = [entry for entry in told if entry.event not in _ROOM_EVENTS or entry.details.get("room") in theirs]
    me = facts.me
    if me is None or facts.parts & (HARM_SIDE | SERVING):
        return told
    since = [entry for entry in told if entry.at >= me.taken_at and not _by_another_like_them(entry, people, seats)]
    # The first telling after somebody sat down is their own; a later one is of somebody else.
    tellings = [entry.number for entry in since if entry.event == Event.TOLD]
    return [entry for entry in since if entry.event != Event.TOLD or entry.number == tellings[0]]


def _by_another_like_them(entry: LedgerEntry, people: People, seats: Mapping[str, int]) -> bool:
    seat = people.seat_of(seats.get(entry.actor, 0))
    return seat is not None and seat != people.facts.me and not seat.parts_ever & (HARM_SIDE | SERVING)


def _own_rooms(facts: Facts) -> set[str]:
    """Return the tokens of the rooms to which the table of rooms gives the reader a key, destroyed ones too."""
    me = facts.me
    own = {me.pk, me.supports_id} if me else set()
    return {
        room.token
        for room in facts.case.rooms.all()
        if (room.seat_id in own if room.seat_id else False) or facts.parts & ROOMS[RoomKind(room.kind)].keys
    }


def _happened(entry: LedgerEntry, people: People, seats: Mapping[str, int]) -> Happened:
    who = people.author(seats[entry.actor]) if entry.actor in seats else _("somebody")
    says = capfirst(str(EVENTS[Event(entry.event)].says).format(who=who))
    return Happened(entry.at, says, _version(entry))


def _version(entry: LedgerEntry) -> int:
    """Return the case's version that a step made, or 0 for what is no step."""
    return int(str(entry.details["version"])) if "stage" in entry.details else 0


def _gathered(lines: Iterable[Happened]) -> list[Happened]:
    """Return the lines with those that say the same in a row, on one day, said once."""
    gathered: list[Happened] = []
    for line in lines:
        last = gathered[-1] if gathered else None
        if last and last.says == line.says and last.at.date() == line.at.date():
            gathered[-1] = Happened(last.at, last.says, line.version, last.times + 1)
        else:
            gathered.append(line)
    return gathered


@dataclass(frozen=True)
class Changed:
    """What changed in a case since a version of it was seen: where it stood then, where now, and what happened."""

    then: str
    now: str
    happened: list[Happened]


def changed_since(version: int, facts: Facts, people: People) -> Changed:
    """Return what the reader may know of what happened after `version`."""
    moves = [entry for entry in entries(facts.case.chain) if "stage" in entry.details]
    stood = {_version(entry): str(entry.details["stage"]) for entry in moves}
    then = Stage(stood.get(version, Stage.DRAFT.value))
    since = [line for line in history(facts, people) if line.version > version]
    return Changed(str(then.label), str(Stage(facts.case.stage).label), since)
