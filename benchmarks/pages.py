"""
Whole pages, by gunicorn on loopback: one process, one browser, one connection; beside what they cannot do without.

    python -m benchmarks.pages DATABASE SIZES
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import django

if __name__ == "__main__":
    django.setup()

from django.core.management import call_command

from benchmarks.sites import ROOT
from benchmarks.timing import interleaved, table
from grievances import access
from grievances.demo.cast import PASSWORD, with_keys
from grievances.lines import Lines
from grievances.models import Case, EntryKind, Room
from grievances.sealing import write

PORT, ROUNDS, ENTRIES = 8177, 60, 20
BARE, EMPTY = "bare template", "an empty page, logged in"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """Somebody at a browser, on one connection that stays open."""

    def __init__(self) -> None:
        self._line = HTTPConnection("127.0.0.1", PORT, timeout=60)
        self._cookies = SimpleCookie()

    def ask(self, address: str, form: dict[str, str] | None = None, expected: int = 200) -> bytes:
        """Return a page, or what came of a form. Raises AssertionError for another status than `expected`."""
        cookies = "; ".join(f"{name}={kept.value}" for name, kept in self._cookies.items())
        headers = {"Cookie": cookies, "Origin": f"http://127.0.0.1:{PORT}"}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._line.request("POST" if form else "GET", address, urlencode(form) if form else None, headers)
        answer = self._line.getresponse()
        body = answer.read()
        for said in answer.headers.get_all("Set-Cookie") or []:
            self._cookies.load(said)
        assert answer.status == expected, (address, answer.status)  # noqa: S101 - a refusal is quicker than a page
        return body

    def log_in(self, login: str) -> None:
        """Come in by the login page."""
        found = TOKEN.search(self.ask("/accounts/login/"))
        token = found.group(1).decode() if found else ""
        form = {"csrfmiddlewaretoken": token, "login": login, "password": PASSWORD}
        self.ask("/accounts/login/", form, expected=302)


@contextmanager
def served() -> Iterator[None]:
    """Serve the site, by one process with one thread."""
    call_command("collectstatic", interactive=False, verbosity=0)
    flags = ["--workers", "1", "--threads", "1", "--worker-class", "gthread", "--keep-alive", "75"]
    command = [sys.executable, "-m", "gunicorn", *flags, "--bind", f"127.0.0.1:{PORT}", "benchmarks.served"]
    server = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        _wait()
        yield
    finally:
        server.terminate()
        server.wait()


def _wait() -> None:
    for _try in range(200):
        try:
            Browser().ask("/bench/bare/")
        except ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError


def filled_room() -> tuple[Case, Room]:
    """Return one of the light mediator's cases, and a room of it in which twenty entries lie."""
    light = with_keys("light")["light"]
    line = next(line for line in Lines(light.user, access.SERVE)[0:40] if line.stage == "mediation")
    case = Case.objects.get(reference=line.reference)
    room = Room.objects.select_related("case", "seat__user").get(case=case, kind="mediators")
    for number in range(room.entries.count(), ENTRIES):
        write(room, EntryKind.NOTE, {"text": f"Note {number}: " + "both prefer afternoons. " * 20}, by=light)
    return case, room


def main(database: str, sizes: str) -> None:
    """Print what was measured."""
    case, room = filled_room()
    pages = {
        "my cases, 25 of them": "/cases/",
        "a case page": f"/cases/{case.reference}/",
        "a room with 20 entries": f"/cases/{case.reference}/rooms/{room.token}/",
        "the concern form": "/raise/",
    }
    with served():
        stranger, browser = Browser(), Browser()
        browser.log_in("light")
        asked = {name: partial(browser.ask, address) for name, address in pages.items()}
        floors = {BARE: partial(stranger.ask, "/bench/bare/"), EMPTY: partial(browser.ask, "/bench/empty/")}
        taken = interleaved({**floors, **asked}, ROUNDS, warm=5)
    title = f"{database}, {sizes.rsplit(',', maxsplit=1)[-1]} cases"
    goals = {"my cases, 25 of them": "1.5 SQLite, 2 PostgreSQL"}
    lines = table(f"Pages beside a bare template, {title}", taken, BARE, goals)
    logged_in = {name: each for name, each in taken.items() if name != BARE}
    goals = {
        "my cases, 25 of them": "1.6",
        "a room with 20 entries": "2",
        "the concern form": "1.3",
        "a case page": "2",
    }
    lines += table(f"Pages beside an empty one, {title}", logged_in, EMPTY, goals)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
