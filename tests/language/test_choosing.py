"""Which language somebody reads: what they chose, never what their browser says."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client
from pytest_django import Settings

from caracol.accounts import people, receipts
from caracol.accounts.models import User

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PASSWORD = "a snail climbs slowly"


@pytest.fixture
def ana(client: Client) -> Client:
    """Ana's browser, logged in."""
    people.join(login="ana", name="Ana", email="ana@example.org", password=PASSWORD)
    assert client.post("/accounts/login/", {"login": "ana", "password": PASSWORD}).status_code == 302
    return client


def reads(browser: Client, path: str = "/safety/") -> str:
    """Return the language that a page says it is in, by its frame and by its header."""
    page = browser.get(path, headers={"accept-language": "es"})
    language = str(page.headers["Content-Language"])
    assert f'<html lang="{language}">' in page.content.decode()
    return language


def choose(browser: Client, language: str, onward: str = "/safety/") -> str:
    answer = browser.post("/language/", {"language": language, "next": onward})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_nobody_s_browser_is_asked(client: Client) -> None:
    assert reads(client) == "en"


def test_a_visitor_chooses_and_comes_back_to_the_same_page(client: Client) -> None:
    assert choose(client, "es", "/code/?from=here") == "/code/?from=here"
    assert reads(client) == "es"
    choose(client, "en")
    assert reads(client) == "en"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_it_leads_to_no_other_site(client: Client, elsewhere: str) -> None:
    assert choose(client, "es", elsewhere) == "/"


def test_a_language_that_is_not_there_changes_nothing(client: Client) -> None:
    for language in ("fr", "", "e" * 300):
        choose(client, language)
    assert (reads(client), settings.LANGUAGE_COOKIE_NAME in client.cookies) == ("en", False)


def test_a_cookie_that_somebody_made_up_is_no_language(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "../../etc"
    assert reads(client) == "en"


def test_a_visitor_s_choice_is_a_cookie_that_ends_with_the_browser(client: Client, settings: Settings) -> None:
    settings.LANGUAGE_COOKIE_SECURE = True
    choose(client, "es")
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    said = {name: cookie[name] for name in ("httponly", "secure", "samesite", "max-age", "expires", "path")}
    expected = {"httponly": True, "secure": True, "samesite": "Strict", "max-age": "", "expires": "", "path": "/"}
    assert (cookie.value, said) == ("es", expected)


def test_a_member_s_choice_stands_in_the_account_and_not_in_the_browser(ana: Client) -> None:
    choose(ana, "es")
    assert reads(ana) == "es"
    assert settings.LANGUAGE_COOKIE_NAME not in ana.cookies
    other = Client()
    other.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    assert reads(other) == "es"
    other.post("/accounts/logout/")
    assert reads(other) == "en"


def test_what_a_member_chose_counts_before_what_the_browser_kept(ana: Client) -> None:
    ana.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert reads(ana) == "es"
    choose(ana, "en")
    assert reads(ana) == "en"


def test_of_whoever_holds_a_receipt_the_database_keeps_no_language(client: Client) -> None:
    receipt = receipts.issue()
    assert client.post("/accounts/login/", {"login": receipt.shown, "password": ""}).status_code == 302
    choose(client, "es")
    assert reads(client) == "es"
    assert list(User.objects.values_list("language", flat=True)) == [""]
    with pytest.raises(IntegrityError):
        User.objects.update(language="es")


@pytest.mark.parametrize("path", ["/", "/safety/", "/accounts/login/", "/code/", "/no-such-address/"])
def test_the_button_stands_in_the_head_of_every_page_in_its_own_language(client: Client, path: str) -> None:
    def button() -> list[tuple[str, str]]:
        head = client.get(path).content.decode().partition("<main")[0]
        return re.findall(r'value="(..)" lang="\1" aria-describedby="language-hint">(\w+)<', head)

    assert button() == [("es", "Español")]
    choose(client, "es")
    assert button() == [("en", "English")]


def test_where_somebody_went_astray_is_not_repeated(client: Client) -> None:
    page = client.get("/no-such-address/").content.decode()
    assert "no-such-address" not in page
    assert 'name="next" value="/"' in page


def test_the_answer_to_a_form_has_no_button_that_would_lose_it(client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "nobody", "password": PASSWORD}).content.decode()
    assert ('action="/language/"' in answer, "nobody" in answer) == (False, True)


def test_it_takes_a_form_of_our_own() -> None:
    assert Client(enforce_csrf_checks=True).post("/language/", {"language": "es"}).status_code == 403
    assert Client().get("/language/").status_code == 405
