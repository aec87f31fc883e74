from __future__ import annotations

from django.db import models

from caracol.accounts.models.user import User


class Contact(models.Model):
    """Who a user is, sealed under the environment's key: read and written by `caracol.accounts.contacts` alone."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="contact")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"contact of {self.user_id}"
