from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from caracol.accounts.forms import KEYS_STUCK, NO_FIT
from caracol.accounts.models import User
from caracol.vault.ladder import new_person
from tests.accounts.browser import form_fields
from tests.accounts.conftest import PASSWORD, LogIn

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db]

FOREIGN = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "echo/",
    "/\0",
    "/a\r\nb",
]


def test_logging_in_takes_the_keys_in_hand(ana: User, log_in: LogIn) -> None:
    assert log_in("ana").get("/echo/").json()["handle"] == ana.handle


def test_logging_in_gives_the_session_a_new_name(ana: User, client: Client) -> None:
    client.session["planted"] = True
    client.session.save()
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted


def test_the_unlock_key_lives_in_a_cookie_that_scripts_cannot_read(ana: User, log_in: LogIn) -> None:
    cookie = log_in("ana").cookies[settings.UNLOCK_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")


def test_a_login_leads_to_the_page_that_was_asked_for(ana: User, anas_code: str, client: Client) -> None:
    asked = client.get("/echo/?page=2")
    page = client.get(asked["Location"])
    fields = form_fields(page, "/accounts/login/")
    answer = client.post("/accounts/login/", {**fields, "login": "ana", "password": PASSWORD})
    assert answer["Location"] == "/echo/?page=2"


@pytest.mark.parametrize("onward", FOREIGN)
def test_a_login_leads_to_no_other_site(ana: User, anas_code: str, client: Client, onward: str) -> None:
    answer = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD, "next": onward})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_who_has_no_recovery_code_yet_is_led_to_one_and_then_onward(ana: User, client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD, "next": "/echo/?page=2"})
    assert answer["Location"] == "/accounts/code/?next=%2Fecho%2F%3Fpage%3D2"
    page = client.get(answer["Location"])
    assert '<a class="button button--quiet" href="/echo/?page=2">Later</a>' in page.content.decode()


def test_who_is_logged_in_needs_no_login_page(ana: User, log_in: LogIn) -> None:
    assert log_in("ana").get("/accounts/login/?next=/echo/")["Location"] == "/"


def test_a_login_needs_its_csrf_token(ana: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/accounts/login/", {"login": "ana", "password": PASSWORD}).status_code == 403
    fields = form_fields(strict.get("/accounts/login/"), "/accounts/login/")
    answer = strict.post("/accounts/login/", {**fields, "login": "ana", "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ana", "a wrong password"),
        ("nobody", PASSWORD),
        ("ana\0", PASSWORD),
        ("ana", PASSWORD + "\0"),
        ("a" * 100_000, PASSWORD),
        ("ana", "a" * 100_000),
        ("\u202eana", PASSWORD),
        (" \t", " "),
    ],
)
def test_whatever_does_not_fit_gets_the_same_words(ana: User, client: Client, login: str, password: str) -> None:
    page = client.post("/accounts/login/", {"login": login, "password": password})
    assert page.status_code == 200
    assert page.context["form"].errors == {"__all__": [NO_FIT]}
    assert client.get("/echo/").status_code == 302


def test_half_characters_get_the_same_words(ana: User, client: Client) -> None:
    # UTF-7 is the one encoding by which a form can bring a lone surrogate ("+2AA-").
    body = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"login": "ana+2AA-", "password": "+2AA-", "next": "/+2AA-"}.items()
    )
    page = client.generic(
        "POST", "/accounts/login/", f"{body}--b--\r\n", "multipart/form-data; boundary=b; charset=utf-7"
    )
    assert page.status_code == 200
    form = page.context["form"]
    assert (form.data["login"], form.errors) == ("ana\ud800", {"__all__": [NO_FIT]})


def test_a_login_name_that_did_not_fit_is_still_there(ana: User, client: Client) -> None:
    page = client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    assert form_fields(page, "/accounts/login/")["login"] == ["anna"]
    assert form_fields(page, "/accounts/login/")["password"] == [""]


@pytest.mark.parametrize("missing", ["login", "password"])
def test_an_empty_field_is_named(ana: User, client: Client, missing: str) -> None:
    page = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD, missing: ""})
    assert list(page.context["form"].errors) == [missing]


def test_an_inactive_person_does_not_come_in(ana: User, client: Client) -> None:
    User.objects.update(is_active=False)
    page = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    assert page.context["form"].errors == {"__all__": [NO_FIT]}


def test_deactivation_holds_on_the_next_request(ana: User, log_in: LogIn) -> None:
    logged_in = log_in("ana")
    User.objects.update(is_active=False)
    assert logged_in.get("/echo/")["Location"] == "/accounts/login/?next=/echo/"


def test_a_password_put_in_by_a_database_writer_lets_nobody_in(ana: User, client: Client) -> None:
    User.objects.filter(pk=ana.pk).update(password=make_password("planted by a writer"))
    page = client.post("/accounts/login/", {"login": "ana", "password": "planted by a writer"})
    assert page.context["form"].errors == {"__all__": [KEYS_STUCK]}
    assert client.get("/echo/").status_code == 302


def test_swapped_public_keys_let_nobody_in(ana: User, client: Client) -> None:
    User.objects.update(public_box=new_person().public.box)
    page = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    assert page.context["form"].errors == {"__all__": [KEYS_STUCK]}


def test_logging_out_ends_session_and_keys(ana: User, log_in: LogIn) -> None:
    logged_in = log_in("ana")
    assert logged_in.post("/accounts/logout/")["Location"] == "/"
    assert logged_in.cookies[settings.UNLOCK_COOKIE_NAME].value == ""
    assert logged_in.get("/echo/")["Location"] == "/accounts/login/?next=/echo/"


def test_no_other_site_logs_anybody_out(ana: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    fields = form_fields(strict.get("/accounts/login/"), "/accounts/login/")
    strict.post("/accounts/login/", {**fields, "login": "ana", "password": PASSWORD})
    assert strict.post("/accounts/logout/").status_code == 403
    assert strict.get("/echo/").status_code == 200


def test_no_link_logs_anybody_out(ana: User, log_in: LogIn) -> None:
    logged_in = log_in("ana")
    assert logged_in.get("/accounts/logout/").status_code == 405
    assert logged_in.get("/echo/").status_code == 200


def test_unlocking_is_for_whoever_is_logged_in(client: Client) -> None:
    assert client.get("/accounts/unlock/").status_code == 302
    assert client.post("/accounts/unlock/", {"unlock-password": PASSWORD})["Location"].startswith("/accounts/login/")
