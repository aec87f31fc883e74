from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

from caracol.accounts.models import User


class Pseudonym(models.Model):
    """Who is meant by a name in one chain of the ledger. Destroying the row makes the chain anonymous."""

    chain = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=12)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("chain", "user"), name="pseudonym_one_per_person"),
            models.UniqueConstraint(fields=("chain", "name"), name="pseudonym_means_one_person"),
        )

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, chain: str, user: User) -> str:
        """Return the name by which `user` goes in this chain, drawn at random when first needed."""
        row, _made = cls.objects.get_or_create(chain=chain, user=user, defaults={"name": secrets.token_hex(6)})
        return row.name
