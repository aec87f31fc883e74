"""
Writing into rooms and reading from them.

What is written is sealed to the room's current public key, as the ledger states it, with its author's signature
inside; what is read is opened with the reader's own keys and checked against the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.accounts.keys import StatedKeys, stated_keys
from caracol.ledger.chain import record
from caracol.vault import keystore, ladder
from caracol.vault.box import SealBroken
from grievances import access
from grievances.attest import Attested, attested
from grievances.events import Event
from grievances.exceptions import NoKey, Unverified
from grievances.models import Entry, EntryKind, Room
from grievances.models.case import new_token

RoomKeys = Mapping[int, bytes]


@dataclass(frozen=True)
class Opened:
    """
    An entry as its reader sees it: `words` by field name, or None where it is not what the ledger recorded.

    `owed` says that nothing is known against it, but that the reader still waits for the key of its epoch.
    """

    entry: Entry
    words: Mapping[str, str] | None
    owed: bool = False

    @property
    def verified(self) -> bool:
        """Whether the entry is just what its author wrote."""
        return self.words is not None


def keys_to(rooms: Collection[Room], by: Actor) -> dict[int, RoomKeys]:
    """
    Return the private keys of the rooms that `by` can open, by room id and epoch. Two queries for all.

    A sealed key that does not open was changed by somebody: its epoch is left out.
    """
    seals = access.grants_of(by.user, rooms)
    shred = keystore.keys_of(room.token for room in rooms if room.pk in seals)
    return {
        room.pk: _opened(room, seals[room.pk], shred[room.token], by)
        for room in rooms
        if room.pk in seals and room.token in shred
    }


def _opened(room: Room, seals: Mapping[int, bytes], shred: bytes, by: Actor) -> RoomKeys:
    opened = {}
    for epoch, sealed in seals.items():
        with suppress(SealBroken):
            opened[epoch] = ladder.open_room_key(
                sealed, room=room.token, epoch=epoch, to=by.user.handle, keys=by.keys, wraps=[shred]
            )
    return opened


@transaction.atomic
def write(  # noqa: PLR0913 (an entry's facts, each named by the caller)
    room: Room,
    kind: EntryKind,
    words: Mapping[str, str],
    *,
    by: Actor,
    token: str = "",
    version: int = 1,
) -> Entry:
    """
    Seal `words` into a room and record it. A new version is given the `token` of the earlier one.

    Raises Unverified where the room, its public key or its writer's place in it is not what the ledger states: a room
    put in another's place would let others read what is meant for this one.
    """
    # Held, so that nothing is sealed to a key from before a turn that is happening now.
    waiting = Room.objects.select_for_update(of=("self",), no_key=True)
    held = waiting.select_related("case", "seat__user").get(pk=room.pk)
    epoch, said = held.epoch, attested(held.chain)
    said.check(held)
    if not said.holds(held, by.user):
        raise Unverified
    stored = bytes(room.epochs.get(number=epoch).public_key)
    facts = ladder.EntryFacts(room.token, epoch, token or new_token(), version, by.user.handle)
    sealed = ladder.seal_entry(
        json.dumps({"kind": kind, "words": dict(words)}).encode(),
        facts=facts,
        author=by.keys,
        room_public=said.public_key(room.token, epoch, stored),
    )
    entry = Entry.objects.create(
        room=room,
        token=facts.entry,
        version=version,
        kind=kind,
        epoch=epoch,
        author=by.user,
        sealed=sealed,
        written_at=moments.kept(),
    )
    record(
        room.chain,
        Event.ENTRY_WRITTEN,
        actor=said.names(held.chain)[by.user.pk],
        room=room.token,
        entry=entry.token,
        version=version,
        digest=hashlib.sha256(sealed).hexdigest(),
    )
    return entry


def read(entries: Iterable[Entry], *, by: Actor) -> list[Opened]:
    """
    Open entries with the reader's keys: the newest versions are the caller's to choose.

    Entries of rooms that the reader holds no key to are left out. A constant number of queries.
    """
    found = list(entries)
    rooms = {entry.room_id: entry.room for entry in found}
    keys = keys_to(list(rooms.values()), by)
    said = attested(*{room.chain for room in rooms.values()})
    authors = stated_keys({entry.author for entry in found})
    return [
        Opened(
            entry,
            _words(entry, keys[entry.room_id], said, authors[entry.author_id]),
            owed=entry.epoch not in keys[entry.room_id],
        )
        for entry in found
        if entry.room_id in keys
    ]


def read_one(entry: Entry, *, by: Actor) -> Mapping[str, str]:
    """Return the words of one entry. Raises NoKey for a reader without its room's key, Unverified for a forgery."""
    opened = read([entry], by=by)
    if not opened:
        raise NoKey
    if opened[0].words is None:
        raise Unverified
    return opened[0].words


def newest(entries: Iterable[Entry]) -> list[Entry]:
    """Return the newest version of each entry, in the order in which they were first written."""
    latest: dict[tuple[int, str], Entry] = {}
    for entry in entries:
        key = (entry.room_id, entry.token)
        if key not in latest or latest[key].version < entry.version:
            latest[key] = entry
    return list(latest.values())


def _words(entry: Entry, keys: RoomKeys, said: Attested, author: StatedKeys) -> Mapping[str, str] | None:
    """Return the entry's words, or None where it is not what the ledger recorded or does not open."""
    room = entry.room
    recorded = said.written.get((room.token, entry.token, entry.version))
    sealed = bytes(entry.sealed)
    if recorded is None or recorded.digest != hashlib.sha256(sealed).hexdigest() or entry.epoch not in keys:
        return None
    facts = ladder.EntryFacts(room.token, entry.epoch, entry.token, entry.version, entry.author.handle)
    # Whoever has new keys since then signed this with the old ones.
    for sign in author.may_have_signed(recorded.at):
        with suppress(SealBroken):
            body = ladder.open_entry(sealed, facts=facts, author_sign=sign, room_private=keys[entry.epoch])
            return _told(json.loads(body), entry.kind)
    return None


def _told(body: dict[str, object], kind: str) -> Mapping[str, str] | None:
    words = body["words"]
    return words if body["kind"] == kind and isinstance(words, dict) else None
