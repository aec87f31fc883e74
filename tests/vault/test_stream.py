from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caracol.vault.box import SealBroken, new_key
from caracol.vault.stream import HEADER_BYTES, MESSAGE_BYTES, Sealer, opened

KEY, BOUND = bytes(range(32)), b"a file"
SEALED_BYTES = MESSAGE_BYTES + 17
LONG = b"a snail climbs slowly " * 10_000


def sealed(*pieces: bytes, key: bytes = KEY, bound: bytes = BOUND) -> bytes:
    sealer = Sealer(key, bound=bound)
    return sealer.header + b"".join(sealer.add(piece) for piece in pieces) + sealer.end()


def content_of(stored: bytes, *, key: bytes = KEY, bound: bytes = BOUND) -> bytes:
    return b"".join(opened(key, io.BytesIO(stored), bound=bound))


def messages(stored: bytes) -> list[bytes]:
    return [stored[at : at + SEALED_BYTES] for at in range(HEADER_BYTES, len(stored), SEALED_BYTES)]


@given(st.lists(st.binary(max_size=300)))
def test_what_was_sealed_piece_by_piece_opens_whole(pieces: list[bytes]) -> None:
    assert content_of(sealed(*pieces)) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, MESSAGE_BYTES - 1, MESSAGE_BYTES, MESSAGE_BYTES + 1, 3 * MESSAGE_BYTES])
def test_every_size_opens_as_it_was(size: int) -> None:
    content = b"x" * size
    assert content_of(sealed(content)) == content
    assert content_of(sealed(content[:7], content[7:])) == content


def test_sealed_bytes_tell_the_size_in_whole_messages_only() -> None:
    sizes = {len(sealed(b"x" * size)) for size in (0, 1, 1000, MESSAGE_BYTES - 1)}
    assert sizes == {HEADER_BYTES + SEALED_BYTES}


def test_one_file_never_seals_to_the_same_bytes_twice() -> None:
    assert sealed(LONG) != sealed(LONG)


def test_no_word_of_it_stands_in_what_is_sealed() -> None:
    assert b"snail" not in sealed(LONG)


@pytest.mark.parametrize("cut", [1, 17, 18, SEALED_BYTES, 2 * SEALED_BYTES, 3 * SEALED_BYTES])
def test_a_file_cut_short_is_broken(cut: int) -> None:
    with pytest.raises(SealBroken):
        content_of(sealed(LONG)[:-cut])


@pytest.mark.parametrize("kept", [0, 1, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 16])
def test_next_to_nothing_is_broken(kept: int) -> None:
    with pytest.raises(SealBroken):
        content_of(sealed(LONG)[:kept])


def test_a_file_with_something_after_its_end_is_broken() -> None:
    stored = sealed(LONG)
    for more in (b"x", messages(stored)[-1]):
        with pytest.raises(SealBroken):
            content_of(stored + more)


def test_messages_in_another_order_are_broken() -> None:
    stored = sealed(LONG)
    first, second, *others = messages(stored)
    with pytest.raises(SealBroken):
        content_of(stored[:HEADER_BYTES] + b"".join([second, first, *others]))


def test_a_message_left_out_or_sent_twice_is_broken() -> None:
    stored = sealed(LONG)
    first, second, *others = messages(stored)
    for wrong in ([first, *others], [first, second, second, *others]):
        with pytest.raises(SealBroken):
            content_of(stored[:HEADER_BYTES] + b"".join(wrong))


def test_messages_of_two_files_do_not_mix() -> None:
    one, other = sealed(LONG), sealed(LONG)
    with pytest.raises(SealBroken):
        content_of(one[: HEADER_BYTES + SEALED_BYTES] + other[HEADER_BYTES + SEALED_BYTES :])


@pytest.mark.parametrize("place", [0, HEADER_BYTES, HEADER_BYTES + 5, HEADER_BYTES + SEALED_BYTES, -1])
def test_a_changed_byte_breaks_it_and_nothing_of_its_message_is_given_out(place: int) -> None:
    stored = bytearray(sealed(LONG))
    stored[place] ^= 1
    given_out: list[bytes] = []
    with pytest.raises(SealBroken):
        given_out.extend(opened(KEY, io.BytesIO(stored), bound=BOUND))
    message = max(0, place % len(stored) - HEADER_BYTES) // SEALED_BYTES
    assert b"".join(given_out) == LONG[: message * MESSAGE_BYTES]


def test_a_file_opens_beside_its_own_key_and_place_only() -> None:
    stored = sealed(LONG)
    for wrong in ({"key": new_key()}, {"bound": b"another file"}, {"key": b"short"}):
        with pytest.raises(SealBroken):
            content_of(stored, **wrong)
