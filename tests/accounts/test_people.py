from __future__ import annotations

import base64

import pytest
from pytest_django import Settings

from caracol.accounts import keys, people
from caracol.accounts.models import User
from caracol.accounts.people import LoginRefused, by_login, join
from caracol.ledger.chain import entries
from tests.accounts.conftest import PASSWORD, Joins


def test_joining_records_both_public_keys_in_the_persons_chain(ana: User) -> None:
    (made,) = entries(f"person/{ana.handle}")
    assert (made.event, made.actor) == ("person:keys:made", ana.handle)
    assert made.details == {
        "box": base64.b64encode(ana.public_box).decode(),
        "sign": base64.b64encode(ana.public_sign).decode(),
    }


def test_the_password_opens_the_keys(ana: User) -> None:
    stored = User.objects.get(pk=ana.pk)
    assert keys.unlock(stored, PASSWORD).public == keys.public_keys([stored])[stored.pk]


@pytest.mark.parametrize("typed", ["ana", " ANA ", "Ana", "\uff41\uff4e\uff41"])
def test_a_login_name_is_found_however_it_is_typed(ana: User, typed: str) -> None:
    assert by_login(typed) == ana


@pytest.mark.parametrize("typed", ["", " ", "nobody", "ana\0", "\ud800", "a" * 100_000, "a\u202eb"])
def test_whoever_is_unknown_is_nobody(ana: User, typed: str) -> None:
    assert by_login(typed) is None


def test_two_people_never_share_a_login_name(ana: User) -> None:
    with pytest.raises(LoginRefused, match="taken"):
        join(login="ANA", name="Other", email="", password=PASSWORD)
    assert list(User.objects.all()) == [ana]


@pytest.mark.parametrize("login", ["", "\0", "\ud800", "a" * 151])
def test_a_login_name_that_can_be_nobodys_is_refused(db: None, login: str) -> None:
    with pytest.raises(LoginRefused, match="1 to 150"):
        join(login=login, name="Somebody", email="", password=PASSWORD)


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "a" * 1025])
def test_a_password_that_could_never_be_typed_again_is_refused(db: None, password: str) -> None:
    with pytest.raises(ValueError, match="no password"):
        join(login="ana", name="Ana", email="", password=password)


def test_raising_the_cost_locks_nobody_out(ana: User, settings: Settings) -> None:
    settings.ARGON2_PASSES = 2
    assert keys.unlock(ana, PASSWORD).public == keys.public_keys([ana])[ana.pk]


def test_the_row_names_nobody_and_opens_nothing(joins: Joins) -> None:
    user = joins("berenice")
    row = " ".join(str(bytes(value) if isinstance(value, memoryview) else value) for value in vars(user).values())
    assert "berenice" not in row.lower()
    private = keys.unlock(user, PASSWORD)
    assert private.box not in bytes(user.locked_keys)
    assert people.by_login("berenice") == user
