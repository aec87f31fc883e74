"""The token of a form, tied to the session that it may be sent in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

TIED = "tied_token"


@receiver(user_logged_in)
def tie(*, request: HttpRequest, **_: object) -> None:
    """Note in the session which cookie its forms' tokens go by, as somebody logs in and is given a new one."""
    request.session[TIED] = _mark(request.META.get("CSRF_COOKIE", ""))


def is_tied(request: HttpRequest) -> bool:
    """Return whether the cookie that a form's token is held against is the session's own, or nobody is logged in."""
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    if SESSION_KEY not in request.session:
        return bool(cookie)
    return constant_time_compare(request.session.get(TIED, ""), _mark(cookie))


def _mark(cookie: str) -> str:
    return salted_hmac("caracol token of a session", cookie, algorithm="sha256").hexdigest()
