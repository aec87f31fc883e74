from __future__ import annotations

import base64

import pytest
from pytest_django import Settings

from caracol.accounts import keys, people, roles
from caracol.accounts.models import Role, SiteRole, User
from caracol.accounts.people import LoginRefused, by_login, deactivate, join
from caracol.accounts.roles import RoleRefused
from caracol.accounts.signals import deactivated
from caracol.ledger.chain import entries
from tests.accounts.conftest import PASSWORD, Joins

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


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


def test_deactivation_ends_every_role_and_says_so_in_the_ledger(mediator: User, secretary: User) -> None:
    roles.give(SiteRole.MEMBER, to=mediator, by=None)
    deactivate(mediator, by=secretary)
    assert not User.objects.get(pk=mediator.pk).is_active
    assert list(Role.objects.filter(user=mediator, ended_on=None)) == []
    told = [(entry.event, entry.actor, entry.details.get("role")) for entry in entries(f"person/{mediator.handle}")]
    assert told[-3:] == [
        ("person:account:deactivated", secretary.handle, None),
        ("person:role:ended", secretary.handle, "mediator"),
        ("person:role:ended", secretary.handle, "member"),
    ]


def test_deactivation_ends_a_role_whose_row_was_taken_away(mediator: User, secretary: User) -> None:
    Role.objects.filter(user=mediator).delete()
    deactivate(mediator, by=secretary)
    User.objects.filter(pk=mediator.pk).update(is_active=True)
    Role.objects.create(user=mediator, role=SiteRole.MEDIATOR)
    assert roles.roles_of(User.objects.get(pk=mediator.pk)) == frozenset()


def test_whoever_gave_them_keys_is_told_once(ana: User, secretary: User, request: pytest.FixtureRequest) -> None:
    told: list[User] = []

    def hear(*, user: User, **_: object) -> None:
        told.append(user)

    deactivated.connect(hear)
    request.addfinalizer(lambda: deactivated.disconnect(hear))
    deactivate(ana, by=secretary)
    with pytest.raises(RoleRefused, match="not active"):
        deactivate(ana, by=secretary)
    assert told == [ana]


def test_where_a_key_cannot_be_taken_back_nobody_is_deactivated(
    mediator: User, secretary: User, request: pytest.FixtureRequest
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError

    deactivated.connect(fail)
    request.addfinalizer(lambda: deactivated.disconnect(fail))
    with pytest.raises(RuntimeError):
        deactivate(mediator, by=secretary)
    assert roles.roles_of(User.objects.get(pk=mediator.pk)) == {SiteRole.MEDIATOR}


def test_only_a_secretary_deactivates_and_never_themselves(ana: User, mediator: User, secretary: User) -> None:
    with pytest.raises(RoleRefused, match="Only a secretary"):
        deactivate(ana, by=mediator)
    with pytest.raises(RoleRefused, match="their own"):
        deactivate(secretary, by=secretary)
    assert list(User.objects.filter(is_active=False)) == []
