"""
The doors that can be knocked at too often, and how often each can.

Nobody can be locked out by others. An account's bucket could be emptied by whoever knows the login name, and an
address's by whoever shares the address: so a browser that this person has logged in with before pays from a
bucket of its own. What strangers share is a line with a place for each, not a wall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from math import ceil
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from caracol.limits import askers, buckets, line
from caracol.limits.buckets import Rate

KNOWN = "_known_at_the_door"
P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponseBase]


class Wait(Exception):
    """Not now: the same can be sent again in `seconds`, with `ticket` if a place in line is kept."""

    def __init__(self, milliseconds: int, ticket: line.Ticket | None = None) -> None:
        super().__init__(milliseconds)
        self.seconds = max(1, ceil(milliseconds / 1000))
        self.ticket = ticket


@dataclass(frozen=True)
class Door:
    """The buckets that must each give a token; with `line`, so many strangers are promised a turn in a crowd."""

    name: str
    account: Rate | None = None
    address: Rate | None = None
    strangers: Rate | None = None
    line: int = 0
    # Whether a browser that the person has logged in with pays from a bucket of its own.
    by_browser: bool = True


LOGIN = Door("login", account=Rate(10, 120), address=Rate(30, 10), strangers=Rate(60, 0.5), line=240)
UNLOCK = Door("unlock", account=Rate(10, 60), address=Rate(30, 10))
FORGOTTEN = Door("forgotten", address=Rate(10, 60), strangers=Rate(60, 2), line=60)
RECEIPTS = Door("receipts", address=Rate(5, 600), strangers=Rate(30, 60), line=60)
# Six digits can be guessed. Whoever has the password makes any number of browsers known, so these share one bucket.
CODES = Door("codes", account=Rate(5, 300), address=Rate(30, 10), by_browser=False)
# What can't be guessed: backup codes and security keys. They stay open to a person whose codes somebody else uses up.
FACTORS = Door("factors", account=Rate(30, 10), address=Rate(30, 10))
INVITATIONS = Door("invitations", address=Rate(20, 30), strangers=Rate(60, 2), line=60)
# By words that a whole Caucus knows: whoever guesses pays from one bucket, whichever browser they use.
PASSPHRASE = Door("passphrase", account=Rate(5, 600), address=Rate(10, 300), by_browser=False)
# Each opening of this door may bring five files of 25 MB, which cost disk and, for pictures, cores.
FILES = Door("files", account=Rate(20, 120), address=Rate(60, 30), by_browser=False)
TALKS = Door("talks", account=Rate(20, 120), address=Rate(60, 30))
FILING = Door("filing", account=Rate(5, 600), address=Rate(20, 60))


class Toll(NamedTuple):
    """A token to be taken, or one of those still to come, up to `ahead` of them."""

    key: str
    rate: Rate
    ahead: int = 0


@dataclass(frozen=True)
class Entry:
    """Somebody let in, and what they paid."""

    request: HttpRequest
    person: str
    paid: tuple[Toll, ...]

    def was_right(self, *, remember: bool = False) -> None:
        """Give back what was paid: only misses count. With `remember` the browser is known from now on."""
        for toll in self.paid:
            buckets.give_back(toll.key, toll.rate)
        if remember:
            askers.remember_browser(self.request, self.person)


def enter(request: HttpRequest, door: Door, *, person: str = "") -> Entry:
    """
    Let the request in at a door, or raise Wait (which LimitsMiddleware turns into a page that loses no typed word).

    `person` is anything that is the same for one account, whether it exists or not. Call it before the costly or
    secret thing, and outside a transaction: what was tried counts, whatever becomes of it.
    """
    paid = []
    for toll in _tolls(request, door, person):
        try:
            wait = buckets.take(toll.key, toll.rate, ahead=toll.ahead)
        except buckets.Empty as empty:
            raise Wait(empty.milliseconds) from None
        if wait:
            raise Wait(wait, line.promise(door.name, wait))
        paid.append(toll)
    return Entry(request, person, tuple(paid))


def limited(door: Door) -> Callable[[View[R, P]], View[R, P]]:
    """Let a view's forms in at a door, each person for themselves once they are logged in."""

    def decorate(view: View[R, P]) -> View[R, P]:
        @wraps(view)
        def guarded(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "POST":
                enter(request, door, person=request.user.get_username())
            return view(request, *args, **kwargs)

        return cast("View[R, P]", guarded)

    return decorate


def is_known(request: HttpRequest) -> bool:
    """Return whether whoever asks keeps a share in a crowd: logged in, or at a browser they logged in with before."""
    return getattr(request, KNOWN, False) or request.user.is_authenticated


def _tolls(request: HttpRequest, door: Door, person: str) -> Iterator[Toll]:
    browser = askers.known_browser(request, person) if person and door.by_browser else None
    if browser and door.account:
        setattr(request, KNOWN, True)
        yield Toll(askers.browser_key(door.name, browser), door.account)
        return
    if not _came_by_line(request, door):
        yield from _tolls_of_a_crowd(request, door)
    if person and door.account:
        yield Toll(askers.account_key(door.name, person), door.account)


def _tolls_of_a_crowd(request: HttpRequest, door: Door) -> Iterator[Toll]:
    # The address comes first: without a token of its own it takes no place in line.
    if door.address:
        yield Toll(askers.address_key(door.name, request), door.address)
    if door.strangers and not request.user.is_authenticated:
        yield Toll(askers.everyone_key(door.name), door.strangers, door.line)


def _came_by_line(request: HttpRequest, door: Door) -> bool:
    """Return whether the request holds a ticket whose turn has come; raises Wait if it has not come yet."""
    # A ticket stands in the form. Where there is no line the form stays unread: it may carry files.
    ticket = line.held(request, door.name) if door.line else None
    if ticket is None:
        return False
    if ticket.wait:
        raise Wait(ticket.wait, ticket)
    return line.use(ticket)
