"""
Clocks: how long a thing may take, counted in days by the office's calendar. They tell; they never move a case.

The days are the field's custom (`docs/clocks.md` has the sources), not the Code's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from grievances.models import Clock
from grievances.workflow import Step


@dataclass(frozen=True)
class Deadline:
    """A clock starts with a step, runs for some days, and stops with any of some steps."""

    starts: Step
    days: int
    stops: frozenset[Step]


DEADLINES: dict[Clock.Kind, Deadline] = {
    Clock.Kind.ACKNOWLEDGE: Deadline(Step.FILE, 3, frozenset({Step.ACKNOWLEDGE})),
    Clock.Kind.DISTINGUISH: Deadline(Step.FILE, 7, frozenset({Step.DISTINGUISH})),
    Clock.Kind.ANSWER: Deadline(Step.TELL, 7, frozenset({Step.BEGIN_MEDIATION, Step.RECORD_ONE_ON_ONE})),
    Clock.Kind.MEDIATE: Deadline(Step.BEGIN_MEDIATION, 14, frozenset({Step.RECORD_SESSION})),
    Clock.Kind.RESOLVE: Deadline(Step.FILE, 30, frozenset({Step.AGREE})),
}

# A draft that nobody touches is destroyed after this many days.
DRAFT_DAYS = 30
# A private talk that was recorded is destroyed after a year.
CONVERSATION_KEPT = dt.timedelta(days=365)
OFFER_DAYS = 7
PROPOSAL_DAYS = 7
RECOVERY_DAYS = 14
# A closed case can be reopened, and its closing contested, for this long.
WINDOW = dt.timedelta(days=90)
# Twelve months without a move; everybody is asked a month before.
LAPSES_AFTER = dt.timedelta(days=365)
ASKED_BEFORE = dt.timedelta(days=30)


def due_on(kind: Clock.Kind) -> dt.date:
    """Return the day on which a clock that starts today is due, by the office's calendar."""
    return timezone.localdate() + dt.timedelta(days=DEADLINES[kind].days)
