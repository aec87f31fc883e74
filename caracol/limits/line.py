"""
The line before a crowded door: whoever finds it crowded is promised a turn, and holds a ticket that says when.

A ticket is signed and used once; it names nobody.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest

from caracol.limits import buckets

FIELD = "limits-ticket"
SALT = "caracol.limits.line"
# From its turn on a ticket is good for a quarter of an hour.
GOOD_FOR = 15 * 60 * 1000
ONCE = buckets.Rate(burst=1, seconds=24 * 60 * 60)


@dataclass(frozen=True)
class Ticket:
    """A place in line at a door; its turn comes at `due` (milliseconds since 1970)."""

    door: str
    due: int
    name: str

    def __str__(self) -> str:
        return signing.dumps([self.door, self.due, self.name], salt=SALT)

    @property
    def wait(self) -> int:
        """The milliseconds until its turn."""
        return max(0, self.due - buckets.now())


def promise(door: str, wait: int) -> Ticket:
    """Return a new ticket whose turn comes in `wait` milliseconds."""
    return Ticket(door, buckets.now() + wait, secrets.token_urlsafe(12))


def held(request: HttpRequest, door: str) -> Ticket | None:
    """Return the ticket for this door that came with the form, if it is ours and still good."""
    try:
        ticket = Ticket(*signing.loads(request.POST.get(FIELD, ""), salt=SALT))
    except signing.BadSignature:
        return None
    return ticket if ticket.door == door and buckets.now() <= ticket.due + GOOD_FOR else None


def use(ticket: Ticket) -> bool:
    """Use the ticket up; returns whether it was still unused."""
    try:
        buckets.take(ticket.name, ONCE)
    except buckets.Empty:
        return False
    return True
