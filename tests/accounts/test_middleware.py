from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from caracol.accounts.actor import Actor
from caracol.accounts.forms import NOT_YOURS
from caracol.accounts.models import User
from caracol.accounts.signals import unlocked
from tests.accounts.browser import form_fields
from tests.accounts.conftest import PASSWORD, LogIn
from tests.accounts.views.test_door import FOREIGN

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db]

Fields = dict[str, list[str]]

UNLOCK = "/accounts/unlock/"
TYPED = {
    "words": ['¿Qué pasó? 🐌\r\n\r\n  <b>"it\'s" & so on</b>\r\nשלום &amp; \u202e\u0301\r\n'],
    "who": ["first", "second", "second", ""],
    "empty": [""],
    "password": ["a field of the other form"],
    "next": ["another"],
    "näme": ["\ttabbed  "],
}


@pytest.fixture
def locked(ana: User, log_in: LogIn) -> Client:
    """Ana's browser, logged in, after its unlock cookie is gone."""
    client = log_in("ana")
    del client.cookies[settings.UNLOCK_COOKIE_NAME]
    return client


def unlock(client: Client, page_fields: Fields, password: str = PASSWORD, *, follow: bool = True) -> Any:
    return client.post(UNLOCK, {**page_fields, "unlock-password": password}, follow=follow)


def test_a_page_asked_for_while_locked_comes_after_the_password(locked: Client) -> None:
    asked = locked.get("/echo/?page=2", follow=True)
    assert asked.redirect_chain == [("/accounts/unlock/?next=%2Fecho%2F%3Fpage%3D2", 302)]
    answer = unlock(locked, form_fields(asked, UNLOCK))
    assert answer.redirect_chain == [("/echo/?page=2", 302)]
    assert answer.json()["path"] == "/echo/?page=2"


def test_an_idle_session_locks(ana: User, log_in: LogIn, settings: Settings) -> None:
    client = log_in("ana")
    settings.UNLOCKED_FOR_SECONDS = -1
    assert client.get("/echo/")["Location"] == "/accounts/unlock/?next=%2Fecho%2F"
    assert client.cookies[settings.UNLOCK_COOKIE_NAME].value == ""


def test_nothing_typed_is_lost_by_locking(locked: Client) -> None:
    page = locked.post("/echo/?page=2", TYPED)
    assert page.status_code == 403
    answer = unlock(locked, form_fields(page, UNLOCK))
    assert answer.redirect_chain == [("/echo/?page=2", 307)]
    assert answer.json()["path"] == "/echo/?page=2"
    assert {name: values for name, values in answer.json()["typed"].items() if name in TYPED} == TYPED


def test_a_wrong_password_loses_nothing_either(locked: Client) -> None:
    page = locked.post("/echo/", TYPED)
    again = unlock(locked, form_fields(page, UNLOCK), "a wrong password")
    assert again.context["form"].errors == {"password": [NOT_YOURS]}
    assert again.context["form"]["password"].value() not in again.content.decode()
    answer = unlock(locked, form_fields(again, UNLOCK))
    assert {name: values for name, values in answer.json()["typed"].items() if name in TYPED} == TYPED


def test_a_very_long_text_is_not_lost(locked: Client) -> None:
    words = "caracol 🐌 " * 10_000
    answer = unlock(locked, form_fields(locked.post("/echo/", {"words": words}), UNLOCK))
    assert answer.json()["typed"]["words"] == [words]


@pytest.mark.parametrize("password", ["", "\0", "a" * 100_000, "a wrong password"])
def test_no_other_password_unlocks(locked: Client, password: str) -> None:
    page = unlock(locked, {}, password)
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["password"])
    assert locked.get("/echo/").status_code == 302


def test_a_form_sent_while_locked_needs_its_csrf_token(ana: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    login = form_fields(strict.get("/accounts/login/"), "/accounts/login/")
    strict.post("/accounts/login/", {**login, "login": "ana", "password": PASSWORD})
    del strict.cookies[settings.UNLOCK_COOKIE_NAME]
    token = form_fields(strict.get(UNLOCK), UNLOCK)["csrfmiddlewaretoken"]

    unsigned = strict.post("/echo/", {"words": "not by Ana"})
    assert (unsigned.status_code, "not by Ana" in unsigned.content.decode()) == (403, False)
    page = strict.post("/echo/", {"words": "by Ana", "csrfmiddlewaretoken": token})
    fields = form_fields(page, UNLOCK)
    assert unlock(strict, {**fields, "csrfmiddlewaretoken": []}).status_code == 403
    assert unlock(strict, fields).json()["typed"]["words"] == ["by Ana"]


@pytest.mark.parametrize("again", ["", "True"])
@pytest.mark.parametrize("onward", FOREIGN)
def test_the_password_leads_to_no_other_site(locked: Client, onward: str, again: str) -> None:
    answer = unlock(locked, {"unlock-next": [onward], "unlock-again": [again]}, follow=False)
    assert answer["Location"] == "/"


def test_a_link_to_the_unlock_page_leads_to_no_other_site(locked: Client) -> None:
    assert form_fields(locked.get(f"{UNLOCK}?next=https://evil.example/"), UNLOCK)["unlock-next"] == ["/"]


def test_a_link_sends_no_form(locked: Client) -> None:
    page = locked.get(f"{UNLOCK}?next=/echo/&again=True&unlock-again=True")
    assert unlock(locked, form_fields(page, UNLOCK)).redirect_chain == [("/echo/", 302)]


def test_whoever_waits_for_the_keys_is_told(ana: User, log_in: LogIn, request: pytest.FixtureRequest) -> None:
    told: list[User] = []

    def hear(*, actor: Actor, **_: object) -> None:
        told.append(actor.user)

    unlocked.connect(hear)
    request.addfinalizer(lambda: unlocked.disconnect(hear))
    client = log_in("ana")
    unlock(client, {})
    assert told == [ana, ana]
