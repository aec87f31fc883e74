"""Finding words in one's own cases: sealed text is opened in memory, case by case, and forgotten."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from caracol.accounts.actor import Actor
from grievances import access
from grievances.actions.words import note_openings
from grievances.models import Case, Entry, Room
from grievances.sealing import Opened, newest, read

# So many cases are looked into at a time, and of each batch so many entries, the newest first.
CASES_AT_ONCE = 10
ENTRIES_AT_ONCE = 400
AROUND = 60


@dataclass(frozen=True)
class Hit:
    """An entry that holds the words, with what stands around them."""

    entry: Opened
    excerpt: str

    @property
    def room(self) -> Room:
        """Where it lies."""
        return self.entry.entry.room


@dataclass(frozen=True)
class Found:
    """What was found, in how many of the reader's cases so far, of how many; `cut` says that a batch held too much."""

    hits: list[Hit]
    done: int
    of: int
    cut: bool

    @property
    def goes_on(self) -> bool:
        """Whether there are cases left to look into."""
        return self.done < self.of


def find(words: str, *, by: Actor, after: int = 0) -> Found:
    """
    Look for words in the next ten of the reader's open cases; the openings are recorded.

    Only rooms to which they hold a key are opened, in cases in which they serve and that no conflict hides.
    """
    mine = access.newest_cases(by.user, access.SERVE)
    cases = [grant.content_object for grant in mine[after : after + CASES_AT_ONCE]]
    lying = _entries(cases, by)
    opened = read(newest(reversed(lying[:ENTRIES_AT_ONCE])), by=by)
    note_openings({each.entry.room for each in opened}, by)
    hits = [Hit(each, excerpt) for each in opened if (excerpt := _around(words, each))]
    return Found(hits, after + len(cases), mine.count(), cut=len(lying) > ENTRIES_AT_ONCE)


def _entries(cases: list[Case], by: Actor) -> list[Entry]:
    rooms = access.rooms_of(by.user, Room.objects.filter(case__in=cases))
    found = Entry.objects.filter(room__in=rooms.values("pk")).select_related("room__case", "room__seat", "author")
    return list(found.order_by("-written_at", "-pk")[: ENTRIES_AT_ONCE + 1])


def _around(words: str, each: Opened) -> str:
    wanted = _folded(words)
    for text in (each.words or {}).values():
        at = _folded(text).find(wanted)
        if at >= 0:
            # Folding may change a length here and there: the excerpt is a help, and no quote.
            return text[max(0, at - AROUND) : at + len(words) + AROUND]
    return ""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
