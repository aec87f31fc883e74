"""
What the ledger attests about the rooms of a chain: their public keys, who was given a key, what was written.

The database is believed only where the ledger agrees: a row that somebody wrote into it by other means gets
no key, and an entry nobody recorded is shown as unverified.
"""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass, field

from caracol.ledger.chain import entries
from caracol.ledger.models import Entry as LedgerEntry
from grievances.events import Event
from grievances.exceptions import Unverified


@dataclass(frozen=True)
class Written:
    """An entry as the ledger recorded it: when, and the SHA-256 of what was sealed (hex)."""

    at: dt.datetime
    digest: str


@dataclass
class Attested:
    """What one chain of the ledger says: `holders` maps a room to pseudonyms, `offered` to those with their offer."""

    epochs: dict[tuple[str, int], bytes] = field(default_factory=dict)
    holders: dict[str, set[str]] = field(default_factory=dict)
    offered: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    written: dict[tuple[str, str, int], Written] = field(default_factory=dict)

    def public_key(self, room: str, epoch: int, stored: bytes) -> bytes:
        """Return the public key of a room's epoch. Raises Unverified unless the ledger states the stored one."""
        if self.epochs.get((room, epoch)) != stored:
            raise Unverified
        return stored

    def note(self, told: LedgerEntry) -> None:
        """Take one entry of the ledger into account."""
        facts = told.details
        room = str(facts.get("room", ""))
        match told.event:
            case Event.ROOM_BUILT | Event.ROOM_TURNED:
                self.epochs[room, int(str(facts["epoch"]))] = base64.b64decode(str(facts["public"]))
            case Event.ROOM_GRANTED:
                self.holders.setdefault(room, set()).add(str(facts["to"]))
            case Event.ROOM_OFFERED:
                self.offered.setdefault(room, set()).add((str(facts["to"]), str(facts["offer"])))
            case Event.ROOM_WITHDRAWN:
                self.holders.setdefault(room, set()).discard(str(facts["to"]))
            case Event.ENTRY_WRITTEN:
                key = (room, str(facts["entry"]), int(str(facts["version"])))
                self.written[key] = Written(told.at, str(facts["digest"]))


def attested(*chains: str) -> Attested:
    """
    Return what these chains attest, in one query.

    The chains are read whole, so that a missing entry shows. Raises Tampered where one was altered or is gone.
    """
    said = Attested()
    for told in entries(chains):
        said.note(told)
    return said
