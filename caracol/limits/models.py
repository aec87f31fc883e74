"""What is kept while somebody may not yet try again: nothing that names a person or an address, and not for long."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """
    A token bucket, by a keyed HMAC of whose it is and for what.

    One number says all: when it will be full again. From then on the row says nothing, and is swept.
    """

    key = models.CharField(max_length=64, unique=True)
    full_at = models.BigIntegerField(db_index=True)  # milliseconds since 1970

    def __str__(self) -> str:
        return self.key


class HourSecret(models.Model):
    """A random secret for one hour, under which addresses are HMACed; gone with the hour."""

    hour = models.BigIntegerField(unique=True)  # hours since 1970
    secret = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.hour)
