"""
The session's rung of the ladder: the keys of whoever is logged in, unlocked for a while.

They lie in the server-side session, locked under a random key that only the browser's cookie
holds: neither the session store nor the cookie opens anything alone.
"""

from __future__ import annotations

import base64
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from caracol.vault import box
from caracol.vault.ladder import PersonKeys

IN_SESSION = "unlocked"
COOKIE_CHANGED = "_unlock_cookie_changed"
# Touching writes the session, so it is done no more often than this.
TOUCH_EVERY_SECONDS = 60


def remember(request: HttpRequest, keys: PersonKeys, *, handle: str, held: bool = False) -> None:
    """
    Keep a person's keys unlocked in this session. Call it after Django's login, which starts a new session.

    With `held` they serve nobody until `release`.
    """
    cookie_key = box.new_key()
    locked = box.lock(cookie_key, keys.to_bytes(), bound=_bound(handle))
    request.session[IN_SESSION] = {"locked": _text(locked), "touched": _now(), "held": held}
    request.COOKIES[settings.UNLOCK_COOKIE_NAME] = _text(cookie_key)
    setattr(request, COOKIE_CHANGED, True)


def release(request: HttpRequest, *, handle: str) -> PersonKeys | None:
    """Let keys that were held back serve from now on, and return them; None as for `keys_of`."""
    kept = request.session.get(IN_SESSION)
    if kept is not None:
        request.session[IN_SESSION] = {**kept, "held": False}
    return keys_of(request, handle=handle)


def forget(request: HttpRequest) -> None:
    """Lock this session: drop the keys and the cookie that opens them."""
    request.session.pop(IN_SESSION, None)
    request.COOKIES.pop(settings.UNLOCK_COOKIE_NAME, None)
    setattr(request, COOKIE_CHANGED, True)


def keys_of(request: HttpRequest, *, handle: str) -> PersonKeys | None:
    """
    Return the unlocked keys of the person with this handle, and keep them for longer.

    None when the session is locked: never unlocked, held back, idle for settings.UNLOCKED_FOR_SECONDS (the
    keys are dropped then), another person's, or without the right cookie.
    """
    kept = request.session.get(IN_SESSION)
    if kept is None or kept.get("held"):
        return None
    if _now() - kept["touched"] > settings.UNLOCKED_FOR_SECONDS:
        forget(request)
        return None
    keys = _opened(kept["locked"], request.COOKIES.get(settings.UNLOCK_COOKIE_NAME, ""), handle)
    if keys is not None:
        _touch(request, kept)
    return keys


def write_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set or delete the cookie on the response, where this request remembered or forgot keys."""
    if not getattr(request, COOKIE_CHANGED, False):
        return
    name = settings.UNLOCK_COOKIE_NAME
    if name in request.COOKIES:
        secure = not settings.DEMO
        response.set_cookie(name, request.COOKIES[name], httponly=True, secure=secure, samesite="Strict")
    else:
        response.delete_cookie(name, samesite="Strict")


def _opened(locked: str, cookie: str, handle: str) -> PersonKeys | None:
    try:
        return PersonKeys.from_bytes(box.unlock(_bytes(cookie), _bytes(locked), bound=_bound(handle)))
    except (box.SealBroken, ValueError):
        return None


def _touch(request: HttpRequest, kept: dict[str, Any]) -> None:
    if _now() - kept["touched"] >= TOUCH_EVERY_SECONDS:
        request.session[IN_SESSION] = {**kept, "touched": _now()}


def _bound(handle: str) -> bytes:
    return f"caracol session {handle}".encode()


def _now() -> int:
    return int(time.time())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)
