"""
A copy of what is somebody's own in a case, as one encrypted file.

It is put together in memory and encrypted with a passphrase that is kept nowhere; nothing touches the disk.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from dataclasses import dataclass

import pyrage
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from grievances import access
from grievances.actions import evidence
from grievances.actions.evidence import Stored
from grievances.exceptions import NotOpen
from grievances.facts import Facts
from grievances.history import history
from grievances.models import Consent, Entry, EntryKind, Room
from grievances.presenters import People, said
from grievances.rooms import RoomKind
from grievances.sealing import newest, read

WORDS, CONSENTS, LOG = "words", "consents", "log"
MOST_BYTES = 60 * 1024 * 1024
_BESIDE = frozenset({EntryKind.FILE, EntryKind.WAITS})


@dataclass(frozen=True)
class Own:
    """What somebody can take a copy of: their own room, and the files that still stand in it."""

    facts: Facts
    actor: Actor
    room: Room

    def files(self) -> list[Entry]:
        """Return the entries of the files that still stand."""
        found = self.room.entries.filter(kind=EntryKind.FILE, token__in=evidence.kept_in(self.room))
        return newest(found.select_related("room__case", "author"))

    def menu(self) -> list[tuple[str, str]]:
        """Return what can be chosen, each by a key that says nothing; a file by its name."""
        names = [
            (opened.entry.token, opened.words["name"]) for opened in read(self.files(), by=self.actor) if opened.words
        ]
        return [
            (WORDS, str(_("what I wrote, and what was written to me in my own room"))),
            (CONSENTS, str(_("what I agreed to, word for word, with the days"))),
            (LOG, str(_("what has happened, and who opened which room"))),
            *names,
        ]


def own_of(facts: Facts, actor: Actor) -> Own | None:
    """Return what is the reader's own in a case; None without a room of their own that they can open."""
    rooms = Room.objects.filter(case=facts.case, kind=RoomKind.PARTY, seat__user=actor.user, seat__left_at=None)
    room = access.rooms_of(actor.user, rooms).select_related("case", "seat").first()
    return Own(facts, actor, room) if room else None


def copy_of(own: Own, chosen: Collection[str], passphrase: str) -> bytes:
    """
    Return what was chosen as a zip archive, encrypted with a passphrase by age (scrypt).

    Raises NotOpen for files that are too large together, Unverified for what is not as it was handed in.
    """
    files = [entry for entry in own.files() if entry.token in chosen]
    stored = [evidence.stored(entry, by=own.actor) for entry in files]
    if sum(each.size for each in stored) > MOST_BYTES:
        raise NotOpen(_("These files are larger than 60 MB together. Please take them in several copies."))
    names = _names(stored)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("copy.html", _page(own, chosen, names))
        for each, name in zip(stored, names, strict=True):
            packed.writestr(f"files/{name}", b"".join(each.pieces()))
    return bytes(pyrage.passphrase.encrypt(archive.getvalue(), passphrase))


def _names(stored: list[Stored]) -> list[str]:
    """Return the files' names in the archive: numbered, so that none hides another; none leads out of its folder."""
    kept = [each.name.replace("/", "_").replace("\\", "_") for each in stored]
    return [f"{number:02} {name}" for number, name in enumerate(kept, 1)]


def _page(own: Own, chosen: Collection[str], names: list[str]) -> str:
    people = People(own.facts)
    context = {
        "case": own.facts.case,
        "entries": _entries(own, people) if WORDS in chosen else None,
        "consents": _consents(own) if CONSENTS in chosen else None,
        "log": history(own.facts, people) if LOG in chosen else None,
        "files": names,
    }
    return render_to_string("grievances/copy.html", context)


def _entries(own: Own, people: People) -> list[object]:
    lying = own.room.entries.exclude(kind__in=_BESIDE).select_related("room__case", "author")
    return [said(opened, people) for opened in read(newest(lying), by=own.actor)]


def _consents(own: Own) -> list[Consent]:
    return list(own.facts.me.consents.order_by("given_at", "pk")) if own.facts.me else []
