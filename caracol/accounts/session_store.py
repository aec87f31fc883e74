"""
Where sessions are kept: in the database, and in Redis beside it when there is one.

Their names stand in neither: both know a session by its name's keyed HMAC, so that a copy of them opens no session.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import cached_db
from django.utils import timezone
from django.utils.crypto import salted_hmac

from caracol.accounts.models import OpenSession

BEGUN_ON = "begun_on"


def tag_of(name: str) -> str:
    """Return the tag (40 hex digits) under which the session of this name is kept."""
    return salted_hmac("caracol session name", name, algorithm="sha256").hexdigest()[:40]


def cache_key_of(tag: str) -> str:
    """Return the key under which the cache keeps the session of this tag."""
    return cached_db.KEY_PREFIX + tag


class SessionStore(cached_db.SessionStore):
    """Django's cached database sessions, kept by tag, with the person and the day they came."""

    @classmethod
    def get_model_class(cls) -> type[OpenSession]:
        """Return the model of a stored session."""
        return OpenSession

    @property
    def cache_key(self) -> str:
        """The key under which the cache keeps this session."""
        return cache_key_of(self._tag())

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

    def get_expire_at_browser_close(self) -> bool:
        """Return True: the cookie goes with the browser, and the date is for the server to keep."""
        return True

    def _tag(self) -> str:
        name: str = self._get_or_create_session_key()  # type: ignore[attr-defined]  # the stubs leave it out
        return tag_of(name)

    def _get_session_from_db(self) -> OpenSession | None:
        tag = tag_of(self.session_key or "")
        found = OpenSession.objects.filter(session_key=tag, expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found
