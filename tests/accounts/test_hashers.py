from __future__ import annotations

import base64

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from pytest_django import Settings

from caracol.accounts import hashers
from caracol.accounts.hashers import VerifierHasher, recognised, written
from caracol.vault import box, ladder
from caracol.vault.ladder import Stretching
from tests.accounts.conftest import Derivations

HOW = Stretching(salt=bytes(range(16)), passes=2, kibibytes=16)


def test_a_hash_keeps_cost_salt_and_verifier_and_nothing_else() -> None:
    stretched = ladder.stretch("a password", HOW)
    salt, verifier = (base64.b64encode(each).decode() for each in (HOW.salt, stretched.verifier))
    assert written(stretched) == f"argon2id-verifier$2$16${salt}${verifier}"


def test_the_password_alone_is_recognised_and_what_it_came_to_is_given() -> None:
    encoded = written(ladder.stretch("a password", HOW))
    assert recognised("a password", encoded) == ladder.stretch("a password", HOW)
    assert recognised("another password", encoded) is None


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "!",
        "argon2id-verifier",
        "argon2id-verifier$1$8$AAAA$AAAA",
        "argon2id-verifier$1$8$?$?",
        "argon2id-verifier$one$8$AAAAAAAAAAAAAAAAAAAAAA==$AAAA",
        "ñ$1$8$AAAAAAAAAAAAAAAAAAAAAA==$AAAA",
    ],
)
def test_what_is_no_hash_recognises_nobody_at_the_same_cost(encoded: str, derivations: Derivations) -> None:
    assert recognised("a password", encoded) is None
    assert derivations == [8]


def test_django_is_answered_by_the_same_hash(settings: Settings) -> None:
    settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES = 2, 16
    encoded = make_password("a password")
    assert encoded.startswith("argon2id-verifier$2$16$")
    assert check_password("a password", encoded)
    assert not check_password("another password", encoded)
    assert not check_password("a password", encoded.upper())


def test_two_hashes_of_one_password_have_salts_of_their_own() -> None:
    assert make_password("a password") != make_password("a password")


@pytest.mark.parametrize("salt", ["", "$", "AAAA"])
def test_a_hash_is_made_with_a_whole_salt_alone(salt: str) -> None:
    with pytest.raises((ValueError, box.SealBroken)):
        VerifierHasher().encode("a password", salt)


def test_checking_costs_one(derivations: Derivations) -> None:
    encoded = make_password("a password")
    assert [check_password(typed, encoded) for typed in ("a password", "another")] == [True, False]
    assert derivations == [8, 8, 8]


@pytest.mark.parametrize(("passes", "kibibytes"), [(2, 8), (1, 16)])
def test_another_cost_asks_for_a_new_hash(settings: Settings, passes: int, kibibytes: int) -> None:
    before = make_password("a password")
    assert not VerifierHasher().must_update(before)
    settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES = passes, kibibytes
    assert VerifierHasher().must_update(before)
    assert check_password("a password", before)


@pytest.mark.parametrize(("passes", "kibibytes"), [(3, 8), (1, 64), (3, 64)])
def test_a_wrong_password_takes_as_long_for_a_hash_of_before(
    settings: Settings, derivations: Derivations, passes: int, kibibytes: int
) -> None:
    before = make_password("a password")
    settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES = passes, kibibytes
    derivations.clear()
    assert not check_password("another password", before)
    assert passes * kibibytes - passes * hashers.LEAST_KIBIBYTES < sum(derivations) <= passes * kibibytes


def test_what_is_shown_of_a_hash_is_masked() -> None:
    encoded = written(ladder.stretch("a password", HOW))
    shown = identify_hasher(encoded).safe_summary(encoded)
    assert [str(value) in encoded and "*" not in str(value) for value in shown.values()] == [True] * 3 + [False] * 2


def test_two_ways_of_typing_an_accent_are_one_password() -> None:
    assert check_password("cafe\u0301", make_password("caf\u00e9"))
