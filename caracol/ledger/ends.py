"""
Where chains end, as far as was seen in one deed, so that recording need not ask each time.

Nothing rests on it: an entry is written only where its number is free and the one that it follows stands
(`models.py`). Where somebody else has written there since, or the end was rolled back, `chain.record` asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from caracol.ledger.models import Entry

# By chain, the number and the mac of its last entry; None where nothing is kept in mind.
_SEEN: ContextVar[dict[str, tuple[int, bytes]] | None] = ContextVar("_SEEN", default=None)


@contextmanager
def in_mind() -> Iterator[None]:
    """Keep in mind, inside, where the chains end that are read whole or written to."""
    before = _SEEN.get()
    token = _SEEN.set({} if before is None else before)
    try:
        yield
    finally:
        _SEEN.reset(token)


def note(found: Iterable[Entry]) -> None:
    """Note the last of these entries of each chain, which come in order, as its end."""
    seen = _SEEN.get()
    if seen is not None:
        last = {entry.chain: entry for entry in found}
        seen.update((chain, (entry.number, bytes(entry.mac))) for chain, entry in last.items())


def taken(chain: str) -> tuple[int, bytes] | None:
    """Return where a chain was seen to end, if it was, and keep it no longer: where that fails, it is asked."""
    seen = _SEEN.get()
    return seen.pop(chain, None) if seen is not None else None
