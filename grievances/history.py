"""
The reader's log: a case's history in words, as far as it concerns one reader.

Who opened which room and when, who was asked to serve, every key handed out and every refusal stand in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from caracol.accounts.contacts import serving_names_of
from caracol.accounts.models import User
from caracol.ledger.chain import entries
from caracol.ledger.models import Entry as LedgerEntry
from caracol.lists import listed
from grievances.events import EVENTS, Event
from grievances.facts import Facts
from grievances.models import Pseudonym, Recipient, Room, Seat, Thing
from grievances.presenters import People, first_part, room_line
from grievances.roles import HARM_SIDE, SERVING, Part
from grievances.rooms import ROOMS, RoomKind
from grievances.workflow import Stage, Step

_ROOM_EVENTS = frozenset({event for event in Event if event.startswith("room:")})
# Of a session that is planned a party reads where they are invited.
_OF_SESSIONS = frozenset(
    {Event.SESSION_PLANNED, Event.SESSION_CHANGED, Event.SESSION_CALLED_OFF, Event.SESSION_SETTLED}
)


@dataclass(frozen=True)
class Happened:
    """One line of a case's history, and how often it is said in a row."""

    event: Event
    at: dt.datetime
    says: str
    version: int
    times: int = 1


class Named:
    """
    The people and rooms of a chain as its reader knows them.

    Who serves, or did, goes by the name they serve by; whoever was only asked does so to those who may know it, and
    not to somebody with a receipt, who is shown no list of those who serve. Parties go by their part.
    """

    def __init__(self, people: People) -> None:
        self.people = people
        self.facts = people.facts

    @cached_property
    def users(self) -> dict[str, User]:
        """Who is meant by each name in the chain: only where the name was given to this very person."""
        given = Pseudonym.objects.filter(chain=self.facts.case.chain).select_related("user")
        return {row.name: row.user for row in given if row.is_true()}

    @cached_property
    def serving(self) -> dict[int, str]:
        """The names that people serve by, by user id, of all in the chain."""
        return serving_names_of(self.users.values())

    @cached_property
    def rooms(self) -> dict[str, str]:
        """The rooms to which the table of rooms gives the reader a key, destroyed ones too, by token, in words."""
        standing = self.facts.case.rooms.select_related("seat")
        return {room.token: room_line(room, self.people).name for room in standing if self._could_open(room)}

    def _could_open(self, room: Room) -> bool:
        me = self.facts.me
        if room.seat_id and me and room.seat_id in {me.pk, me.supports_id}:
            return room.seat_id == me.pk or self.facts.is_let_read(me)
        return bool(self.facts.parts & ROOMS[RoomKind(room.kind)].keys)

    def seat(self, name: str) -> Seat | None:
        """Return the seat that whoever goes by this name in the chain has, or had."""
        user = self.users.get(name)
        return self.people.seat_of(user.pk) if user else None

    def called(self, name: str) -> str:
        """Return what whoever goes by this name in the chain is called."""
        user, seat = self.users.get(name), self.seat(name)
        if user is None:
            return _("somebody")
        if user == self.facts.user:
            return _("you")
        if seat is None:
            return self.serving[user.pk] if self._knows_who_is_asked() else _("somebody")
        part = first_part(seat)
        if part in SERVING and self._knows_who_serves(part):
            return _("%(name)s (%(part)s)") % {"name": self.serving[user.pk], "part": part.label}
        return self.people.called(seat)

    def _knows_who_serves(self, part: Part) -> bool:
        return part is Part.MEDIATOR or bool(self.facts.parts & (HARM_SIDE | SERVING))

    def _knows_who_is_asked(self) -> bool:
        reader = self.facts.user
        return bool(self.facts.parts & (HARM_SIDE | SERVING)) and reader is not None and not reader.is_guest


def history(facts: Facts, people: People) -> list[Happened]:
    """
    Return the case's history as far as it concerns the reader, the oldest first. A constant number of queries.

    Who is not on the harm side and does not serve reads from the start of their own seat on, and nothing about
    others like them; of rooms, everybody reads about those they could hold a key to.
    """
    named = Named(people)
    return _gathered(_happened(entry, named) for entry in _concerning(entries(facts.case.chain), named))


def _concerning(told: list[LedgerEntry], named: Named) -> list[LedgerEntry]:
    facts, begins = named.facts, _begins(told, named.facts)
    told = [entry for entry in told if facts.parts & EVENTS[Event(entry.event)].seen_by]
    told = [entry for entry in told if entry.event not in _ROOM_EVENTS or entry.details.get("room") in named.rooms]
    me = facts.me
    if me is None or facts.parts & SERVING:
        return told
    told = [entry for entry in told if entry.event not in _OF_SESSIONS or _was_invited(entry, named)]
    if facts.parts & HARM_SIDE:
        return told
    return [entry for entry in told if entry.number >= begins and not _of_another_like_them(entry, named)]


def _was_invited(entry: LedgerEntry, named: Named) -> bool:
    return any(named.users.get(name) == named.facts.user for name in _done_to(entry))


def _begins(told: list[LedgerEntry], facts: Facts) -> int:
    """Return the number at which the reader's seat begins: with a key to their own room. Times may be days alone."""
    own = {room.token for room in facts.case.rooms.all() if facts.me and room.seat_id == facts.me.pk}
    given = (entry for entry in told if entry.event == Event.ROOM_GRANTED and entry.details["room"] in own)
    return next((entry.number for entry in given), len(told) + 1)


def _of_another_like_them(entry: LedgerEntry, named: Named) -> bool:
    """Whether somebody else who neither serves nor is on the harm side did it, or had it done to them."""
    return entry.event not in _OF_SESSIONS and any(
        seat != named.facts.me and not seat.parts_ever & (HARM_SIDE | SERVING)
        for name in [entry.actor, *_done_to(entry)]
        if (seat := named.seat(name))
    )


def _done_to(entry: LedgerEntry) -> list[str]:
    to = entry.details.get("to")
    return to if isinstance(to, list) else [str(to)] if to else []


def _happened(entry: LedgerEntry, named: Named) -> Happened:
    event, facts = Event(entry.event), entry.details
    by = [name for name in (entry.actor, str(facts.get("second", ""))) if name]
    told = {"who": _listed(by, named)} if by else {}
    if whom := _done_to(entry):
        told["whom"] = _listed(whom, named)
    if room := named.rooms.get(str(facts.get("room"))):
        told["room"] = room
    if thing := facts.get("thing"):
        told["thing"] = str(Thing(str(thing)).label)
        told["recipient"] = str(Recipient(str(facts["whom"])).label)
    if step := facts.get("step"):
        told["what"] = str(Step(str(step)).label)
    return Happened(event, entry.at, EVENTS[event].say(**told), _version(entry))


def _listed(names: list[str], named: Named) -> str:
    return listed([named.called(name) for name in names])


def _version(entry: LedgerEntry) -> int:
    """Return the case's version that a step made, or 0 for what is no step."""
    return int(str(entry.details["version"])) if "stage" in entry.details else 0


def _gathered(lines: Iterable[Happened]) -> list[Happened]:
    """Return the lines with those that say the same in a row, on one day, said once."""
    gathered: list[Happened] = []
    for line in lines:
        last = gathered[-1] if gathered else None
        if last and last.says == line.says and timezone.localdate(last.at) == timezone.localdate(line.at):
            gathered[-1] = replace(last, times=last.times + 1)
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
