"""
Writing and checking the ledger's chains.

Every entry carries an HMAC by a key outside the database, over its own columns and the mac of the
entry before it. Whoever can write to the database but lacks the key cannot add, change, reorder
or take out an entry unseen; only cutting off a chain's end leaves no trace in the chain itself,
and is found by the nightly checkpoint (`checkpoints.py`).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from caracol import moments, rows
from caracol.ledger import ends
from caracol.ledger.models import Entry, Fact

FIRST_PREVIOUS = bytes(32)
MOST_RACES = 50
AT_ONCE = 2000


@dataclass(frozen=True)
class Fault:
    """The first thing wrong: `number` is the entry it shows at, `why` says it in words."""

    chain: str
    number: int
    why: str

    def __str__(self) -> str:
        """Return the fault as a line for people."""
        return f"chain {self.chain}, entry {self.number}: {self.why}"


class Tampered(Exception):
    """An entry that was read is not as it was written."""

    def __init__(self, chain: str, number: int, why: str) -> None:
        """Keep what is wrong and where."""
        super().__init__(chain, number, why)
        self.chain, self.number, self.why = chain, number, why


def record(chain: str, event: str, *, actor: str = "", **facts: Fact) -> Entry:
    """
    Append one event to a chain, in the caller's transaction, and return its entry.

    Its time is what `moments` keeps: of a guest's own deed the day alone. Its number tells the order.

    Two at once in one chain get two numbers: the loser waits and tries again.
    Raises TypeError for a fact that is not text, a whole number, yes or no, nothing, or a list of texts.
    """
    told = _told(facts)
    for _ in range(MOST_RACES):
        with suppress(IntegrityError):
            return _append(chain, event, actor, told)
    return _append(chain, event, actor, told)


def record_after(last: Entry | None, chain: str, event: str, **facts: Fact) -> Entry | None:
    """Append one event right after the chain's `last` entry; None where somebody else has written there since."""
    told = _told(facts)
    number, previous = (last.number, bytes(last.mac)) if last else (0, FIRST_PREVIOUS)
    with suppress(IntegrityError):
        return Entry.objects.append(_made(number + 1, previous, chain, moments.kept(), event, "", told))
    return None


@dataclass(frozen=True)
class Told:
    """One event of a chain that is recorded whole: what happened, by whom, with which facts."""

    event: str
    actor: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


def record_many(chains: Mapping[str, Sequence[Told]]) -> int:
    """
    Record whole new chains at once, each in the order given, in the caller's transaction; returns how many entries.

    For cases that are made up by the thousand: what happens is otherwise recorded one by one. There is no dating
    back: every entry says when it was recorded. Raises TypeError as `record` does, IntegrityError for a chain that
    has entries already.
    """
    linked = [row for chain, told in chains.items() for row in _linked(chain, told, timezone.now())]
    _ENTRIES.write(linked)
    return len(linked)


def entries(chains: str | Collection[str], *events: str) -> list[Entry]:
    """
    Return the entries of one or more chains, in order of chain and number, in one query.

    With `events`, only those, each checked by its own mac. Without, whole chains, their numbers
    and links checked too. Raises Tampered at the first entry that is not as it was written.
    """
    read = Entry.objects.filter(chain__in=[chains] if isinstance(chains, str) else chains)
    if events:
        read = read.filter(event__in=events)
    found = list(read.order_by("chain", "number"))
    fault = _first_forged(found) if events else _first_broken(found)
    if fault:
        raise Tampered(fault.chain, fault.number, fault.why)
    if not events:
        ends.note(found)
    return found


def entries_after(last: Entry) -> list[Entry] | None:
    """
    Return the entries of a chain that follow on `last`, in order, in one query, their numbers and links checked.

    None where `last` does not stand in its chain, as after a rollback: the chain is to be read anew. `last` is one that
    was read, and checked, in the same transaction. Raises Tampered as `entries` does.
    """
    found = list(Entry.objects.filter(chain=last.chain, number__gte=last.number).order_by("number"))
    if not found or found[0].number != last.number or not hmac.compare_digest(bytes(found[0].mac), bytes(last.mac)):
        return None
    fault = next((fault for before, entry in pairwise(found) if (fault := _break(before, entry))), None)
    if fault:
        raise Tampered(fault.chain, fault.number, fault.why)
    ends.note(found)
    return found[1:]


def newest(chain: str, most: int) -> list[Entry]:
    """Return the last entries of a chain, `most` at most, the newest first, in one query. Raises Tampered."""
    found = list(Entry.objects.filter(chain=chain).order_by("-number")[:most])
    fault = _first_forged(found)
    if fault:
        raise Tampered(fault.chain, fault.number, fault.why)
    return found


def count_today(chain: str, actor: str, *events: str) -> int:
    """Return how many of these events stand in a chain for somebody since midnight."""
    return Entry.objects.filter(chain=chain, actor=actor, event__in=events, at__gte=moments.today_began()).count()


def is_told(chain: str, event: str, *, since: datetime) -> bool:
    """Return whether an event stands in a chain since then. By its row alone: for what needs saying only so often."""
    return Entry.objects.filter(chain=chain, event=event, at__gte=since).exists()


@dataclass
class Walk:
    """What was walked through so far: how many entries, in how many chains."""

    entries: int = 0
    chains: int = 0

    def counted(self, walked: Iterable[Entry]) -> Iterator[Entry]:
        """Yield what is walked, and count it."""
        chain = None
        for entry in walked:
            self.entries += 1
            self.chains += entry.chain != chain
            chain = entry.chain
            yield entry


def first_fault(chains: Collection[str] | None = None, *, walk: Walk | None = None) -> Fault | None:
    """
    Walk the chains named, or all, and return the first edit, gap, forgery or broken link; None when all is well.

    Each entry is looked at once and none is kept. `walk` counts them.
    """
    walked = Entry.objects.order_by("chain", "number")
    if chains is not None:
        walked = walked.filter(chain__in=chains)
    return _first_broken((walk or Walk()).counted(walked.iterator(chunk_size=AT_ONCE)))


def mac_of(entry: Entry) -> bytes:
    """Return the mac an entry must carry, 32 bytes: HMAC-SHA256 over `previous` and every column but the id."""
    return _mac(
        bytes(entry.previous), entry.chain, entry.number, _said(entry.at), entry.event, entry.actor, entry.facts
    )


def _append(chain: str, event: str, actor: str, told: str) -> Entry:
    number, previous = ends.taken(chain) or _end_of(chain)
    made = Entry.objects.append(_made(number + 1, previous, chain, moments.kept(), event, actor, told))
    ends.note([made])
    return made


# Names stand in quotes, as the ORM writes them: whoever watches what a job reads goes by that.
_LAST = 'SELECT "number", "mac" FROM "ledger_entry" WHERE "chain" = %s ORDER BY "number" DESC LIMIT 1'


def _end_of(chain: str) -> tuple[int, bytes]:
    """Return the number and the mac of a chain's last entry. As a text: most deeds record several events."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [chain])
        number, mac = cursor.fetchone() or (0, FIRST_PREVIOUS)
    return int(number), bytes(mac)


def _linked(chain: str, told: Iterable[Told], at: datetime) -> Iterator[rows.Row]:
    previous, said = FIRST_PREVIOUS, _said(at)
    for number, each in enumerate(told, start=1):
        event, facts = str(each.event), _told(each.facts)
        mac = _mac(previous, chain, number, said, event, each.actor, facts)
        yield chain, number, at, event, each.actor, facts, previous, mac
        previous = mac


# One row of it is what `_linked` yields.
_ENTRIES = rows.Table(Entry, without=["id"])


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _mac(previous: bytes, *columns: str | int) -> bytes:
    return hmac.digest(_key(settings.LEDGER_KEY), previous + _canonical(columns).encode(), "sha256")


def _made(  # noqa: PLR0913, PLR0917 (an entry's own columns)
    number: int, previous: bytes, chain: str, at: datetime, event: str, actor: str, told: str
) -> Entry:
    entry = Entry(chain=chain, number=number, at=at, event=event, actor=actor, facts=told, previous=previous)
    entry.mac = mac_of(entry)
    return entry


def _told(facts: Mapping[str, object]) -> str:
    for name, fact in facts.items():
        texts = fact if isinstance(fact, list) else []
        if not isinstance(fact, str | int | list | None) or not all(isinstance(text, str) for text in texts):
            raise TypeError(f"the ledger takes no {type(fact).__name__} for {name}")
    return _canonical(facts)


# One for all: json.dumps would make a new one for every entry.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@cache
def _key(site_key: str) -> bytes:
    """Return the mac key: HKDF-Expand (RFC 5869) of LEDGER_KEY, one block."""
    return hmac.digest(site_key.encode(), b"caracol ledger mac\x01", "sha256")


def _first_forged(found: Iterable[Entry]) -> Fault | None:
    return next((fault for fault in map(_forgery, found) if fault), None)


def _first_broken(walked: Iterable[Entry]) -> Fault | None:
    return next((fault for before, entry in _pairs(walked) if (fault := _break(before, entry))), None)


def _pairs(walked: Iterable[Entry]) -> Iterator[tuple[Entry | None, Entry]]:
    """Yield every entry with the one before it in its own chain."""
    before: Entry | None = None
    for entry in walked:
        yield (before if before and before.chain == entry.chain else None), entry
        before = entry


def _break(before: Entry | None, entry: Entry) -> Fault | None:
    number, previous = (before.number + 1, bytes(before.mac)) if before else (1, FIRST_PREVIOUS)
    if entry.number != number:
        return Fault(entry.chain, number, "it is missing")
    if bytes(entry.previous) != previous:
        return Fault(entry.chain, number, "it does not follow from the entry before it")
    return _forgery(entry)


def _forgery(entry: Entry) -> Fault | None:
    if hmac.compare_digest(bytes(entry.mac), mac_of(entry)):
        return None
    return Fault(entry.chain, entry.number, "it was changed, or not written by this site")
