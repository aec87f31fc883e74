from __future__ import annotations

import json
from collections.abc import Iterator
from http.cookies import Morsel

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest, HttpResponse
from pytest_django import Settings

from caracol.vault import ladder, session
from caracol.vault.ladder import PersonKeys

ANA = ladder.new_person()
NOON = "2026-03-01T12:00:00Z"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


class Browser:
    """One browser: a session on the server, and the cookies it was given."""

    def __init__(self) -> None:
        self.session: SessionBase = SessionStore()
        self.cookies: dict[str, str] = {}

    def request(self) -> HttpRequest:
        request = HttpRequest()
        request.session = self.session
        request.COOKIES = dict(self.cookies)
        return request

    def answer(self, request: HttpRequest) -> Morsel[str] | None:
        """Send the response; return the cookie it sets, if any."""
        response = HttpResponse()
        session.write_cookie(request, response)
        morsel = response.cookies.get(settings.UNLOCK_COOKIE_NAME)
        if morsel is not None:
            self.cookies = {settings.UNLOCK_COOKIE_NAME: morsel.value} if morsel.value else {}
        return morsel

    def keys(self, handle: str = "ana") -> PersonKeys | None:
        request = self.request()
        keys = session.keys_of(request, handle=handle)
        self.answer(request)
        return keys


@pytest.fixture
def unlocked() -> Browser:
    browser = Browser()
    request = browser.request()
    session.remember(request, ANA, handle="ana")
    browser.answer(request)
    return browser


def test_remembered_keys_are_there_at_once_and_on_the_next_request() -> None:
    browser = Browser()
    request = browser.request()
    session.remember(request, ANA, handle="ana")
    assert session.keys_of(request, handle="ana") == ANA
    browser.answer(request)
    assert browser.keys() == ANA


def test_a_session_that_was_never_unlocked_has_no_keys() -> None:
    assert Browser().keys() is None


def test_the_session_alone_opens_nothing(unlocked: Browser) -> None:
    unlocked.cookies = {}
    assert unlocked.keys() is None


@pytest.mark.parametrize("cookie", ["", "A", "not base64 ☃", "AAAA", "A" * 43 + "="])
def test_another_cookie_opens_nothing(unlocked: Browser, cookie: str) -> None:
    unlocked.cookies[settings.UNLOCK_COOKIE_NAME] = cookie
    assert unlocked.keys() is None


def test_a_wrong_cookie_does_not_lock_the_session_for_the_right_one(unlocked: Browser) -> None:
    right = dict(unlocked.cookies)
    unlocked.cookies = {settings.UNLOCK_COOKIE_NAME: "AAAA"}
    unlocked.keys()
    unlocked.cookies = right
    assert unlocked.keys() == ANA


def test_the_cookie_of_another_session_opens_nothing(unlocked: Browser) -> None:
    other = Browser()
    request = other.request()
    session.remember(request, ANA, handle="ana")
    other.answer(request)
    unlocked.cookies = other.cookies
    assert unlocked.keys() is None


def test_keys_do_not_open_for_another_handle(unlocked: Browser) -> None:
    assert unlocked.keys("ben") is None


def test_neither_session_nor_cookie_shows_the_keys(unlocked: Browser) -> None:
    kept = json.dumps(dict(unlocked.session.items())) + json.dumps(unlocked.cookies)
    shown = [part for part in (ANA.box, ANA.sign) if session._text(part)[:20] in kept or part.hex() in kept]
    assert shown == []


def test_forgotten_keys_are_gone_from_session_and_browser(unlocked: Browser) -> None:
    request = unlocked.request()
    session.forget(request)
    assert session.keys_of(request, handle="ana") is None
    morsel = unlocked.answer(request)
    assert morsel is not None
    assert (morsel.value, morsel["max-age"]) == ("", 0)
    assert session.IN_SESSION not in unlocked.session


def test_keys_held_back_serve_nobody_until_they_are_released() -> None:
    browser = Browser()
    request = browser.request()
    session.remember(request, ANA, handle="ana", held=True)
    assert session.keys_of(request, handle="ana") is None
    assert session.release(request, handle="ana") == ANA
    assert session.keys_of(request, handle="ana") == ANA


def test_releasing_opens_neither_idle_keys_nor_another_person_s(clock: time_machine.Traveller) -> None:
    browser = Browser()
    request = browser.request()
    session.remember(request, ANA, handle="ana", held=True)
    assert session.release(request, handle="ben") is None
    clock.shift(settings.UNLOCKED_FOR_SECONDS + 1)
    assert session.release(request, handle="ana") is None
    assert session.release(Browser().request(), handle="ana") is None


def test_idle_keys_are_dropped(unlocked: Browser, clock: time_machine.Traveller) -> None:
    clock.shift(settings.UNLOCKED_FOR_SECONDS + 1)
    assert unlocked.keys() is None
    assert session.IN_SESSION not in unlocked.session
    assert unlocked.cookies == {}


def test_touching_keeps_the_keys(unlocked: Browser, clock: time_machine.Traveller) -> None:
    for _ in range(3):
        clock.shift(settings.UNLOCKED_FOR_SECONDS - 1)
        assert unlocked.keys() == ANA


def test_asking_often_does_not_write_the_session_each_time(unlocked: Browser, clock: time_machine.Traveller) -> None:
    unlocked.session.modified = False
    clock.shift(session.TOUCH_EVERY_SECONDS - 1)
    unlocked.keys()
    assert unlocked.session.modified is False
    clock.shift(1)
    unlocked.keys()
    assert unlocked.session.modified is True


@pytest.mark.parametrize("demo", [True, False])
def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_http(*, demo: bool, settings: Settings) -> None:
    settings.DEMO = demo
    browser = Browser()
    request = browser.request()
    session.remember(request, ANA, handle="ana")
    morsel = browser.answer(request)
    assert morsel is not None
    flags = {name: morsel[name] for name in ("httponly", "samesite", "secure", "path", "domain", "max-age", "expires")}
    assert flags == {
        "httponly": True,
        "samesite": "Strict",
        "secure": "" if demo else True,
        "path": "/",
        "domain": "",
        "max-age": "",
        "expires": "",
    }


def test_a_request_that_changed_nothing_sets_no_cookie(unlocked: Browser) -> None:
    request = unlocked.request()
    session.keys_of(request, handle="ana")
    assert unlocked.answer(request) is None
