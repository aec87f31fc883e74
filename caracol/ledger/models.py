"""Ledger entries: written once by `caracol.ledger.chain`, never changed."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeAlias

from django.db import IntegrityError, connection, models

Fact: TypeAlias = str | int | bool | list[str] | None


class AppendOnly(Exception):
    """Ledger entries are neither saved, changed nor deleted; `chain.record` is the one way in."""


# Deeds record by the dozen: nothing is compiled for it, and a number that is taken breaks no transaction.
# Nothing is written after an entry that does not stand: one that was rolled back, say.
_INSERT = """
 INSERT INTO "ledger_entry" ("chain", "number", "at", "event", "actor", "facts", "previous", "mac")
 SELECT %s, %s, %s, %s, %s, %s, %s, %s
 WHERE %s = 0 OR EXISTS (SELECT 1 FROM "ledger_entry" WHERE "chain" = %s AND "number" = %s AND "mac" = %s)
 ON CONFLICT DO NOTHING RETURNING id
"""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads entries, and refuses every way of changing them in bulk."""

    def append(self, entry: Entry) -> Entry:
        """
        Insert one entry that `chain.record` has made.

        Raises IntegrityError when its number is taken, or the entry that it follows does not stand.
        """
        at = connection.ops.adapt_datetimefield_value(entry.at)
        said: list[Any] = [
            entry.chain,
            entry.number,
            at,
            str(entry.event),
            entry.actor,
            entry.facts,
            entry.previous,
            entry.mac,
        ]
        follows: list[Any] = [entry.number - 1, entry.chain, entry.number - 1, entry.previous]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, said + follows)
            made = cursor.fetchone()
        if made is None:
            raise IntegrityError("the number is taken, or what it follows is gone")
        (entry.pk,) = made
        return entry

    def bulk_create(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse with AppendOnly."""
        raise AppendOnly

    def bulk_update(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse with AppendOnly."""
        raise AppendOnly

    def update(self, **_: Any) -> NoReturn:
        """Refuse with AppendOnly."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refuse with AppendOnly."""
        raise AppendOnly


class Entry(models.Model):
    """
    One event in one chain: who did what, when, with typed facts and never content.

    No foreign keys, so that an entry outlives what it speaks of. `number` counts from 1 in each
    chain, `previous` is the mac of the entry before, `mac` seals all of it (see `chain.mac_of`).
    """

    chain = models.CharField(max_length=100)
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    event = models.CharField(max_length=60)
    actor = models.CharField(max_length=64, blank=True)
    facts = models.TextField()
    previous = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["chain", "number"], name="ledger_one_entry_per_number"),)
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        """Return where the entry stands and what it says happened."""
        return f"{self.chain} {self.number}: {self.event}"

    def save(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse with AppendOnly."""
        raise AppendOnly

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse with AppendOnly."""
        raise AppendOnly

    @property
    def details(self) -> dict[str, Fact]:
        """The facts by name, as they were recorded."""
        details: dict[str, Fact] = json.loads(self.facts)
        return details
