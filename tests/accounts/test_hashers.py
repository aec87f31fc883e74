from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password
from pytest_django import Settings

from caracol.accounts.hashers import Argon2idHasher


def test_the_hash_costs_what_the_settings_say(settings: Settings) -> None:
    settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES = 2, 16
    assert "$argon2id$v=19$m=16,t=2,p=1$" in make_password("a password")


def test_a_raised_cost_asks_for_a_new_hash(settings: Settings) -> None:
    hasher = Argon2idHasher()
    before = make_password("a password")
    assert not hasher.must_update(before)
    settings.ARGON2_PASSES += 1
    assert hasher.must_update(before)


def test_two_ways_of_typing_an_accent_are_one_password() -> None:
    assert check_password("cafe\u0301", make_password("caf\u00e9"))
