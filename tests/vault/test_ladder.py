from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caracol.vault import box, ladder
from caracol.vault.box import SealBroken
from caracol.vault.ladder import EntryFacts, PersonKeys, Stretched, Stretching
from tests.vault.test_box import flipped


class RoomFacts(TypedDict):
    room: str
    epoch: int
    to: str


HOW = Stretching(salt=bytes(range(16)), passes=1, kibibytes=8)
ANA = ladder.new_person()
BEN = ladder.new_person()
ROOM = box.new_box_pair()
SHRED = box.new_key()
OFFER = box.new_key()
GRANT: RoomFacts = {"room": "party", "epoch": 3, "to": "ana"}
FACTS = EntryFacts(room="party", epoch=3, entry="e1", version=2, author="ana")

names = st.text(max_size=20)
counts = st.integers(min_value=0, max_value=2**40)
facts_of_entries = st.builds(EntryFacts, room=names, epoch=counts, entry=names, version=counts, author=names)


# --- A person ---


@pytest.fixture(scope="module")
def typed() -> Stretched:
    """What Ana's password came to."""
    return ladder.stretch("correct horse", HOW)


@pytest.fixture(scope="module")
def locked(typed: Stretched) -> bytes:
    return ladder.lock_person(ANA, typed, handle="ana")


def test_a_persons_keys_open_with_their_password(locked: bytes) -> None:
    assert ladder.unlock_person(locked, ladder.stretch("correct horse", HOW), handle="ana") == ANA


def test_a_persons_keys_do_not_open_with_another_password(locked: bytes) -> None:
    with pytest.raises(SealBroken):
        ladder.unlock_person(locked, ladder.stretch("correct house", HOW), handle="ana")


def test_a_persons_keys_moved_to_another_account_do_not_open(locked: bytes, typed: Stretched) -> None:
    with pytest.raises(SealBroken):
        ladder.unlock_person(locked, typed, handle="ben")


@pytest.mark.parametrize("how", [HOW._replace(passes=2), HOW._replace(kibibytes=16), HOW._replace(salt=bytes(16))])
def test_a_persons_keys_do_not_open_by_another_salt_or_cost(locked: bytes, how: Stretching) -> None:
    with pytest.raises(SealBroken):
        ladder.unlock_person(locked, ladder.stretch("correct horse", how), handle="ana")


@pytest.mark.parametrize("salt", [b"", bytes(15), bytes(17)], ids=["none", "short", "long"])
def test_nothing_is_stretched_by_what_is_no_salt(salt: bytes) -> None:
    with pytest.raises(SealBroken):
        ladder.stretch("correct horse", HOW._replace(salt=salt))


@given(st.integers(min_value=0))
def test_a_persons_keys_with_a_flipped_bit_do_not_open(place: int) -> None:
    typed = ladder.stretch("correct horse", HOW)
    changed = flipped(ladder.lock_person(ANA, typed, handle="ana"), place)
    with pytest.raises(SealBroken):
        ladder.unlock_person(changed, typed, handle="ana")


def test_of_one_stretched_password_come_two_keys_by_names_of_their_own(typed: Stretched) -> None:
    assert typed.verifier == box.subkey(typed.secret, "caracol password verifier")
    assert typed.opener == box.subkey(typed.secret, "caracol person keys")
    assert len({typed.secret, typed.verifier, typed.opener}) == 3


def test_what_is_kept_to_know_a_password_opens_no_keys(locked: bytes, typed: Stretched) -> None:
    for stolen in (typed.verifier, box.subkey(typed.verifier, "caracol person keys")):
        with pytest.raises(SealBroken):
            box.unlock(stolen, locked, bound=ladder._facts("person", handle="ana"))
        with pytest.raises(SealBroken):
            ladder.unlock_person(locked, Stretched(HOW, stolen), handle="ana")
    assert box.unlock(typed.opener, locked, bound=ladder._facts("person", handle="ana")) == ANA.to_bytes()


def test_what_a_password_came_to_is_never_shown(typed: Stretched) -> None:
    assert repr(typed) == f"Stretched(how={HOW})"


def test_private_keys_are_never_shown() -> None:
    assert repr(ANA) == "PersonKeys()"


def test_keys_come_back_from_their_bytes() -> None:
    assert PersonKeys.from_bytes(ANA.to_bytes()) == ANA


@pytest.mark.parametrize("size", [0, 63, 65])
def test_keys_of_another_length_are_no_keys(size: int) -> None:
    with pytest.raises(SealBroken):
        PersonKeys.from_bytes(bytes(size))


def test_a_fingerprint_stands_for_both_public_keys() -> None:
    mixed = replace(ANA.public, sign=BEN.public.sign)
    assert len({ANA.public.fingerprint, BEN.public.fingerprint, mixed.fingerprint}) == 3
    assert len(ANA.public.fingerprint) == 64


# --- A room's key ---


def sealed_room_key(*wraps: bytes) -> bytes:
    return ladder.seal_room_key(ROOM.private, **GRANT, public=ANA.public.box, wraps=wraps)


@given(names, counts, names, st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=3))
def test_a_room_key_opens_for_the_person_it_was_sealed_to(room: str, epoch: int, to: str, wraps: list[bytes]) -> None:
    facts: RoomFacts = {"room": room, "epoch": epoch, "to": to}
    sealed = ladder.seal_room_key(ROOM.private, **facts, public=ANA.public.box, wraps=wraps)
    assert ladder.open_room_key(sealed, **facts, keys=ANA, wraps=wraps) == ROOM.private


@pytest.mark.parametrize(
    "moved",
    [
        {"room": "table", "epoch": 3, "to": "ana"},
        {"room": "party", "epoch": 4, "to": "ana"},
        {"room": "party", "epoch": 3, "to": "ben"},
    ],
)
def test_a_room_key_moved_to_another_room_epoch_or_grant_does_not_open(moved: RoomFacts) -> None:
    with pytest.raises(SealBroken):
        ladder.open_room_key(sealed_room_key(SHRED), **moved, keys=ANA, wraps=[SHRED])


def test_a_room_key_wrapped_anew_for_another_room_does_not_open() -> None:
    """Whoever holds the key store can redo the wraps, but not the facts inside the seal."""
    moved: RoomFacts = {**GRANT, "room": "table"}
    inner = box.unlock(SHRED, sealed_room_key(SHRED), bound=ladder._facts("room key", **GRANT))
    sealed = box.lock(SHRED, inner, bound=ladder._facts("room key", **moved))
    with pytest.raises(SealBroken):
        ladder.open_room_key(sealed, **moved, keys=ANA, wraps=[SHRED])


def test_a_room_key_does_not_open_for_another_person() -> None:
    with pytest.raises(SealBroken):
        ladder.open_room_key(sealed_room_key(SHRED), **GRANT, keys=BEN, wraps=[SHRED])


@pytest.mark.parametrize(
    "wraps",
    [[], [OFFER], [SHRED], [OFFER, SHRED], [SHRED, OFFER, OFFER]],
    ids=["neither", "offer", "shred", "turned round", "one too many"],
)
def test_an_offered_room_key_opens_only_with_both_its_wraps(wraps: list[bytes]) -> None:
    """The shred key destroyed, or the offer withdrawn, or another key in its place: nothing opens."""
    with pytest.raises(SealBroken):
        ladder.open_room_key(sealed_room_key(SHRED, OFFER), **GRANT, keys=ANA, wraps=wraps)


def test_a_room_key_is_never_sealed_without_a_wrap() -> None:
    with pytest.raises(ValueError, match="shred key"):
        sealed_room_key()


@given(st.integers(min_value=0))
def test_a_room_key_with_a_flipped_bit_does_not_open(place: int) -> None:
    with pytest.raises(SealBroken):
        ladder.open_room_key(flipped(sealed_room_key(SHRED), place), **GRANT, keys=ANA, wraps=[SHRED])


# --- An entry ---


def sealed_entry(body: bytes = b"words") -> bytes:
    return ladder.seal_entry(body, facts=FACTS, author=ANA, room_public=ROOM.public)


@given(st.binary(), facts_of_entries)
def test_an_entry_opens_with_the_rooms_key(body: bytes, facts: EntryFacts) -> None:
    sealed = ladder.seal_entry(body, facts=facts, author=ANA, room_public=ROOM.public)
    opened = ladder.open_entry(sealed, facts=facts, author_sign=ANA.public.sign, room_private=ROOM.private)
    assert opened == body


@given(facts_of_entries, facts_of_entries)
def test_an_entry_opens_for_its_own_facts_only(facts: EntryFacts, other: EntryFacts) -> None:
    if facts == other:
        other = replace(other, version=other.version + 1)
    sealed = ladder.seal_entry(b"words", facts=facts, author=ANA, room_public=ROOM.public)
    with pytest.raises(SealBroken):
        ladder.open_entry(sealed, facts=other, author_sign=ANA.public.sign, room_private=ROOM.private)


@pytest.mark.parametrize(
    "moved",
    [
        replace(FACTS, room="table"),
        replace(FACTS, epoch=4),
        replace(FACTS, entry="e2"),
        replace(FACTS, version=1),
        replace(FACTS, author="ben"),
    ],
)
def test_an_entry_moved_to_another_place_does_not_open(moved: EntryFacts) -> None:
    with pytest.raises(SealBroken):
        ladder.open_entry(sealed_entry(), facts=moved, author_sign=ANA.public.sign, room_private=ROOM.private)


def test_an_entry_signed_by_somebody_else_does_not_open_as_the_authors() -> None:
    """Whoever writes to the database can seal to a room, but not in another person's name."""
    forged = ladder.seal_entry(b"words", facts=FACTS, author=BEN, room_public=ROOM.public)
    with pytest.raises(SealBroken):
        ladder.open_entry(forged, facts=FACTS, author_sign=ANA.public.sign, room_private=ROOM.private)


def test_an_entry_whose_body_a_reader_changed_and_sealed_again_does_not_open() -> None:
    opened = box.open_seal(ROOM.private, sealed_entry(b"I agree"))
    changed = box.seal(ROOM.public, opened.replace(b"I agree", b"I admit"))
    with pytest.raises(SealBroken):
        ladder.open_entry(changed, facts=FACTS, author_sign=ANA.public.sign, room_private=ROOM.private)


def test_an_entry_does_not_open_with_another_epochs_key() -> None:
    later = box.new_box_pair()
    with pytest.raises(SealBroken):
        ladder.open_entry(sealed_entry(), facts=FACTS, author_sign=ANA.public.sign, room_private=later.private)


@given(st.integers(min_value=0))
def test_an_entry_with_a_flipped_bit_does_not_open(place: int) -> None:
    sealed = flipped(sealed_entry(), place)
    with pytest.raises(SealBroken):
        ladder.open_entry(sealed, facts=FACTS, author_sign=ANA.public.sign, room_private=ROOM.private)


@given(st.binary(max_size=200))
def test_anything_sealed_to_a_room_that_is_no_entry_does_not_open(anything: bytes) -> None:
    sealed = box.seal(ROOM.public, anything)
    with pytest.raises(SealBroken):
        ladder.open_entry(sealed, facts=FACTS, author_sign=ANA.public.sign, room_private=ROOM.private)


def test_a_room_key_is_never_taken_for_an_entry_nor_an_entry_for_a_room_key() -> None:
    """Signed or sealed facts name their kind, so that one rung's bytes cannot stand in for another's."""
    as_entry = ladder._facts("entry", room="r", epoch=1)
    as_key = ladder._facts("room key", room="r", epoch=1)
    assert as_entry != as_key


def test_the_ladder_needs_no_django() -> None:
    program = "import sys; import caracol.vault.ladder; sys.exit('django.conf' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=30)
    assert done.returncode == 0
