from __future__ import annotations

from django.db import models

from caracol.accounts.models.user import User


class Invitation(models.Model):
    """
    A one-time link that waits to be used: known by the keyed hash of its secret, gone once used or taken back.

    Without `user` it makes a member, whose name and e-mail address are `sealed`; with one it opens that account.
    """

    token_tag = models.CharField(max_length=64, unique=True)
    user = models.OneToOneField(User, null=True, on_delete=models.CASCADE, related_name="invitation")
    sealed = models.BinaryField(default=b"")
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"invitation {self.pk}"
