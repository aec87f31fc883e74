"""What can stop a step, each with a reason in words that the page shows, and the clause of the Code behind it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """
    A deed was refused. `reason` is for the reader; `clause` is the address of the Code's clause, or empty.

    `recorded` is set once the ledger has it.
    """

    recorded = False

    def __init__(self, reason: str | Promise, clause: str = "") -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.clause = clause


class NotOpen(Refused):
    """The step is not open now: a need is not met, or the stage is another one."""


class NotYours(Refused):
    """The reader knows the case, but the deed belongs to another seat."""


class SomebodyWasFaster(Refused):
    """The case has moved since the reader looked at it."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else took a step in this case while you were writing. Nothing of yours is lost."))


class NoKey(Exception):
    """The reader holds no key to the room."""


class Unverified(Exception):
    """What the database holds disagrees with the ledger: a key, a grant or an entry nobody with a right has made."""
