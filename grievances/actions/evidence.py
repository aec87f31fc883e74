"""
Files in a room: handed in, carried from the draft to the filed concern, read, and taken back.

A file's key lies in its entry, locked once more under a key of its own in the key store: a file may go before its
room does, and then no copy of the shelf and the database opens it any more.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.files.faults import Away
from caracol.files.kinds import KINDS, Kind
from caracol.files.shelf import shelf
from caracol.files.uploads import Upload, bound_to
from caracol.ledger.chain import record
from caracol.vault import keystore
from caracol.vault.box import SealBroken, lock, unlock
from caracol.vault.stream import opened
from grievances import access
from grievances.actions.rooms import hold_room
from grievances.actions.shelf import give_up
from grievances.actions.words import may_write, tell_readers
from grievances.events import Event
from grievances.exceptions import NoKey, NotOpen, NotYours, Unverified
from grievances.facts import Facts
from grievances.models import Entry, EntryKind, Pseudonym, Room, SealedFile
from grievances.rooms import RoomKind
from grievances.sealing import read_one, write

MOST_IN_A_ROOM = 40


def may_attach(room: Room, facts: Facts) -> bool:
    """Return whether the reader may hand in files: in a draft of theirs, or where they may write in somebody's room."""
    if room.kind == RoomKind.DRAFT:
        return facts.user is not None and bool(access.grants_of(facts.user, [room]))
    return room.kind == RoomKind.PARTY and may_write(room, facts)


def check_may_attach(room: Room, facts: Facts) -> None:
    """Raise NotYours for a reader who may not hand in files in a room."""
    if not may_attach(room, facts):
        raise NotYours(_("You can't hand in files in this room."))


@transaction.atomic
def attach(room: Room, uploads: Sequence[Upload], *, note: str = "", by: Actor) -> None:
    """
    Keep files that came to rest on the shelf, each with its name, its key and `note` sealed in an entry of its own.

    Raises NotYours for who may not, NotOpen where the room holds as many as it can.
    """
    held = hold_room(room)
    if held.case is None or held.destroyed_at:
        raise NotYours(_("You can't hand in files in this room."))
    check_may_attach(held, Facts(held.case, by.user))
    if held.files.count() + len(uploads) > MOST_IN_A_ROOM:
        raise NotOpen(_("A room holds up to 40 files. Please take one back first, or put several into one PDF."))
    for upload in uploads:
        write(held, EntryKind.FILE, _words(upload, note), by=by, token=upload.token)
        SealedFile.objects.create(token=upload.token, room=held)
    tell_readers(held, by=by)
    for upload in uploads:
        upload.kept = True


def _words(upload: Upload, note: str) -> dict[str, str]:
    return {
        "name": upload.name,
        "kind": upload.kind,
        "size": str(upload.size),
        "digest": upload.digest,
        "key": base64.b64encode(lock(keystore.birth(upload.token), upload.key, bound=upload.token.encode())).decode(),
        "note": note,
    }


def kept_in(room: Room) -> set[str]:
    """Return the tokens of the files of a room that still stand on the shelf."""
    return set(room.files.values_list("token", flat=True))


def carry(source: Room, target: Room, *, by: Actor) -> None:
    """Seal the keys of a room's files into another room, which has them from then on."""
    for entry in entries_in(source).order_by("written_at", "pk"):
        write(target, EntryKind.FILE, read_one(entry, by=by), by=by, token=entry.token)
    source.files.update(room=target)


@transaction.atomic
def take_back(room: Room, token: str, *, by: Actor) -> None:
    """Destroy a file for good. Raises NotYours for anybody but whoever handed it in."""
    entry = entries_in(room).filter(token=token, author=by.user).first()
    if entry is None:
        raise NotYours(_("Only whoever handed a file in takes it back."))
    if give_up(room.files.filter(token=token)):
        record(room.chain, Event.FILE_TAKEN_BACK, actor=Pseudonym.of(room.chain, by.user), entry=token)


@dataclass(frozen=True)
class Stored:
    """A file that can be read: `name`, `kind` and `size` as its entry says them."""

    token: str
    name: str = field(repr=False)
    kind: Kind
    size: int
    key: bytes = field(repr=False)

    def pieces(self) -> Iterator[bytes]:
        """Yield its content, each piece checked before it is given out. Raises SealBroken, or OSError if it is gone."""
        with shelf().open(self.token) as sealed:
            yield from opened(self.key, sealed, bound=bound_to(self.token))


def entry_of(room: Room, token: str) -> Entry | None:
    """Return the entry of a file that still stands on the shelf."""
    return entries_in(room).filter(token=token).first()


def stored(entry: Entry, *, by: Actor) -> Stored:
    """
    Return the file of an entry, after looking through all of it, so that nobody is sent half a file.

    Raises Unverified where the entry or the file is not what was handed in, and Away where nobody can say.
    """
    try:
        words = read_one(entry, by=by)
        found = Stored(entry.token, words["name"], KINDS[words["kind"]], int(words["size"]), _key(entry, words))
        whole = _digest(found) == words["digest"]
    except Away:
        raise
    except (NoKey, SealBroken, keystore.KeyDestroyed, OSError, KeyError, ValueError):
        raise Unverified from None
    if not whole:
        raise Unverified
    return found


def entries_in(room: Room) -> QuerySet[Entry]:
    """Return what was written about the files of a room that still stand on the shelf."""
    kept = room.files.values("token")
    found = Entry.objects.filter(room=room, kind=EntryKind.FILE, token__in=kept)
    return found.select_related("room__case", "author")


def _key(entry: Entry, words: Mapping[str, str]) -> bytes:
    locked = base64.b64decode(words["key"], validate=True)
    return unlock(keystore.key_of(entry.token), locked, bound=entry.token.encode())


def _digest(found: Stored) -> str:
    digest = hashlib.sha256()
    for piece in found.pieces():
        digest.update(piece)
    return digest.hexdigest()
