"""What a packet for National holds: item by item, as it was chosen and with what was taken out of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grievances.exceptions import NotOpen

# Stands in a text where a passage was taken out of it.
REMOVED = "[removed]"


class Group(TextChoices):
    """The parts of a packet, in their order."""

    FILER = "filer", _("Who files")
    NAMED = "named", _("Who is named")
    CONDUCT = "conduct", _("What happened")
    SAFETY = "safety", _("Safety")
    HISTORY = "history", _("What the Caucus did")
    CONFLICTS = "conflicts", _("Who could not serve")
    WITNESSES = "witnesses", _("What witnesses say")
    EVIDENCE = "evidence", _("Evidence")
    WANTS = "wants", _("What is asked for")
    RESPONSE = "response", _("What the person named answers")


@dataclass(frozen=True)
class Item:
    """
    One thing that can go into a packet, or went into it.

    `key` says what it was taken from, and nothing by itself; `entry` and `owner` are the tokens of its entry and of the
    seat whose words they are, empty for a fact. `fixed` is a fact or a file's mark, of which nothing can be taken out.
    """

    group: str
    key: str
    title: str
    text: str
    entry: str = ""
    owner: str = ""
    fixed: bool = False

    @property
    def digest(self) -> str:
        """The SHA-256 of the text that leaves."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Packet:
    """One version of a packet, whole."""

    items: tuple[Item, ...]

    def as_words(self) -> dict[str, str]:
        """Return it as one sealed entry keeps it."""
        return {"packet": json.dumps([asdict(item) for item in self.items])}

    @property
    def digest(self) -> str:
        """The SHA-256 of all that it holds."""
        return hashlib.sha256(self.as_words()["packet"].encode()).hexdigest()

    def groups(self) -> list[tuple[str, list[Item]]]:
        """Return its items under the title of their group, in order, groups without any left out."""
        found = [(str(group.label), [item for item in self.items if item.group == group]) for group in Group]
        return [(title, items) for title, items in found if items]


def packet_of(words: Mapping[str, str]) -> Packet:
    """Return the packet that an entry keeps. Raises NotOpen for one that was not put together item by item."""
    try:
        return Packet(tuple(Item(**each) for each in json.loads(words["packet"])))
    except (KeyError, TypeError, ValueError):
        raise NotOpen(
            _("This packet was not put together item by item. Please put a new version together."), "7.3"
        ) from None


def is_redaction(text: str, original: str) -> bool:
    """Return whether a text is the original, word for word, but for passages that `[removed]` stands for."""
    first, *others = text.split(REMOVED)
    if not others:
        return text == original
    if not original.startswith(first):
        return False
    at = len(first)
    for piece in others[:-1]:
        at = original.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return original.endswith(others[-1]) and len(original) - len(others[-1]) >= at
