from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Permission
from pytest_django import DjangoAssertNumQueries

from caracol.accounts.backends import HandleBackend
from caracol.accounts.models import Role, SiteRole, User
from tests.accounts.conftest import PASSWORD, Derivations, Joins


def test_login_name_and_password_find_the_person(ana: User) -> None:
    assert authenticate(login="Ana", password=PASSWORD) == ana


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ana", PASSWORD),
        ("ana", "a wrong password"),
        ("ana", "a" * 100_000),
        ("ana", "\0"),
        ("ana", "\ud800"),
        ("nobody", PASSWORD),
        ("a" * 100_000, PASSWORD),
        ("ana\0", "\0"),
        ("\ud800", "\ud800"),
    ],
)
def test_every_answer_costs_one_argon2(ana: User, derivations: Derivations, login: str, password: str) -> None:
    user = authenticate(login=login, password=password)
    assert (user is not None, len(derivations)) == ((login, password) == ("ana", PASSWORD), 1)


def test_an_inactive_person_is_nobody_at_the_same_cost(ana: User, derivations: Derivations) -> None:
    User.objects.update(is_active=False)
    assert (authenticate(login="ana", password=PASSWORD), len(derivations)) == (None, 1)


def test_the_person_of_a_session_comes_with_their_roles_by_one_query(
    joins: Joins, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [joins("bo", SiteRole.MEMBER, SiteRole.MEDIATOR), joins("eva", SiteRole.INTAKE), joins("ida")]
    Role.objects.filter(role=SiteRole.INTAKE).update(ended_on="2026-01-01")
    with django_assert_num_queries(3):
        found = [HandleBackend().get_user(person.pk) for person in people]
        held = [each.role_names for each in found if each]
    assert found == people
    assert held == [{"member", "mediator"}, set(), set()]


def test_the_session_of_nobody_or_of_who_is_not_active_is_nobody_s(ana: User) -> None:
    User.objects.update(is_active=False)
    assert [HandleBackend().get_user(pk) for pk in (ana.pk, 0)] == [None, None]


@pytest.mark.parametrize("app", ["grievances", "vault", "ledger"])
def test_a_superuser_has_no_power_over_sealed_things(ana: User, app: str) -> None:
    ana.is_superuser = ana.is_staff = True
    ana.save()
    codes = Permission.objects.filter(content_type__app_label=app).values_list("codename", flat=True)
    assert [code for code in [*codes, "view_case"] if ana.has_perm(f"{app}.{code}")] == []
    assert not ana.has_module_perms(app)
    assert [perm for perm in ana.get_all_permissions() if perm.startswith(f"{app}.")] == []


def test_a_permission_given_by_row_opens_no_sealed_thing(ana: User) -> None:
    ana.user_permissions.set(Permission.objects.filter(content_type__app_label="ledger"))
    assert not ana.has_perm("ledger.view_entry")
    assert ana.get_all_permissions() == set()


def test_a_superuser_keeps_what_is_not_sealed(ana: User) -> None:
    ana.is_superuser = True
    ana.save()
    assert ana.has_perm("accounts.view_user")
