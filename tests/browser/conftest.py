"""Chromium, driven as a person would. A page that breaks the content security policy fails its test."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import Any, ClassVar

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.keys import Keys
from tests.browser.people import Visit, visit
from tests.browser.pictures import Album
from tests.grievances.cast import Cast, the_code

# Each would have the browser look for its maker's hosts, or for a graphics card.
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Each story is told twice.
HANDS: dict[str, dict[str, Any]] = {"keyboard": {"kind": Keys}, "no script": {"java_script_enabled": False}}

Visitor = Callable[..., AbstractContextManager[Visit]]


def pytest_configure(config: pytest.Config) -> None:
    Album.wanted = bool(config.getoption("--pictures"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; root, as in a container, has no sandbox of its own to offer."""
    # Playwright runs an event loop in this thread, in which Django would refuse the tests' own queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    options = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class LettingGo(ThreadedWSGIServer):
    """The site of a live server, which can hang up: a browser may keep a connection that nobody uses any more."""

    connections: ClassVar[set[socket.socket]] = set()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.discard(request)

    @classmethod
    def hang_up(cls) -> None:
        """End every connection, and wait for its thread: the last it does is to close its way to the database."""
        for connection in cls.connections.copy():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threading.enumerate():
            if thread.name.endswith("(process_request_thread)"):
                thread.join(timeout=30)


@pytest.fixture(scope="session", autouse=True)
def site_that_lets_go() -> None:
    LiveServerThread.server_class = LettingGo


@pytest.fixture(autouse=True)
def let_go() -> Iterator[None]:
    """Leave no connection behind: one that ends after the live server would find its database gone."""
    yield
    LettingGo.hang_up()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a new visitor, on a narrow telephone."""
    context = browser.new_context(viewport={"width": 320, "height": 640})
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    refused: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    opened.on("console", note)
    yield opened
    context.close()
    assert refused == []


@pytest.fixture
def cast() -> Cast:
    """People for a case, and the Code under which it is filed, kept where a running site sees them."""
    the_code()
    return Cast()


@pytest.fixture(params=HANDS)
def at_site(browser: Browser, live_server: LiveServer, cast: Cast, request: pytest.FixtureRequest) -> Visitor:
    """
    Let somebody of the cast come to the site; without a login name, somebody who is not logged in.

    They come with the keyboard alone, and in a second test without JavaScript; always on a narrow telephone.
    """

    def come(login: str = "") -> AbstractContextManager[Visit]:
        if login:
            cast[login]
        return visit(browser, live_server.url, login, **HANDS[request.param])

    return come
