from __future__ import annotations

from django.db import models

from caracol.accounts.models.user import User, today


class RecoveryCopy(models.Model):
    """A second copy of a person's private keys, locked under the code that they keep on paper."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="recovery_copy")
    salt = models.BinaryField(max_length=16)
    locked = models.BinaryField()
    passes = models.PositiveSmallIntegerField()
    kibibytes = models.PositiveIntegerField()
    made_on = models.DateField(default=today)

    def __str__(self) -> str:
        return f"recovery copy of {self.user_id}"
