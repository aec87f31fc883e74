"""Grave deeds ask for the password again, unless it was typed a moment ago."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from caracol.accounts.actor import CONFIRMED_AT
from caracol.accounts.unlocking import ask_password

RECENT_SECONDS = 5 * 60

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponseBase]


def reconfirm(view: View[R, P]) -> View[R, P]:
    """
    Let a view run only within five minutes of the password typed in this very session; else ask for it.

    After the password the person goes on to where they were going, with every field they had typed.
    """

    @wraps(view)
    def confirmed(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_recent(request) else ask_password(request, grave=True)

    return cast("View[R, P]", confirmed)


def is_recent(request: HttpRequest) -> bool:
    """Return whether the password was typed in this session within the last five minutes."""
    typed_at = request.session.get(CONFIRMED_AT)
    return typed_at is not None and 0 <= time.time() - typed_at <= RECENT_SECONDS
