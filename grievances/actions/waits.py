"""What leaves is recorded: what, for whom and why, in closed answers; the words sealed where a room can hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from caracol.accounts.actor import Actor
from caracol.accounts.chains import THING_SHARED, chain_of
from caracol.accounts.models import User
from caracol.ledger.chain import record
from grievances.events import Event
from grievances.models import EntryKind, Pseudonym, Recipient, Room, Thing, Why
from grievances.sealing import write


@dataclass(frozen=True)
class Answers:
    """
    The answers to "Why am I sharing?" (Code 7.2).

    `what` are the keys of what was ticked; they say nothing by themselves. `why` is a closed answer, or None where
    `words` give the reason; these are only ever sealed. `more` is what else a form asked; it is kept nowhere.
    """

    who: Recipient
    what: tuple[str, ...]
    why: Why | None = None
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    more: Mapping[str, str] = field(default_factory=dict, repr=False)

    def facts(self, thing: Thing) -> dict[str, str]:
        """Return what the ledger keeps of them."""
        return {"thing": thing.value, "whom": self.who.value, "why": self.why.value if self.why else ""}


@transaction.atomic
def note_shared(room: Room, thing: Thing, answers: Answers, *, by: Actor) -> None:
    """
    Record in a room's chain (its case's, or its own) that something leaves, and seal the words into the room.

    To be called in the same transaction as whatever checks that it may leave. Raises Unverified.
    """
    if answers.words:
        write(room, EntryKind.WAITS, answers.words, by=by)
    record(room.chain, Event.SHARED, actor=Pseudonym.of(room.chain, by.user), **answers.facts(thing))


def note_own(user: User, thing: Thing, answers: Answers) -> None:
    """Record in a person's own chain that they took something that belongs to no case, or must not say to which."""
    record(chain_of(user), THING_SHARED, **answers.facts(thing))
