from __future__ import annotations

from django.db import models

from caracol.accounts.models.user import new_handle, today


class Passphrase(models.Model):
    """
    The words by which people of the Caucus know one another, sealed under the environment's key: one row at most.

    `edition` is another random text whenever the words change, so that who knew the old ones is asked anew.
    """

    sealed = models.BinaryField()
    edition = models.CharField(max_length=32, default=new_handle)
    changed_on = models.DateField(default=today)

    def __str__(self) -> str:
        return f"passphrase of {self.changed_on}"
