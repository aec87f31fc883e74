"""The person at the other end of a request, with their keys in hand."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.http import HttpRequest

from caracol.accounts.models import User
from caracol.accounts.second_factor import gate
from caracol.accounts.signals import unlocked
from caracol.vault import session
from caracol.vault.ladder import PersonKeys

# When the password was last typed in this session: whole seconds since 1970.
CONFIRMED_AT = "confirmed_at"


class MemberRequest(HttpRequest):
    """A request that LoginRequiredMiddleware let through: somebody is logged in."""

    user: User


class Locked(Exception):
    """The session's keys are locked: the password must be asked. UnlockMiddleware turns this into a page."""


@dataclass(frozen=True)
class Actor:
    """Somebody acting now: who they are, and the private keys they act with."""

    user: User
    keys: PersonKeys


def actor_of(request: HttpRequest) -> Actor:
    """
    Return who is acting in this request.

    Raises Locked when nobody is logged in, the session is locked, or its second factor is still to come.
    """
    user = request.user
    keys = session.keys_of(request, handle=user.handle) if isinstance(user, User) else None
    if not isinstance(user, User) or keys is None:
        raise Locked
    return Actor(user, keys)


def take_in_hand(request: HttpRequest, user: User, keys: PersonKeys) -> None:
    """
    Keep the keys that a password has just opened for this session, and tell whoever waits for them.

    While the person's second factor is still to come, they are held back, and nobody is told.
    """
    awaiting = gate.is_awaiting(request, user)
    session.remember(request, keys, handle=user.handle, held=awaiting)
    request.session[CONFIRMED_AT] = int(time.time())
    if not awaiting:
        unlocked.send_robust(sender=User, actor=Actor(user, keys))


def let_through(request: HttpRequest, user: User) -> None:
    """Let a session go on whose second factor came: under a new name, with its keys in hand if they still are there."""
    request.session.cycle_key()
    gate.settle(request, user)
    keys = session.release(request, handle=user.handle)
    if keys is not None:
        unlocked.send_robust(sender=User, actor=Actor(user, keys))
