from __future__ import annotations

import secrets

from django.db import models


def new_place() -> int:
    """Return a random place among all rows, so that their order does not tell which were written together."""
    return secrets.randbelow(2**63 - 1) + 1


class Tally(models.Model):
    """
    That one matter falls into one category of one table, in one half-year: until the numbers are released.

    It names no case and no day, and nothing ties what one matter is in one table to what it is in another. `mark`
    tells different reporters apart within one table, by a key outside the database. Released numbers have no
    tallies any more: they are destroyed as the release is frozen.
    """

    id = models.BigIntegerField(primary_key=True, default=new_place)
    half = models.CharField(max_length=7)
    table = models.CharField(max_length=16)
    category = models.CharField(max_length=24)
    mark = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "tallies"
        indexes = (models.Index(fields=("half", "table"), name="tally_by_half"),)

    def __str__(self) -> str:
        return f"{self.table} {self.half}"
