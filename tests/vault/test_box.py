from __future__ import annotations

import unicodedata

import pytest
from argon2.low_level import Type, hash_secret_raw
from hypothesis import given
from hypothesis import strategies as st

from caracol.vault import box
from caracol.vault.box import SealBroken

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
BOX = box.new_box_pair()
SIGN = box.new_sign_pair()


def flipped(sealed: bytes, place: int) -> bytes:
    """The same bytes with one bit changed, at a place counted round and round."""
    place %= len(sealed) * 8
    changed = bytearray(sealed)
    changed[place // 8] ^= 1 << (place % 8)
    return bytes(changed)


@given(st.binary())
def test_what_is_sealed_opens_with_the_private_half(plaintext: bytes) -> None:
    assert box.open_seal(BOX.private, box.seal(BOX.public, plaintext)) == plaintext


@given(st.binary(), st.integers(min_value=0))
def test_a_seal_with_a_flipped_bit_is_broken(plaintext: bytes, place: int) -> None:
    with pytest.raises(SealBroken):
        box.open_seal(BOX.private, flipped(box.seal(BOX.public, plaintext), place))


@given(st.binary(max_size=100))
def test_bytes_that_were_never_sealed_are_broken(anything: bytes) -> None:
    with pytest.raises(SealBroken):
        box.open_seal(BOX.private, anything)
    with pytest.raises(SealBroken):
        box.unlock(KEY, anything)


def test_another_private_half_does_not_open_a_seal() -> None:
    with pytest.raises(SealBroken):
        box.open_seal(box.new_box_pair().private, box.seal(BOX.public, b"words"))


def test_one_plaintext_never_seals_or_locks_to_the_same_bytes_twice() -> None:
    assert box.seal(BOX.public, b"words") != box.seal(BOX.public, b"words")
    assert box.lock(KEY, b"words") != box.lock(KEY, b"words")


@given(st.binary(), st.binary())
def test_what_is_locked_opens_with_its_key_and_bound_bytes(plaintext: bytes, bound: bytes) -> None:
    assert box.unlock(KEY, box.lock(KEY, plaintext, bound=bound), bound=bound) == plaintext


@given(st.binary(), st.binary(), st.binary())
def test_a_lock_opens_only_beside_the_bytes_it_was_bound_to(plaintext: bytes, bound: bytes, other: bytes) -> None:
    if bound == other:
        other += b"!"
    with pytest.raises(SealBroken):
        box.unlock(KEY, box.lock(KEY, plaintext, bound=bound), bound=other)


@given(st.binary(), st.integers(min_value=0))
def test_a_lock_with_a_flipped_bit_is_broken(plaintext: bytes, place: int) -> None:
    with pytest.raises(SealBroken):
        box.unlock(KEY, flipped(box.lock(KEY, plaintext), place))


@pytest.mark.parametrize("key", [OTHER_KEY, b"", KEY[:31], KEY + b"\x00"], ids=["other", "none", "short", "long"])
def test_another_key_does_not_open_a_lock(key: bytes) -> None:
    with pytest.raises(SealBroken):
        box.unlock(key, box.lock(KEY, b"words"))


@given(st.binary())
def test_a_signature_verifies_and_is_64_bytes(message: bytes) -> None:
    signature = box.sign(SIGN.private, message)
    box.verify(SIGN.public, message, signature)
    assert len(signature) == box.SIGNATURE_BYTES


@given(st.binary(), st.integers(min_value=0))
def test_a_signature_with_a_flipped_bit_is_broken(message: bytes, place: int) -> None:
    with pytest.raises(SealBroken):
        box.verify(SIGN.public, message, flipped(box.sign(SIGN.private, message), place))


@given(st.binary(min_size=1), st.integers(min_value=0))
def test_a_signature_of_another_message_is_broken(message: bytes, place: int) -> None:
    with pytest.raises(SealBroken):
        box.verify(SIGN.public, flipped(message, place), box.sign(SIGN.private, message))


@pytest.mark.parametrize("public", [box.new_sign_pair().public, bytes(32), b""], ids=["other", "zeros", "none"])
def test_another_persons_key_does_not_verify_a_signature(public: bytes) -> None:
    with pytest.raises(SealBroken):
        box.verify(public, b"words", box.sign(SIGN.private, b"words"))


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), bytes(65)], ids=["none", "short", "zeros", "long"])
def test_bytes_that_are_no_signature_are_broken(signature: bytes) -> None:
    with pytest.raises(SealBroken):
        box.verify(SIGN.public, b"words", signature)


def test_the_public_half_follows_from_the_private_half() -> None:
    assert (box.box_public(BOX.private), box.sign_public(SIGN.private)) == (BOX.public, SIGN.public)


def test_a_pair_never_shows_its_private_half() -> None:
    assert repr(BOX) == f"Pair(public={BOX.public.hex()})"


def test_new_keys_and_salts_differ_each_time() -> None:
    assert len({box.new_key() for _ in range(50)}) == 50
    assert len({box.new_salt() for _ in range(50)}) == 50
    assert (len(box.new_key()), len(box.new_salt())) == (32, 16)


def test_mac_is_hmac_sha256() -> None:
    """Test case 2 of RFC 4231."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert box.mac(b"Jefe", b"what do ya want for nothing?").hex() == expected


def test_subkey_is_hkdf_expand() -> None:
    """Test case 3 of RFC 5869, whose info is empty: the first 32 of its 42 bytes."""
    pseudorandom = bytes.fromhex("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04")
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert box.subkey(pseudorandom, "").hex() == expected


def test_subkeys_differ_by_purpose_and_by_key() -> None:
    assert len({box.subkey(KEY, "one"), box.subkey(KEY, "two"), box.subkey(OTHER_KEY, "one")}) == 3


def test_stretch_is_argon2id_in_one_lane() -> None:
    """Another implementation of Argon2id (argon2-cffi) comes to the same key."""
    salt = bytes(range(16))
    ours = box.stretch("correct horse", salt, passes=2, kibibytes=64)
    theirs = hash_secret_raw(b"correct horse", salt, 2, 64, 1, 32, Type.ID)
    assert ours == theirs


def test_a_password_typed_in_another_unicode_form_is_the_same_password() -> None:
    typed = ["contraseña", unicodedata.normalize("NFD", "contraseña")]
    assert len({box.stretch(password, bytes(16), passes=1, kibibytes=8) for password in typed}) == 1


def test_stretched_keys_differ_by_password_salt_and_cost() -> None:
    keys = {
        box.stretch("one", bytes(16), passes=1, kibibytes=8),
        box.stretch("two", bytes(16), passes=1, kibibytes=8),
        box.stretch("one", bytes([1] * 16), passes=1, kibibytes=8),
        box.stretch("one", bytes(16), passes=2, kibibytes=8),
        box.stretch("one", bytes(16), passes=1, kibibytes=16),
    }
    assert len(keys) == 5
