"""
The nightly checkpoint: one hash over all chains, that people keep on paper.

A checkpoint is an entry in a chain of its own. It says up to which row the ledger reached, and a digest of the macs of
all rows since the checkpoint before, in whatever chain they stand. So each night reads what that day brought and no
more, and what was there on any night can neither be cut off nor taken out unseen.

What is shown of it is its mac, which needs the site's key and holds a salt: a quiet night looks like any other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from caracol import moments
from caracol.ledger.chain import AT_ONCE, Fault, entries, newest, record_after
from caracol.ledger.models import Entry
from caracol.ledger.triggers import TABLE

CHAIN = "checkpoint"
MADE = "ledger:checkpoint:made"
SALT_BYTES = 16
# 128 bits, in groups that can be compared with a paper.
SHOWN, GROUP = 32, 4
# Longer than any deed takes; whoever still writes then is waited for an hour later.
WAITS = "3s"


@dataclass(frozen=True)
class Checkpoint:
    """The checkpoint of one night, as it is kept on paper."""

    night: dt.date
    shown: str


def make() -> bool:
    """
    Make tonight's checkpoint, over everything since the one before; returns whether this call made it.

    Once a night, however many workers ask; after nights without one, the next covers them too. Raises Tampered.
    """
    last = next(iter(newest(CHAIN, 1)), None)
    if last and _night(last) >= timezone.localdate():
        return False
    since, upto = _reaches(last), _settled()
    salt = secrets.token_hex(SALT_BYTES)
    with moments.by_the_day():
        made = record_after(last, CHAIN, MADE, salt=salt, upto=upto, digest=_digest(since, upto))
    return made is not None


def latest(most: int) -> list[Checkpoint]:
    """Return the last checkpoints, `most` at most, the newest first, in one query. Raises Tampered."""
    return [Checkpoint(_night(entry), _shown(entry)) for entry in newest(CHAIN, most)]


def first_fault() -> Fault | None:
    """Return the first checkpoint that does not agree with the ledger as it is; None when all do. Raises Tampered."""
    since = 0
    for entry in entries(CHAIN):
        upto = _reaches(entry)
        if not hmac.compare_digest(str(entry.details["digest"]), _digest(since, upto)):
            why = f"of what was recorded by {_night(entry)}, something is gone or was added"
            return Fault(CHAIN, entry.number, why)
        since = upto
    return None


def stands(noted: str) -> bool:
    """Return whether a checkpoint stands that was noted as `noted`: spaces, dashes and capitals do not count."""
    said = _plain(noted)
    return any(hmac.compare_digest(_plain(_shown(entry)), said) for entry in entries(CHAIN))


def _settled() -> int:
    """Return the last row up to which nothing is still being written, so that no row comes to stand below it later."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{WAITS}'")
                cursor.execute(f"LOCK TABLE {TABLE} IN SHARE MODE")
        return Entry.objects.aggregate(last=Max("id"))["last"] or 0


def _digest(since: int, upto: int) -> str:
    """Return the digest of the rows after `since` up to `upto`: their macs hold whatever they say."""
    digest = hashlib.sha256()
    for mac in _macs(since, upto):
        digest.update(mac)
    return digest.hexdigest()


def _macs(since: int, upto: int) -> Iterator[bytes]:
    rows = Entry.objects.filter(id__gt=since, id__lte=upto).order_by("id")
    return (bytes(mac) for mac in rows.values_list("mac", flat=True).iterator(chunk_size=AT_ONCE))


def _reaches(entry: Entry | None) -> int:
    return int(str(entry.details["upto"])) if entry else 0


def _night(entry: Entry) -> dt.date:
    return timezone.localdate(entry.at)


def _shown(entry: Entry) -> str:
    digits = bytes(entry.mac).hex()[:SHOWN]
    return " ".join(digits[at : at + GROUP] for at in range(0, SHOWN, GROUP))


def _plain(noted: str) -> str:
    return "".join(character for character in noted.casefold() if character.isalnum())
