"""Stored keys, in the key store apart from the database, and the outbox of keys to be destroyed."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone

from caracol import moments


def today() -> date:
    """Return today's date in the site's time zone."""
    return timezone.localdate()


class StoredKey(models.Model):
    """A room's shred key or an offer's key. Lives in the database "keys" alone, found by a random token."""

    token = models.CharField(max_length=64, unique=True)
    key = models.BinaryField(max_length=32)
    made_on = models.DateField(default=today, db_index=True)

    def __str__(self) -> str:
        """Return the token; never the key."""
        return self.token


class Destruction(models.Model):
    """A key to be destroyed once the deed that asked for it is committed. Stays until that is done."""

    token = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=moments.kept)

    def __str__(self) -> str:
        """Return the token of the key to be destroyed."""
        return self.token
