"""A step being taken, and the register of what each step does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.accounts.invitations import SeatLink
from caracol.accounts.models import User
from grievances.exceptions import NotYours
from grievances.facts import Facts
from grievances.models import Case, EntryKind, Room
from grievances.rooms import RoomKind
from grievances.sealing import write
from grievances.workflow import WAY, Rule, Step

Change = str | bool | dt.date | None
Changes = dict[str, Change]


@dataclass
class Deed:
    """
    One step being taken: what its effect may use.

    `choices` are closed answers and dates, `words` what was written; `second` is the mediator who proposed a
    step that takes two; `asked` collects who was asked to serve or brought in, so that they are told. `link` is for
    the guest whom the step brings in.
    """

    step: Step
    case: Case
    facts: Facts
    by: Actor | None
    choices: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    second: User | None = None
    asked: list[User] = field(default_factory=list)
    link: SeatLink | None = None

    @property
    def rule(self) -> Rule:
        """The row of the way."""
        return WAY[self.step]

    @property
    def actor(self) -> Actor:
        """Who takes the step. Raises NotYours for the clock, which has no keys."""
        if self.by is None:
            raise NotYours(_("This step needs a person."))
        return self.by

    @property
    def now(self) -> dt.datetime:
        """The moment to keep at which the step is taken."""
        return self.facts.kept

    def room(self, kind: RoomKind, *, of: User | None = None) -> Room:
        """Return the case's room of a kind; a party room is the reporter's, who may have left, or `of` another."""
        rooms = self.case.rooms.filter(kind=kind, destroyed_at=None).select_related("case")
        if kind is not RoomKind.PARTY:
            return rooms.get()
        return (rooms.filter(seat__user=of) if of else rooms.filter(seat__reporter=True)).get()

    def keep(self, kind: EntryKind, *, of: User | None = None) -> None:
        """Seal the words of the step into the room where the table of the way has them kept."""
        if self.rule.words_in is None:
            raise LookupError(f"the table of the way keeps no words of {self.step.name}")
        write(self.room(self.rule.words_in, of=of), kind, self.words, by=self.actor)

    def choice(self, name: str) -> str:
        """Return a closed answer as text."""
        return str(self.choices[name])


Effect = Callable[[Deed], Changes]

# What each step does, filled in by the stretches of the way.
EFFECTS: dict[Step, Effect] = {}


def effect(*steps: Step) -> Callable[[Effect], Effect]:
    """Mark a function as what `steps` do: it makes the effects and returns the columns of the case that change."""

    def register(function: Effect) -> Effect:
        EFFECTS.update(dict.fromkeys(steps, function))
        return function

    return register
