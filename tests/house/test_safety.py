from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from caracol.accounts import people
from caracol.safety import leaving_explained

pytestmark = [pytest.mark.urls("tests.house.urls"), pytest.mark.django_db(databases=["default", "keys"])]

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a snail climbs slowly"
OWN = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def ana(client: Client) -> Client:
    """Ana's browser, logged in."""
    people.join(login="ana", name="Ana", email="ana@example.org", password=PASSWORD)
    assert client.post("/accounts/login/", {"login": "ana", "password": PASSWORD}).status_code == 302
    return client


def is_logged_in(browser: Client) -> bool:
    return browser.get("/accounts/").status_code == 200


def test_leaving_ends_the_session_and_leads_out(ana: Client) -> None:
    assert is_logged_in(ana)
    answer = ana.get("/leave/", headers=OWN)
    assert (answer.status_code, answer["Location"], answer.content) == (303, "https://www.weather.gov/", b"")
    assert answer["Clear-Site-Data"] == '"cookies", "storage"'
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    kept = {name for name, cookie in ana.cookies.items() if cookie.value}
    assert kept & {settings.SESSION_COOKIE_NAME, settings.UNLOCK_COOKIE_NAME} == set()
    assert not is_logged_in(ana)


def test_the_session_left_cannot_be_used_again(ana: Client) -> None:
    stolen = ana.cookies[settings.SESSION_COOKIE_NAME].value
    ana.get("/leave/", headers=OWN)
    ana.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert not is_logged_in(ana)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_no_other_site_can_log_anybody_out(ana: Client, site: str) -> None:
    answer = ana.get("/leave/", headers={"sec-fetch-site": site} if site else {})
    assert (answer.status_code, "Clear-Site-Data" in answer) == (303, False)
    assert is_logged_in(ana)


def test_whoever_is_not_logged_in_leaves_the_same_way(client: Client) -> None:
    answer = client.get("/leave/", headers=OWN)
    assert (answer.status_code, answer["Location"]) == (303, "https://www.weather.gov/")


def test_leaving_is_a_link_and_nothing_else(client: Client) -> None:
    assert client.post("/leave/", headers=OWN).status_code == 405


def test_the_way_out_can_be_another(client: Client, settings: Settings) -> None:
    settings.EXIT_URL = "https://www.bbc.co.uk/weather"
    assert client.get("/leave/")["Location"] == "https://www.bbc.co.uk/weather"


@pytest.mark.parametrize("path", ["/", "/safety/", "/safety/leaving/", "/accounts/login/", "/no-such-address/"])
def test_the_way_out_stands_first_on_every_page(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert re.findall(r'href="([^"]*)"', page.partition("<body>")[2])[:3] == ["#main", "/leave/", "/leave/"]
    assert re.findall("<title>(.*)</title>", page) == ["Caracol"]


@pytest.mark.parametrize("template", ["400.html", "403_csrf.html", "500.html"])
def test_it_stands_on_the_pages_that_ask_nothing_too(template: str) -> None:
    assert '{% extends "base_bare.html" %}' in (ROOT / "templates" / template).read_text(encoding="utf-8")


def test_the_explanation_leads_on_and_nowhere_else(client: Client) -> None:
    assert 'name="next" value="/code/"' in client.get("/safety/leaving/?next=/code/").content.decode()
    assert client.post("/safety/leaving/", {"next": "/code/"})["Location"] == "/code/"
    assert client.post("/safety/leaving/", {"next": "https://evil.example/"})["Location"] == "/"


@leaving_explained
def sensitive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("here")


def test_the_explanation_comes_once_before_a_sensitive_page(client: Client) -> None:
    def visit(method: str = "GET", mode: str = "navigate") -> str:
        request = RequestFactory().generic(method, "/raise/?page=2", headers={"sec-fetch-mode": mode})
        request.session = client.session
        answer = sensitive(request)
        return str(answer.headers.get("Location", "here"))

    assert visit() == "/safety/leaving/?next=%2Fraise%2F%3Fpage%3D2"
    assert (visit("POST"), visit(mode="cors")) == ("here", "here")
    client.post("/safety/leaving/", {"next": "/raise/?page=2"})
    assert visit() == "here"
