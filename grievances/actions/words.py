"""Words beside the way: messages and notes in a room, and the record of who opened which room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.ledger.chain import entries, record
from grievances import access
from grievances.actions import papers
from grievances.actions.rooms import hold_room
from grievances.actions.telling import tell_once
from grievances.events import Event
from grievances.exceptions import NoKey, NotYours, Unverified
from grievances.facts import Facts
from grievances.models import Entry, EntryKind, Opening, Paper, Pseudonym, Room
from grievances.roles import May
from grievances.rooms import ROOMS, RoomKind
from grievances.sealing import read_one, write


def may_write(room: Room, facts: Facts) -> bool:
    """Return whether the reader may write messages in a room they hold a key to: as its owner, or by their part."""
    me = facts.me
    if me is None or not me.may(May.WRITE) or not access.rooms_of(me.user, Room.objects.filter(pk=room.pk)).exists():
        return False
    return room.seat_id == me.pk or bool(me.parts & ROOMS[RoomKind(room.kind)].writers)


def check_may_write(room: Room, facts: Facts) -> None:
    """Raise NotYours for a reader who may not write in a room."""
    if not may_write(room, facts):
        raise NotYours(_("You can't write in this room."))


@transaction.atomic
def say(room: Room, words: Mapping[str, str], *, by: Actor, kind: EntryKind = EntryKind.MESSAGE) -> Entry:
    """
    Write a message, or what was agreed, into a room of a case; among the mediators it is a note.

    Raises NotYours for who may not.
    """
    held = hold_room(room)
    if held.case is None:
        raise NotYours(_("You can't write in this room."))
    check_may_write(held, Facts(held.case, by.user))
    note = EntryKind.HAND_OVER if kind is EntryKind.HAND_OVER else EntryKind.NOTE
    entry = write(held, note if held.kind == RoomKind.MEDIATORS else kind, words, by=by)
    tell_readers(held, by=by)
    return entry


def tell_readers(room: Room, *, by: Actor) -> None:
    """Tell everybody else who can open a room of a case that something was written in it."""
    if room.case:
        readers = {user.pk for user in access.who_may_open(room)} - {by.user.pk}
        tell_once(room.case, readers, Event.ENTRY_WRITTEN, at=moments.kept())


def note_openings(rooms: Iterable[Room], by: Actor) -> None:
    """Record that `by` opened these rooms. Two queries for those of which it is said already."""
    opened = sorted(rooms, key=lambda room: room.pk)
    chains = {room.chain for room in opened}
    mine = {row.chain: row.name for row in Pseudonym.objects.filter(user=by.user, chain__in=chains)}
    told = _told_since(_this_hour(), chains)
    for room in opened:
        if (mine.get(room.chain, ""), room.token) not in told:
            note_opening(room, by)


def _this_hour() -> dt.datetime:
    return moments.kept().replace(minute=0, second=0, microsecond=0)


@transaction.atomic
def note_opening(room: Room, by: Actor) -> None:
    """Record that `by` opened a room: once for each reader, room and hour; of guests, and day."""
    hour = _this_hour()
    _opening, made = Opening.objects.get_or_create(room=room, user=by.user, hour=hour)
    actor = Pseudonym.of(room.chain, by.user)
    # The mark is a row like any other: only the ledger tells that it was said.
    if made or (actor, room.token) not in _told_since(hour, {room.chain}):
        record(room.chain, Event.ROOM_OPENED, actor=actor, room=room.token, kind=room.kind)


def _told_since(hour: dt.datetime, chains: Collection[str]) -> set[tuple[str, str]]:
    """Return who opened which room since then, by the ledger."""
    told = entries(chains, Event.ROOM_OPENED)
    return {(each.actor, str(each.details["room"])) for each in told if each.at >= hour}


def read_paper(paper: Paper, *, by: Actor) -> Mapping[str, str] | None:
    """Return a paper's current text as `papers.text_of` does, and record the rooms opened for it."""
    lying = Room.objects.filter(entries__token=paper.token, entries__version=paper.version)
    text = papers.text_of(paper, by=by)
    for room in access.rooms_of(by.user, lying).select_related("case").distinct():
        note_opening(room, by)
    return text


def read_waiting(entry: Entry | None, *, by: Actor) -> Mapping[str, str] | None:
    """
    Return the words that wait with a proposal: none where it has none, None where the reader can't open or verify them.

    The room opened for it is recorded.
    """
    if entry is None:
        return {}
    try:
        found = read_one(entry, by=by)
    except NoKey:
        return None
    except Unverified:
        found = None
    note_opening(entry.room, by)
    return found
