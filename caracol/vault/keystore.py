"""
The key store: shred keys and offer keys, in a database of their own, apart from every other backup.

Keys are born before the main transaction commits and destroyed after it: a key too many is
harmless and swept up, a key too few would lose what people wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
from django.db import connections, transaction

from caracol import rows
from caracol.vault import box
from caracol.vault.models import Destruction, StoredKey, today
from caracol.vault.routers import KEYS

AT_ONCE = 500
_FIRST_NUMBER = re.compile(r"\d+")


class KeyDestroyed(Exception):
    """The key store holds no key by this token: destroyed, or never born."""


def birth(token: str) -> bytes:
    """
    Make, commit and return a new 32-byte key.

    It stays when the caller's transaction rolls back; `sweep_orphans` destroys it then. Raises
    IntegrityError for a token in use, RuntimeError inside a transaction on the key store.
    """
    key = box.new_key()
    with transaction.atomic(using=KEYS, durable=True):
        StoredKey.objects.create(token=token, key=key)
    return key


def keep(keys: Mapping[str, bytes]) -> None:
    """Commit many new keys at once, by token, as `birth` does with one; raises the same."""
    with transaction.atomic(using=KEYS, durable=True):
        table, made_on = rows.Table(StoredKey, without=["id"]), today()
        table.write((table.row(token=token, key=key, made_on=made_on) for token, key in keys.items()), using=KEYS)


def key_of(token: str) -> bytes:
    """Return the key of a token; raises KeyDestroyed."""
    try:
        return keys_of([token])[token]
    except KeyError:
        raise KeyDestroyed(token) from None


def keys_of(tokens: Iterable[str]) -> dict[str, bytes]:
    """Return the keys by token, in one query; tokens without a key are absent."""
    found = StoredKey.objects.filter(token__in=set(tokens)).values_list("token", "key")
    return {token: bytes(key) for token, key in found}


def order_destruction(*tokens: str) -> None:
    """Have these keys destroyed by the next `run_destructions`, if the caller's transaction commits."""
    Destruction.objects.bulk_create([Destruction(token=token) for token in tokens], ignore_conflicts=True)


def destroy_later(*tokens: str) -> None:
    """Destroy these keys once the caller's transaction has committed: if it rolls back, they stay."""
    order_destruction(*tokens)
    # Robust: the caller's deed is done by then, and what could not be destroyed now stays in the outbox.
    transaction.on_commit(run_destructions, robust=True)


def run_destructions() -> int:
    """
    Destroy every key asked for, then forget the asking; safe to repeat. Returns how many askings are done.

    Where PostgreSQL still keeps deleted rows for a transaction that runs beside, the asking stays for the next run.
    """
    asked = list(Destruction.objects.values_list("token", flat=True))
    if not asked or not _destroy(asked):
        return 0
    for some in _batches(asked):
        Destruction.objects.filter(token__in=some).delete()
    return len(asked)


def sweep_orphans(*, known: Callable[[Collection[str]], set[str]], before: date) -> int:
    """
    Destroy the keys made before a day that no row knows; returns how many.

    `known` is given tokens and returns those of them that some row uses. Leave a whole day
    between `before` and today: a key born at midnight may belong to a deed not yet committed.
    """
    old = list(StoredKey.objects.filter(made_on__lt=before).values_list("token", flat=True))
    orphans = [token for some in _batches(old) for token in set(some) - known(some)]
    if orphans:
        _destroy(orphans)
    return len(orphans)


def _destroy(tokens: list[str]) -> bool:
    """Delete these keys; return whether nothing is left of them."""
    for some in _batches(tokens):
        StoredKey.objects.filter(token__in=some).delete()
    return _wipe()


def _wipe() -> bool:
    """
    Rewrite PostgreSQL's table without what was deleted; SQLite overwrites by itself (secure_delete).

    A plain VACUUM leaves the bytes of deleted rows in the free space of their pages; a full one keeps the rows that a
    transaction beside it could still look at. Returns whether it kept none.
    """
    connection = connections[KEYS]
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return True
    said: list[str] = []
    with connection.cursor() as cursor, _heard(connection.connection, said):
        cursor.execute(f"VACUUM (FULL, VERBOSE) {connection.ops.quote_name(StoredKey._meta.db_table)}")
    return kept_none(said)


@contextmanager
def _heard(connection: psycopg.Connection[Any], said: list[str]) -> Iterator[None]:
    """Gather the details of what PostgreSQL tells meanwhile."""

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        said.append(notice.message_detail or "")

    connection.add_notice_handler(hear)
    try:
        yield
    finally:
        connection.remove_notice_handler(hear)


def kept_none(said: Iterable[str]) -> bool:
    """
    Return whether a full VACUUM told that it kept no deleted row: the first number of its report's detail.

    Only its own report is sure. Whether somebody looks on can change between a question and the VACUUM, and what holds
    a row back (a snapshot, an older transaction elsewhere, a process of the server's own) is a list that grows.
    """
    counts = [found.group() for found in map(_FIRST_NUMBER.search, said) if found]
    return bool(counts) and all(int(count) == 0 for count in counts)


def _batches(tokens: list[str]) -> Iterator[list[str]]:
    return (tokens[start : start + AT_ONCE] for start in range(0, len(tokens), AT_ONCE))
