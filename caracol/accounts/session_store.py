"""
Where sessions are kept: in the database, and in Redis beside it when there is one.

Both know a session by its name's keyed HMAC, and keep what is in it sealed under a key that its name gives: a copy of
either opens no session, and does not tell when somebody came or last did something.
"""

from __future__ import annotations

import base64
import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.core.cache import caches
from django.utils import timezone
from django.utils.crypto import salted_hmac
from redis import RedisError

from caracol.accounts.models import OpenSession
from caracol.vault import box

logger = logging.getLogger(__name__)

BEGUN_ON, ENDS_AT = "begun_on", "ends_at"
KEPT, ENDED = "kept:", "ended:"
NEVER = float("inf")
# A text that stays the same: every page asks it, and to put it together would cost more than to ask it.
_BY_TAG = "SELECT * FROM accounts_opensession WHERE session_key = %s"
# The database says it alone then.
SILENT = "The cache of sessions does not answer."


def tag_of(name: str) -> str:
    """Return the tag (40 hex digits) under which the session of this name is kept."""
    return salted_hmac("caracol session name", name, algorithm="sha256").hexdigest()[:40]


def cache_key_of(tag: str) -> str:
    """Return the key under which the cache keeps the session of this tag."""
    return KEPT + tag


def end_in_cache(tag: str) -> None:
    """
    Have every process take the session of this tag for ended, whatever the cache holds, or is given, under it.

    A request that is under way may still write back what it read before. Raises where the cache does not answer.
    """
    caches[settings.SESSION_CACHE_ALIAS].set(ENDED + tag, True, settings.SESSION_COOKIE_AGE)


class SessionStore(db.SessionStore):
    """Django's database sessions, kept by tag and sealed, with the person and the day they came; and a cache."""

    @classmethod
    def get_model_class(cls) -> type[OpenSession]:
        """Return the model of a stored session."""
        return OpenSession

    def load(self) -> dict[str, Any]:
        """Return what is in this session: nothing, and under no name any more, once it ended."""
        data = self._decoded(self._text())
        if data is None or data.get(ENDS_AT, NEVER) <= time.time():
            self._session_key = None
            return {}
        return data

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - as Django calls it
        """Keep what is in this session; one that was ended meanwhile stays so (UpdateError)."""
        super().save(must_create)
        self._cache_text(self.encode(dict(self.items())), self.get_expiry_age())

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return what is in a session as sealed text."""
        return base64.b64encode(box.lock(self._key(), super().encode(session_dict).encode(), bound=b"")).decode()

    def create_model_instance(self, data: dict[str, Any]) -> OpenSession:
        """Return the row of this session."""
        begun = data.get(BEGUN_ON)
        return OpenSession(
            session_key=self._tag(),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(SESSION_KEY),
            begun_on=dt.date.fromisoformat(begun) if begun else None,
        )

    def exists(self, session_key: str) -> bool:
        """Return whether a session of this name is kept."""
        return bool(super().exists(tag_of(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        """Forget the session of this name, or this one."""
        name = session_key or self.session_key
        if name:
            super().delete(tag_of(name))
            # Going must not fail for a cache that does not answer.
            self._try(lambda: end_in_cache(tag_of(name)))

    def get_expire_at_browser_close(self) -> bool:
        """Return True: the cookie goes with the browser, and the date is for the server to keep."""
        return True

    def _text(self) -> str:
        """Return the sealed text of this session from the cache, or else the database; "" where it ended."""
        tag, cached = self._tag(), {}
        try:
            cached = caches[settings.SESSION_CACHE_ALIAS].get_many([cache_key_of(tag), ENDED + tag])
        except RedisError:
            logger.warning(SILENT)
        if cached:
            return "" if ENDED + tag in cached else str(cached[cache_key_of(tag)])
        row = next(iter(OpenSession.objects.raw(_BY_TAG, [tag])), None)
        if row is None or row.expire_date <= timezone.now():
            return ""
        self._cache_text(row.session_data, self.get_expiry_age(expiry=row.expire_date))
        return row.session_data

    def _decoded(self, text: str) -> dict[str, Any] | None:
        """Return what sealed text says, or None for what is no session of this name."""
        try:
            return self.decode(box.unlock(self._key(), base64.b64decode(text), bound=b"").decode())
        except (box.SealBroken, ValueError):
            return None

    def _cache_text(self, text: str, seconds: int) -> None:
        cache, key = caches[settings.SESSION_CACHE_ALIAS], cache_key_of(self._tag())
        self._try(lambda: cache.set(key, text, seconds))

    def _try(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except RedisError:
            logger.warning(SILENT)

    def _name(self) -> str:
        name: str = self._get_or_create_session_key()  # type: ignore[attr-defined]  # the stubs leave it out
        return name

    def _tag(self) -> str:
        return tag_of(self._name())

    def _key(self) -> bytes:
        return box.subkey(settings.SECRET_KEY.encode(), f"session {self._name()}")
