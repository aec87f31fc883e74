"""What it costs to come in: how many Argon2 each page makes of what is typed, for the hash and the keys together."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from caracol.accounts import receipts
from caracol.accounts.models import User
from caracol.vault import session
from tests.accounts.browser import form_fields
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Derivations, LogIn
from tests.accounts.second_factor.conftest import add_app, answer

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

LOGIN, UNLOCK = "/accounts/login/", "/accounts/unlock/"
CHANGING = {"old": PASSWORD, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}


def whole() -> int:
    """The cost that the settings ask for."""
    return settings.ARGON2_PASSES * settings.ARGON2_KIBIBYTES


@pytest.mark.parametrize(
    ("login", "password", "status"),
    [
        ("ana", PASSWORD, 302),
        ("ana", "a wrong password", 200),
        ("ana", "a" * 100_000, 200),
        ("nobody", PASSWORD, 200),
        ("nobody", "\0", 200),
    ],
)
@pytest.mark.usefixtures("ana")
def test_a_login_costs_one_whoever_it_names_and_whatever_was_typed(
    client: Client, derivations: Derivations, login: str, password: str, status: int
) -> None:
    assert client.post(LOGIN, {"login": login, "password": password}).status_code == status
    assert derivations == [whole()]


def test_a_receipt_logs_in_at_the_cost_of_one(client: Client, derivations: Derivations) -> None:
    shown = receipts.issue().shown
    assert derivations == [whole()]
    assert client.post(LOGIN, {"login": shown}).status_code == 302
    assert derivations == [whole()] * 2


def test_a_login_with_a_second_factor_costs_one_in_all(
    ana: User, log_in: LogIn, client: Client, derivations: Derivations
) -> None:
    phone = add_app(log_in("ana"))
    there = Client()
    derivations.clear()
    there.post(LOGIN, {"login": "ana", "password": PASSWORD})
    assert there.session[session.IN_SESSION]["held"]
    assert answer(there, phone.code(1)) == 302
    assert there.get("/echo/").json()["handle"] == ana.handle
    assert derivations == [whole()]


@pytest.mark.parametrize(("password", "status"), [(PASSWORD, 302), ("a wrong password", 200)])
def test_unlocking_costs_one(ana: User, log_in: LogIn, derivations: Derivations, password: str, status: int) -> None:
    client = log_in("ana")
    del client.cookies[settings.UNLOCK_COOKIE_NAME]
    derivations.clear()
    assert client.post(UNLOCK, {"unlock-password": password}).status_code == status
    assert derivations == [whole()]


def test_the_password_again_before_a_grave_deed_costs_one(ana: User, log_in: LogIn, derivations: Derivations) -> None:
    client = log_in("ana")
    kept = client.session
    kept["confirmed_at"] = 0
    kept.save()
    carried = form_fields(client.post("/grave/", {"words": "which weigh much"}), UNLOCK)
    derivations.clear()
    page = client.post(UNLOCK, {**carried, "unlock-password": PASSWORD}, follow=True)
    assert page.json()["typed"]["words"] == ["which weigh much"]
    assert derivations == [whole()]


@pytest.mark.parametrize(
    ("path", "cost"),
    [("/accounts/password/", 2), ("/accounts/password/known/", 3)],
    ids=["the old and the new one", "a new recovery code besides"],
)
def test_another_password_costs_one_for_each_secret(
    ana: User, log_in: LogIn, derivations: Derivations, path: str, cost: int
) -> None:
    client = log_in("ana")
    derivations.clear()
    client.post(path, CHANGING)
    assert derivations == [whole()] * cost
    assert User.objects.get(pk=ana.pk).password != ana.password


def test_a_forgotten_password_costs_one_for_each_secret(
    ana: User, anas_code: str, client: Client, derivations: Derivations
) -> None:
    new = {"new": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert "code" in client.post("/accounts/password/forgotten/", {"login": "ana", "code": anas_code, **new}).context
    # The code, the new password, the new code.
    assert derivations == [whole()] * 3
