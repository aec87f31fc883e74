"""The person at the other end of a request, with their keys in hand."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.http import HttpRequest

from caracol.accounts.models import User
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
    """Return who is acting in this request. Raises Locked when nobody is logged in or the session is locked."""
    user = request.user
    keys = session.keys_of(request, handle=user.handle) if isinstance(user, User) else None
    if not isinstance(user, User) or keys is None:
        raise Locked
    return Actor(user, keys)


def take_in_hand(request: HttpRequest, user: User, keys: PersonKeys) -> None:
    """Keep the keys that a password has just opened for this session, and tell whoever waits for them."""
    session.remember(request, keys, handle=user.handle)
    request.session[CONFIRMED_AT] = int(time.time())
    unlocked.send_robust(sender=User, actor=Actor(user, keys))
