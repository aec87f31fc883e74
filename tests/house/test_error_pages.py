from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from django.test import Client
from pytest_django import Settings

from tests.house.urls import CANARY

pytestmark = [pytest.mark.urls("tests.house.urls"), pytest.mark.django_db(databases=["default", "keys"])]

HEADINGS = {
    400: "This page could not be read",
    403: "This is not open to you",
    404: "There is nothing for you here",
    500: "Something went wrong on our side",
    503: "The site can’t answer just now",
}


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("code", "heading"), HEADINGS.items())
def test_each_error_has_calm_words_and_tells_nothing(visitor: Client, code: int, heading: str) -> None:
    response = visitor.get(f"/fail/{code}/")
    page = response.content.decode()
    assert response.status_code == code
    assert re.findall("<h1>(.*)</h1>", page) == [heading]
    assert re.findall("<title>(.*)</title>", page) == ["Caracol"]
    assert CANARY not in page


def without_token(response: HttpResponseBase) -> bytes:
    """Return a page but for the random mask of its form's own token."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", getattr(response, "content"))  # noqa: B009 - a page


def test_what_is_not_there_and_what_is_not_yours_look_the_same(visitor: Client) -> None:
    unknown, withheld = visitor.get("/no-such-address/"), visitor.get("/fail/404/")
    assert unknown.status_code == withheld.status_code == 404
    assert without_token(unknown) == without_token(withheld)


@pytest.mark.parametrize("code", [500, 503])
def test_an_error_on_our_side_needs_no_context(code: int) -> None:
    assert HEADINGS[code] in get_template(f"{code}.html").render()


def test_a_store_that_is_away_is_said_to_come_back(visitor: Client) -> None:
    assert visitor.get("/fail/503/").headers["Retry-After"] == "60"


def test_every_error_page_shows_the_other_places_to_turn_to(visitor: Client) -> None:
    for code in HEADINGS:
        assert "to National at any time" in visitor.get(f"/fail/{code}/").content.decode()


def test_a_form_from_elsewhere_is_refused_in_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/fail/500/")
    assert response.status_code == 403
    assert "This page had been open for too long" in response.content.decode()


def test_a_host_that_is_not_ours_gets_the_same_page(visitor: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    response = visitor.get("/", headers={"host": "evil.example.org"})
    assert response.status_code == 400
    assert HEADINGS[400] in response.content.decode()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What Django's loggers write, as it would stand on the terminal."""
    handlers = logging.getLogger("django").handlers
    handler = next(each for each in handlers if isinstance(each, logging.StreamHandler) and each.filters)
    written = StringIO()
    terminal = handler.setStream(written)
    yield written
    handler.setStream(terminal)


def test_no_error_leaves_its_words_in_the_log(visitor: Client, log: StringIO) -> None:
    for code in HEADINGS:
        visitor.get(f"/fail/{code}/?{CANARY}", {"words": CANARY})
    # Of what was refused a line would say no more than that somebody was here: the faults of ours alone are told.
    assert re.findall(r" django\.request (.*)", log.getvalue()) == ["RuntimeError", "OperationalError"]
    assert CANARY not in log.getvalue()
