from __future__ import annotations

import hmac
import secrets

from django.conf import settings
from django.db import models

from caracol.accounts.models import User
from caracol.vault.box import mac, subkey
from grievances.exceptions import Unverified


class Pseudonym(models.Model):
    """
    Who is meant by a name in one chain of the ledger. Destroying the row makes the chain anonymous.

    `bond` ties the name to the person by a key outside the database, so that nobody who writes to the database
    can give a name, and what the ledger says of it, to somebody else.
    """

    chain = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=12)
    bond = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("chain", "user"), name="pseudonym_one_per_person"),
            models.UniqueConstraint(fields=("chain", "name"), name="pseudonym_means_one_person"),
        )

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, chain: str, user: User) -> str:
        """
        Return the name by which `user` goes in this chain, drawn at random when first needed.

        Raises Unverified for a name that was not given to this very person: nobody's deeds are told as another's.
        """
        name = secrets.token_hex(6)
        defaults = {"name": name, "bond": bond(chain, user, name)}
        row, _made = cls.objects.get_or_create(chain=chain, user=user, defaults=defaults)
        row.user = user
        if not row.is_true():
            raise Unverified
        return row.name

    @classmethod
    def names_in(cls, chain: str) -> dict[int, str]:
        """Return the names in a chain by user id, in one query: those that were given to these very people."""
        given = cls.objects.filter(chain=chain).select_related("user")
        return {row.user_id: row.name for row in given if row.is_true()}

    def is_true(self) -> bool:
        """Return whether the name was given to this very person."""
        return hmac.compare_digest(self.bond, bond(self.chain, self.user, self.name))


def bond(chain: str, user: User, name: str) -> str:
    """Return what ties a name in a chain to a person, 64 hexadecimal digits."""
    return mac(subkey(settings.LEDGER_KEY.encode(), "pseudonym"), f"{chain} {user.handle} {name}".encode()).hex()
