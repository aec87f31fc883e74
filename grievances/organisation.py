"""
The organisation's key, as the ledger states it, and the rooms' keys that are sealed to it for a recovery.

Nobody holds the private half: it is in shares on paper (`caracol.vault.recovery`).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.db.models import QuerySet

from caracol.ledger.chain import entries, record
from caracol.ledger.models import Entry
from caracol.vault import keystore
from caracol.vault.box import SealBroken
from caracol.vault.recovery import Kit, open_room_key, seal_room_key
from grievances.attest import Attested
from grievances.models import RecoverySeal, Room
from grievances.rooms import ROOMS, RoomKind

CHAIN = "organisation"
KEYS_MADE = "organisation:keys:made"
CEREMONY_HELD = "organisation:ceremony:held"
CEREMONY_REFUSED = "organisation:ceremony:refused"
AT_ONCE = 100


def kits() -> list[Kit]:
    """Return every kit that the ledger states, the one in force last, in one query. Raises Tampered."""
    return [_kit(entry) for entry in entries(CHAIN) if entry.event == KEYS_MADE]


def kit_in_force() -> Kit | None:
    """Return the newest kit, in one query; None before there is one. Raises Tampered."""
    return next(reversed(kits()), None)


def state_kit(kit: Kit) -> Entry:
    """Record a kit, in force from now on: what is public of it, and the day by the entry's own date."""
    public = base64.b64encode(kit.public).decode()
    return record(CHAIN, KEYS_MADE, public=public, mark=kit.mark, needed=kit.needed, shares=kit.shares)


def seal_for_recovery(room: Room, keys: Mapping[int, bytes], said: Attested, *, shred: bytes) -> None:
    """
    Seal a room's private keys, by epoch, to the organisation's key as the ledger states it.

    `said` is what the ledger says of the room's chain. Nothing is sealed where the table of rooms or the reporter
    leaves recovery out, or before there is a kit.
    """
    kit = kit_in_force() if _has_recovery(room, said) else None
    if kit is None:
        return
    RecoverySeal.objects.bulk_create(
        RecoverySeal(
            room=room,
            epoch=epoch,
            kit=kit.fingerprint,
            sealed=seal_room_key(private, room=room.token, epoch=epoch, kit=kit, shred=shred),
        )
        for epoch, private in keys.items()
    )


def awaiting_renewal(kit: Kit) -> QuerySet[RecoverySeal]:
    """Return the seals of standing rooms that an earlier kit than `kit` still opens."""
    seals = RecoverySeal.objects.filter(room__destroyed_at=None).exclude(kit=kit.fingerprint)
    return seals.select_related("room").order_by("pk")


def renew(old: bytes, kit: Kit) -> Iterator[int]:
    """
    Seal to `kit` whatever only the private key `old` opens; yields how many are done, batch by batch.

    Each batch is kept at once, so that what was begun is picked up where it stopped. A seal that does not open was
    changed by somebody, and goes.
    """
    while batch := list(awaiting_renewal(kit)[:AT_ONCE]):
        shred = keystore.keys_of(seal.room.token for seal in batch)
        with transaction.atomic():
            for seal in batch:
                _renew(seal, old, kit, shred.get(seal.room.token))
        yield len(batch)


def _renew(seal: RecoverySeal, old: bytes, kit: Kit, shred: bytes | None) -> None:
    room, epoch = seal.room.token, seal.epoch
    try:
        private = open_room_key(bytes(seal.sealed), room=room, epoch=epoch, private=old, shred=shred or b"")
    except SealBroken:
        seal.delete()
        return
    seal.sealed = seal_room_key(private, room=room, epoch=epoch, kit=kit, shred=shred or b"")
    seal.kit = kit.fingerprint
    seal.save(update_fields=["sealed", "kit"])


def _has_recovery(room: Room, said: Attested) -> bool:
    """By the table, by the case's column, and by the ledger: a column changed by other means opens nothing."""
    by_column = room.case is not None and room.case.recovery
    return ROOMS[RoomKind(room.kind)].recovery and by_column and not said.recovery_left_out


def _kit(stated: Entry) -> Kit:
    said = stated.details
    mark, needed, shares = (int(str(said[name])) for name in ("mark", "needed", "shares"))
    return Kit(base64.b64decode(str(said["public"])), mark, needed, shares)
