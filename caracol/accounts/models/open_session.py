from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from caracol.accounts.models.user import User


class OpenSession(AbstractBaseSession):
    """
    One session, found by whose it is. `session_key` holds no session's name, but its keyed HMAC (40 hex digits).

    Kept beside it: the day it began. No address, no browser, no hour.
    """

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="open_sessions")
    begun_on = models.DateField(null=True)

    class Meta:
        ordering = ("-begun_on", "session_key")
