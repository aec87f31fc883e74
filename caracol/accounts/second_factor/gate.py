"""
Between the password and everything else: a session whose second factor is still to come reaches almost nothing.

Its keys are in the session by then, but held back (`caracol.vault.session`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from caracol.accounts.models import User
from caracol.accounts.second_factor.factors import has_any, is_asked

SETTLED = "second_factor"
OPEN = "open_while_awaiting"
ALWAYS, TO_SET_UP = "always", "to set up"

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[P, R]


def while_awaiting(view: View[P, R]) -> View[P, R]:
    """Let a view be reached by a session whose second factor is still to come."""
    setattr(view, OPEN, ALWAYS)
    return view


def to_set_up(view: View[P, R]) -> View[P, R]:
    """Let a view be reached by such a session of somebody who has no second factor at all, to set one up."""
    setattr(view, OPEN, TO_SET_UP)
    return view


def is_awaiting(request: HttpRequest, user: User) -> bool:
    """
    Return whether this person's second factor is still to come in this session.

    Once it came, or none is asked, that is settled for the session, until the password changes or somebody logs in
    anew. (A role, or a factor of one's own, ends the other sessions.) Settled, it costs no query. Raises Tampered.
    """
    if constant_time_compare(request.session.get(SETTLED, ""), _mark(user)):
        return False
    if is_asked(user):
        return True
    settle(request, user)
    return False


def settle(request: HttpRequest, user: User) -> None:
    """Note in the session that this person's second factor came, or is not asked."""
    request.session[SETTLED] = _mark(user)


def begin(*, request: HttpRequest, **_kwargs: object) -> None:
    """Settle nothing by what came in the session before somebody logged in."""
    request.session.pop(SETTLED, None)


def is_open(view: Callable[..., object], user: User) -> bool:
    """Return whether a session of this person whose second factor is still to come may reach this view."""
    opened = getattr(view, OPEN, None)
    return opened == ALWAYS or (opened == TO_SET_UP and not has_any(user))


def _mark(user: User) -> str:
    # Another password, or a site that is no demo any more, and it is asked anew.
    return salted_hmac("caracol second factor", f"{user.handle} {user.password} {settings.DEMO}").hexdigest()
