from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import Q

from caracol.accounts.models.user import User, today


class Factor(models.Model):
    """
    What a person shows besides their password: an app that makes codes, or a security key.

    A row alone counts for nothing: only together with its entry in the ledger
    (`caracol.accounts.second_factor.factors`).
    """

    class Kind(models.TextChoices):
        APP = "app"
        KEY = "key"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    # The app's secret, or what is known of the key, sealed under the environment's key and bound to the handle.
    sealed = models.BinaryField()
    # How far it has been used: the time step of the app's last code, or the key's own count. It only grows.
    counter = models.BigIntegerField(default=-1)
    # A keyed HMAC of a security key's name, so that no key serves two accounts.
    tag = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - an app has none, and null is not unique
    added_on = models.DateField(default=today)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(kind="app"), name="one_app_each"),
            models.CheckConstraint(condition=Q(kind__in=["app", "key"]), name="factor_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"

    @property
    def digest(self) -> str:
        """What the ledger knows this factor by: the SHA-256 of what is sealed, in hex."""
        return hashlib.sha256(bytes(self.sealed)).hexdigest()


class BackupCode(models.Model):
    """A code not used yet, as a keyed HMAC (64 hex digits) of handle and code, under the environment's key."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="backup_codes")
    tag = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"backup code of {self.user_id}"
