"""
Passwords, keys and seals: one login beside the Argon2 it needs, entries opened beside bare opening, a room turned.

    python -m benchmarks.keys DATABASE SIZES
"""

from __future__ import annotations

import resource
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.db import transaction

from benchmarks.timing import interleaved, table
from caracol.accounts import keys
from caracol.accounts.actor import Actor
from caracol.accounts.recognising import recognise
from caracol.vault import box, keystore, ladder
from caracol.vault.turns import Busy
from grievances import access
from grievances.actions import rooms
from grievances.demo.cast import PASSWORD, with_keys
from grievances.models import Entry, Room
from grievances.sealing import keys_to, read

LABELS, STORM = 25, 200


def logins(title: str) -> list[str]:
    """Return the lines about a login: what it checks and opens, beside the one Argon2 call that it needs."""
    salt = box.new_salt()

    def argon2() -> None:
        box.stretch(PASSWORD, salt, passes=settings.ARGON2_PASSES, kibibytes=settings.ARGON2_KIBIBYTES)

    def login() -> None:
        found = recognise("light", PASSWORD)
        assert found is not None  # noqa: S101 - a refusal would be another measurement
        keys.unlock_with(found.user, found.stretched)

    taken = interleaved({"one Argon2id call": argon2, "login and unlock": login}, 16)
    return table(f"Login, {title}", taken, "one Argon2id call", {"login and unlock": "1.1"})


def labels(title: str, light: Actor) -> list[str]:
    """Return the lines about 25 short texts, each in a room of its own."""
    held = access.rooms_of(light.user).filter(kind="party", entries__kind="statement").distinct()[:LABELS]
    lying = [room.entries.select_related("room__case", "author").filter(kind="statement")[0] for room in held]
    private = keys_to([entry.room for entry in lying], light)
    seals = access.grants_of(light.user, [entry.room for entry in lying])
    shred = keystore.keys_of(entry.room.token for entry in lying)
    signs = {entry.pk: bytes(entry.author.public_sign) for entry in lying}

    def opened(entry: Entry, key: bytes) -> bytes:
        facts = ladder.EntryFacts(entry.room.token, entry.epoch, entry.token, entry.version, entry.author.handle)
        return ladder.open_entry(bytes(entry.sealed), facts=facts, author_sign=signs[entry.pk], room_private=key)

    def unwrapped(entry: Entry) -> bytes:
        room, epoch = entry.room, entry.epoch
        facts: dict[str, Any] = {"room": room.token, "epoch": epoch, "to": light.user.handle}
        return ladder.open_room_key(seals[room.pk][epoch], **facts, keys=light.keys, wraps=[shred[room.token]])

    taken = interleaved(
        {
            "opened, keys in hand": lambda: [opened(each, private[each.room_id][each.epoch]) for each in lying],
            "unwrapped and opened": lambda: [opened(each, unwrapped(each)) for each in lying],
            "read, with every check": lambda: read(lying, by=light),
        },
        60,
    )
    return table(
        f"{LABELS} entries in as many rooms, {title}", taken, "opened, keys in hand", {"unwrapped and opened": "2.5"}
    )


def turning(title: str, light: Actor) -> list[str]:
    """Return the lines about turning a room that three people hold."""
    room = next(
        room
        for room in access.rooms_of(light.user).select_related("case", "seat__user").filter(kind="party")
        if room.grants.count() == 3
    )
    shred, stayers = keystore.key_of(room.token), [grant.user for grant in room.grants.select_related("user")]

    def bare() -> None:
        pair = box.new_box_pair()
        for user in stayers:
            to: dict[str, Any] = {"to": user.handle, "public": bytes(user.public_box)}
            ladder.seal_room_key(pair.private, room=room.token, epoch=2, **to, wraps=[shred])

    def turned() -> None:
        with transaction.atomic():
            rooms.turn(Room.objects.select_related("case", "seat__user").get(pk=room.pk))
            transaction.set_rollback(True)

    taken = interleaved({"bare key work": bare, "turned": turned}, 40)
    return table(f"A room with 3 holders, {title}", taken, "bare key work", {"turned": "2"})


def storm(title: str) -> list[str]:
    """Return the lines about two hundred who want to unlock at once, in one process."""

    def one(_number: int) -> bool:
        try:
            box.stretch(PASSWORD, box.new_salt(), passes=settings.ARGON2_PASSES, kibibytes=settings.ARGON2_KIBIBYTES)
        except Busy:
            return False
        return True

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with ThreadPoolExecutor(STORM) as pool:
        let_in = sum(pool.map(one, range(STORM)))
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    bound = settings.ARGON2_AT_ONCE * settings.ARGON2_KIBIBYTES / 1024
    said = f"{let_in} had a turn, the others are told to come again; peak memory grew by {added:.0f} MiB"
    return [f"A storm of {STORM} unlocks in one process, {title}: {said} (bound: {bound:.0f} MiB of Argon2).", ""]


def main(database: str, sizes: str) -> None:
    """Print what was measured."""
    title = f"{database}, {sizes.rsplit(',', maxsplit=1)[-1]} cases"
    # The first: what Argon2 leaves behind is not counted twice.
    lines = storm(title)
    light = with_keys("light")["light"]
    lines += [*logins(title), *labels(title, light), *turning(title, light)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
