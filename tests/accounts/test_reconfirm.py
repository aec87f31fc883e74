from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.test import Client

from caracol.accounts.actor import CONFIRMED_AT
from caracol.accounts.forms import NOT_YOURS
from caracol.accounts.models import User
from tests.accounts.browser import form_fields
from tests.accounts.conftest import PASSWORD, LogIn

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db]

UNLOCK = "/accounts/unlock/"
GRAVE = "What you are about to do weighs much"
TYPED = {"words": ['¿Qué pasó?\r\n <b>"it\'s" & so on</b>\r\n'], "who": ["first", "second", "second", ""]}


def typed_before(client: Client, seconds: float) -> None:
    session = client.session
    session[CONFIRMED_AT] = int(time.time() - seconds)
    session.save()


@pytest.fixture
def later(ana: User, log_in: LogIn) -> Client:
    """Ana's browser, six minutes after she typed her password."""
    client = log_in("ana")
    typed_before(client, 360)
    return client


def test_a_grave_deed_just_after_the_password_asks_nothing(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    typed_before(client, 290)
    assert client.post("/grave/", TYPED).json()["typed"] == TYPED


def test_a_grave_deed_later_asks_the_password_again(later: Client) -> None:
    page = later.post("/grave/", TYPED)
    assert (page.status_code, GRAVE in page.content.decode()) == (403, True)
    assert later.get("/echo/").status_code == 200


def test_a_grave_page_asked_for_later_comes_after_the_password(later: Client) -> None:
    page = later.get("/grave/?page=2", follow=True)
    assert GRAVE in page.content.decode()
    answer = later.post(UNLOCK, {**form_fields(page, UNLOCK), "unlock-password": PASSWORD}, follow=True)
    assert answer.json()["path"] == "/grave/?page=2"


def test_nothing_typed_is_lost_by_it(later: Client) -> None:
    fields = form_fields(later.post("/grave/?page=2", TYPED), UNLOCK)
    again = later.post(UNLOCK, {**fields, "unlock-password": "a wrong password"})
    assert again.context["form"].errors == {"password": [NOT_YOURS]}
    assert GRAVE in again.content.decode()
    answer = later.post(UNLOCK, {**form_fields(again, UNLOCK), "unlock-password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/grave/?page=2", 307)]
    assert {name: values for name, values in answer.json()["typed"].items() if name in TYPED} == TYPED


@pytest.mark.parametrize("seconds", [301, -3600])
def test_neither_an_old_password_nor_one_from_the_future_counts(ana: User, log_in: LogIn, seconds: int) -> None:
    client = log_in("ana")
    typed_before(client, seconds)
    assert client.post("/grave/").status_code == 403


def test_a_password_typed_in_another_session_does_not_count(later: Client, log_in_elsewhere: LogIn) -> None:
    assert log_in_elsewhere("ana").post("/grave/").status_code == 200
    assert later.post("/grave/").status_code == 403


def test_a_session_without_its_cookie_asks_even_just_after_the_password(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    del client.cookies[settings.UNLOCK_COOKIE_NAME]
    assert client.post("/grave/").status_code == 403


def test_whoever_is_not_logged_in_is_asked_to_log_in(client: Client) -> None:
    assert client.post("/grave/")["Location"] == "/accounts/login/?next=/grave/"
