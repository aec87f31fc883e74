"""Slow clients, and a flood from one address: everybody else is served."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.files.made import HEADS
from tests.grievances.cast import PASSWORD, Cast, walk
from tests.grievances.evidence import files_of
from tests.grievances.views.pages import at
from tests.house.browser import Browser, logged_in
from tests.house.parts import ROOT, answer, serving
from tests.services import until

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True, databases=["default", "keys"]),
    pytest.mark.usefixtures("collected", "broker"),
]
# gunicorn.conf.py as it is, with less patience.
IMPATIENT = f"""
exec(open("{ROOT}/gunicorn.conf.py").read(), globals())
SILENCE_SECONDS = 1
"""
HEADER = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin="
)
# More than all threads of both processes.
SLOW = 28
LOGIN, RECEIPT = "/accounts/login/", "/accounts/receipt/"
# So many of each kind.
FLOODERS, FLOOD_SECONDS = 2, 4
# Far below what starving would be, on a machine that does other things as well.
BEARABLE_SECONDS = 15


@contextmanager
def half_sent(port: int, *beginnings: bytes) -> Iterator[list[socket.socket]]:
    """Send the beginnings of so many requests, and no more."""
    asking = [socket.create_connection(("127.0.0.1", port)) for _each in beginnings]
    for each, beginning in zip(asking, beginnings, strict=True):
        each.sendall(beginning)
    try:
        yield asking
    finally:
        for each in asking:
            each.close()


def has_ended(asking: socket.socket) -> bool:
    """Wait until the server ends this connection, with an answer or without, and end it here too, as the proxy does."""
    asking.settimeout(30)
    with asking, suppress(ConnectionError):
        while asking.recv(4096):
            pass
    return True


def test_whoever_falls_silent_half_way_through_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "impatient.py").write_text(IMPATIENT, encoding="utf-8")
    impatient = serving(tmp_path, GUNICORN_CMD_ARGS=f"--config {tmp_path / 'impatient.py'}")
    beginnings = [HEADER, BODY] * (SLOW // 2)
    with impatient as (port, _master), half_sent(port, *beginnings) as slow, ThreadPoolExecutor(SLOW) as waiting:
        ended = waiting.map(has_ended, slow)
        assert [answer(port) for _each in range(10)] == [200] * 10
        assert all(ended)


def test_a_flood_from_one_address_leaves_the_others_served(tmp_path: Path, cast: Cast) -> None:
    going = walk(cast, "served")
    page, files = at(going), files_of(going)
    cast["respondent"]
    with serving(tmp_path, PROXIES="1") as (port, _master):
        known = logged_in("member", port, address="198.51.100.7")
        with flood(port, files) as got:
            took = list(timed(lambda: known.get(page).status_code, lasting=FLOOD_SECONDS))
            newcomer = Browser(port, address="192.0.2.9").visitor()
            came_in = newcomer.send(LOGIN, login="respondent", password=PASSWORD).status_code
            # Whoever floods is answered too, and told to wait.
            until(lambda: got[RECEIPT, 429] > 0)
    assert {status for status, _seconds in took} == {200}
    assert max(seconds for _status, seconds in took) < BEARABLE_SECONDS
    assert came_in == 302
    assert {status for path, status in got if path == LOGIN} <= {200, 429, 503}
    assert {status for path, status in got if path == files} == {302}


def timed(ask: Callable[[], int], *, lasting: float) -> Iterator[tuple[int, float]]:
    """Ask again and again for so many seconds; yield each answer and how long it took."""
    ending = time.monotonic() + lasting
    while (began := time.monotonic()) < ending:
        yield ask(), time.monotonic() - began


def a_film() -> io.BytesIO:
    film = io.BytesIO(HEADS["mp4"] + bytes(512 * 1024))
    film.name = "film.mp4"
    return film


@contextmanager
def flood(port: int, files: str) -> Iterator[Counter[tuple[str, int]]]:
    """Guess logins and receipts, and send files, as fast as it goes; yields how often each was answered what."""
    got: Counter[tuple[str, int]] = Counter()
    ending = threading.Event()

    def pour(path: str, sent: Callable[[], dict[str, Any]]) -> None:
        browser = Browser(port, address="203.0.113.66")
        token = browser.visitor().forms(LOGIN)[0].fields["csrfmiddlewaretoken"]
        while not ending.is_set():
            got[path, browser.post(path, {"csrfmiddlewaretoken": token, **sent()}).status_code] += 1

    kinds: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        (LOGIN, lambda: {"login": "member", "password": "wrong"}),
        (RECEIPT, dict),
        (files, lambda: {"note": "", "chosen": a_film()}),
    ]
    pouring = [threading.Thread(target=pour, args=kind) for kind in kinds * FLOODERS]
    for each in pouring:
        each.start()
    try:
        yield got
    finally:
        ending.set()
        for each in pouring:
            each.join()
