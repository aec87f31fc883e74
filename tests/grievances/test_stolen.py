"""
What copies of both databases and the settings open: nothing without a person's keys, and to somebody who was removed
nothing that was written afterwards, with their own keys too.

The thief goes by no rule of the site: every key they have is tried on every lock. Without the key store, and on the
files themselves: `tests/grievances/demo/test_files.py`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.conf import settings
from django.db import router

from caracol.accounts import people
from caracol.accounts.models import User
from caracol.vault import box, ladder, recovery
from caracol.vault.box import SealBroken
from caracol.vault.ladder import PersonKeys
from caracol.vault.models import StoredKey
from grievances import access
from grievances.actions import seats
from grievances.actions.words import say
from grievances.models import Conflict, Entry, OfferedKey, RecoverySeal, Room, RoomGrant
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.kit import stewards

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

# In the place of a key that is gone.
DESTROYED = bytes(32)

AFTER = "Written after they went."


@dataclass(frozen=True)
class Seal:
    """A room's key as it lies in a row: for whom, of which epoch, and under which stored keys."""

    room: str
    epoch: int
    to: str
    sealed: bytes
    wraps: list[bytes]


def every_seal() -> Iterator[Seal]:
    stored = {row.token: bytes(row.key) for row in StoredKey.objects.using("keys")}
    for grant in RoomGrant.objects.select_related("user", "content_object"):
        room = grant.content_object
        for epoch, sealed in access.grants_of(grant.user, [room]).get(room.pk, {}).items():
            yield Seal(room.token, epoch, grant.user.handle, sealed, [stored.get(room.token, DESTROYED)])
    for waiting in OfferedKey.objects.select_related("room", "offer__user"):
        wraps = [stored.get(token, DESTROYED) for token in (waiting.room.token, waiting.offer.token)]
        sealed = base64.b64decode(waiting.sealed)
        yield Seal(waiting.room.token, waiting.epoch, waiting.offer.user.handle, sealed, wraps)


class Thief:
    """Somebody with both databases, as they are now, and these keys."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        self.keys = set(keys)
        self.keys |= set(self._of_rooms())

    def _of_rooms(self) -> Iterator[bytes]:
        stored = {row.token: bytes(row.key) for row in StoredKey.objects.using("keys")}
        for seal in every_seal():
            for key in self.keys:
                with suppress(SealBroken):
                    yield ladder.open_room_key(
                        seal.sealed,
                        room=seal.room,
                        epoch=seal.epoch,
                        to=seal.to,
                        keys=PersonKeys(key, key),
                        wraps=seal.wraps,
                    )
        for lying in RecoverySeal.objects.select_related("room"):
            for key in self.keys:
                with suppress(SealBroken):
                    shred = stored.get(lying.room.token, DESTROYED)
                    yield recovery.open_room_key(
                        bytes(lying.sealed), room=lying.room.token, epoch=lying.epoch, private=key, shred=shred
                    )

    def opens(self, entries: Iterable[Entry]) -> list[Entry]:
        return [entry for entry in entries if any(_opens(key, bytes(entry.sealed)) for key in self.keys)]


def _opens(key: bytes, sealed: bytes) -> bool:
    with suppress(SealBroken):
        return bool(box.open_seal(key, sealed))
    with suppress(SealBroken):
        return bool(box.unlock(key, sealed))
    return False


def in_the_databases() -> set[bytes]:
    """Return everything in both databases that could be a key, and what the settings' own secrets could give."""
    found = set()
    for model in apps.get_models():
        for row in model._base_manager.using(router.db_for_read(model)):
            values = [getattr(row, column.attname) for column in row._meta.concrete_fields]
            found |= {bytes(each) for each in values if isinstance(each, bytes | memoryview) and len(each) == 32}
    for secret in (settings.SECRET_KEY, settings.CONTACT_KEY, settings.LEDGER_KEY):
        found |= {hashlib.sha256(secret.encode()).digest(), secret.encode()[:32].ljust(32, b"\0")}
    return found


def test_both_databases_and_the_settings_open_no_entry_without_a_persons_keys(cast: Cast) -> None:
    stewards(cast)
    walk(cast, "one_on_one")
    stolen, entries = in_the_databases(), list(Entry.objects.all())
    assert len(stolen) > 20
    assert Thief(stolen).opens(entries) == []
    # Control: with the keys of one who serves they open all that is theirs to read.
    assert len(Thief({*stolen, cast["mediator"].keys.box}).opens(entries)) > 3


def test_a_kept_private_key_is_locked_for_whoever_has_all_of_it_but_the_password(cast: Cast) -> None:
    walk(cast, "filed")
    stolen = in_the_databases()
    for user in User.objects.all():
        assert [key for key in stolen if _opens(key, bytes(user.locked_keys))] == []


# --- Somebody who was removed ---


def steps_back(going: Walk) -> None:
    going.take(Step.RECUSE, "mediator")


def is_barred_by_the_reporter(going: Walk) -> None:
    seats.bar(going.case, going.cast.user("mediator"), Conflict.Source.REPORTER)


def is_deactivated_by_the_secretary(going: Walk) -> None:
    people.deactivate(going.cast.user("mediator"), by=going.cast.user("secretary"))


def is_closed_out_by_a_worker(going: Walk) -> None:
    """As the clock closes an account: nobody is there, and nobody's keys are."""
    people.close(going.cast.user("mediator"))


@pytest.mark.parametrize(
    "goes", [steps_back, is_barred_by_the_reporter, is_deactivated_by_the_secretary, is_closed_out_by_a_worker]
)
def test_who_was_removed_opens_nothing_written_afterwards_with_later_copies_of_both_databases(
    cast: Cast, goes: Callable[[Walk], None]
) -> None:
    stewards(cast)
    going = walk(cast, "one_on_one")
    before = set(Entry.objects.filter(room__case=going.case))
    # Whatever they once could open they may have kept: their own keys, and every room's.
    kept = Thief({cast["mediator"].keys.box}).keys
    assert len(Thief(kept).opens(before)) > 3

    goes(going)
    for login in ("member", "respondent", "mediator2"):
        for room in access.rooms_of(cast.user(login), Room.objects.filter(case=going.case, kind="party")):
            say(room, {"text": AFTER}, by=cast[login])
    after = set(Entry.objects.filter(room__case=going.case)) - before
    assert len(after) >= 4

    assert Thief({*kept, *in_the_databases()}).opens(after) == []
    # Control: the same force with the keys of one who stayed opens all of it.
    assert set(Thief({*kept, cast["mediator2"].keys.box}).opens(after)) == after
