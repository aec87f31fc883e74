"""
The organisation's key, as the ledger states it, and the rooms' keys that are sealed to it for a recovery.

Nobody holds the private half: it is in shares on paper (`caracol.vault.recovery`).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from caracol.ledger.chain import entries, record
from caracol.ledger.models import Entry
from caracol.vault import keystore
from caracol.vault.recovery import Kit, seal_room_key
from grievances.events import Event
from grievances.models import RecoverySeal, Room
from grievances.rooms import ROOMS, RoomKind

CHAIN = "organisation"
KEYS_MADE = "organisation:keys:made"
CEREMONY_HELD = "organisation:ceremony:held"
CEREMONY_REFUSED = "organisation:ceremony:refused"


def kit_in_force() -> Kit | None:
    """Return the newest kit that the ledger states, in one query; None before there is one. Raises Tampered."""
    stated = [entry for entry in entries(CHAIN) if entry.event == KEYS_MADE]
    return _kit(stated[-1]) if stated else None


def state_kit(kit: Kit) -> Entry:
    """Record a kit, in force from now on: what is public of it, and the day by the entry's own date."""
    public = base64.b64encode(kit.public).decode()
    return record(CHAIN, KEYS_MADE, public=public, mark=kit.mark, needed=kit.needed, shares=kit.shares)


def seal_for_recovery(room: Room, keys: Mapping[int, bytes]) -> None:
    """
    Seal a room's private keys, by epoch, to the organisation's key as the ledger states it.

    Nothing is sealed where the table of rooms or the reporter leaves recovery out, or before there is a kit.
    """
    kit = kit_in_force() if _has_recovery(room) else None
    if kit is None:
        return
    shred = keystore.key_of(room.token)
    RecoverySeal.objects.bulk_create(
        RecoverySeal(
            room=room,
            epoch=epoch,
            kit=kit.fingerprint,
            sealed=seal_room_key(private, room=room.token, epoch=epoch, kit=kit, shred=shred),
        )
        for epoch, private in keys.items()
    )


def _has_recovery(room: Room) -> bool:
    """By the table, by the case's column, and by the ledger: a column changed by other means opens nothing."""
    if room.case is None or not ROOMS[RoomKind(room.kind)].recovery or not room.case.recovery:
        return False
    return not entries(room.chain, Event.RECOVERY_LEFT_OUT)


def _kit(stated: Entry) -> Kit:
    said = stated.details
    mark, needed, shares = (int(str(said[name])) for name in ("mark", "needed", "shares"))
    return Kit(base64.b64decode(str(said["public"])), mark, needed, shares)
