"""The people who put a load on a site, each with a browser: what they open, and now and then write."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from itertools import accumulate
from urllib.parse import urlencode

# What `manage.py demo` prints.
PASSWORD = "a snail carries its home"  # noqa: S105 - of made-up people
# So many browsers for each login.
BROWSERS = {
    **dict.fromkeys(("crowd1", "crowd2", "crowd3", "crowd4", "crowd5", "crowd6"), 4),
    **dict.fromkeys(("mediator", "mediator2", "mediator3"), 4),
    "intake": 2,
    "steering": 1,
    "secretary": 1,
}
PATIENCE_SECONDS = 30
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CASES = re.compile(r'href="(/cases/[a-z]+-[a-z]+-[a-z]+/)"')
ROOMS = re.compile(r'href="(/cases/[a-z-]+/rooms/[a-z0-9]+/)"')


@dataclass
class Person:
    """Somebody at a browser: the cases they know, and the rooms they found there."""

    login: str
    port: int
    address: str
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    cases: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    seen: int = 0

    def ask(self, path: str, **form: str) -> tuple[int, str]:
        """Return the status and the page; the status is 0 where nobody answered."""
        said = {
            "Host": "localhost",
            "X-Forwarded-For": self.address,
            "Cookie": "; ".join(f"{name}={each.value}" for name, each in self.cookies.items()),
        }
        if form:
            said |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "null"}
            said["Sec-Fetch-Site"] = "same-origin"
        asking = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            asking.request("POST" if form else "GET", path, urlencode(form) or None, said)
            answer = asking.getresponse()
            for value in answer.headers.get_all("Set-Cookie") or ():
                self.cookies.load(value)
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            return 0, ""
        finally:
            asking.close()

    def log_in(self) -> int:
        """Come in anew, in a browser that is known."""
        self.cookies.pop("caracol-session", None)
        _status, page = self.ask("/accounts/login/")
        token = TOKEN.search(page)
        sent = {"csrfmiddlewaretoken": token[1] if token else "", "login": self.login, "password": PASSWORD}
        return self.ask("/accounts/login/", **sent)[0]

    def next_of(self, known: list[str]) -> str:
        """Return one of what is known, each in its turn."""
        self.seen += 1
        return known[self.seen % len(known)]


def come_in(port: int) -> list[Person]:
    """Log everybody in, and have each look round once."""
    people = []
    for number, login in enumerate(login for login, browsers in BROWSERS.items() for _each in range(browsers)):
        person = Person(login, port, f"198.51.100.{number + 1}")
        if person.log_in() != 302:
            raise ConnectionError(f"{login} does not come in.")
        person.cases = sorted(set(CASES.findall(person.ask("/cases/")[1])))
        for case in person.cases:
            person.rooms += sorted(set(ROOMS.findall(person.ask(case)[1])))
        people.append(person)
    return people


def deeds(person: Person, drawn: float) -> tuple[str, str]:
    """Do what a number from 0 to 1 says; return what kind of request it was, and what was wrong with its answer."""
    kind, _part, do = DEEDS[bisect(SHARES, drawn * SHARES[-1])]
    status = do(person)
    return kind, "" if status in {200, 302} else f"{kind} as {person.login}: {status}"


def _list(person: Person) -> int:
    return person.ask("/cases/")[0]


def _case(person: Person) -> int:
    return person.ask(person.next_of(person.cases))[0] if person.cases else _home(person)


def _room(person: Person) -> int:
    return person.ask(person.next_of(person.rooms))[0] if person.rooms else _home(person)


def _write(person: Person) -> int:
    """Send a message where one may, in a form that was just opened."""
    if not person.rooms:
        return _home(person)
    room = person.next_of(person.rooms)
    status, page = person.ask(room)
    token = TOKEN.search(page)
    if token is None or 'name="text"' not in page:
        return status
    return person.ask(
        room, csrfmiddlewaretoken=token[1], text="Could we meet on Monday, in the room above the library?"
    )[0]


def _home(person: Person) -> int:
    return person.ask("/")[0]


def _code(person: Person) -> int:
    return person.ask("/code/")[0]


def _come_in(person: Person) -> int:
    return person.log_in()


# What, in which share, and how.
DEEDS: tuple[tuple[str, int, Callable[[Person], int]], ...] = (
    ("home", 100, _home),
    ("my cases", 250, _list),
    ("a case", 300, _case),
    ("a room", 200, _room),
    ("a message", 40, _write),
    ("the Code", 100, _code),
    ("log in", 5, _come_in),
)
SHARES = list(accumulate(part for _kind, part, _do in DEEDS))
