"""
Clocks: how long a thing may take, counted in days by the office's calendar. They tell; they never move a case.

The days are the field's custom (`docs/clocks.md` has the sources), not the Code's. In one case its mediators can
set another date, or let a clock pause.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from grievances.models import Clock, Outcome
from grievances.workflow import Step


@dataclass(frozen=True)
class Deadline:
    """
    A clock starts with a step, runs for some days, and stops with any of some steps, and when the case closes.

    Without `starts` it is started by something that is no step. `after` names a clock that the same steps stop first.
    """

    starts: Step | None
    days: int
    stops: frozenset[Step]
    after: Clock.Kind | None = None


_CHECKED = frozenset({Step.CHECK_IN, Step.RETURN_TO_MEDIATION})

DEADLINES: dict[Clock.Kind, Deadline] = {
    Clock.Kind.ACKNOWLEDGE: Deadline(Step.FILE, 3, frozenset({Step.ACKNOWLEDGE})),
    Clock.Kind.DISTINGUISH: Deadline(Step.FILE, 7, frozenset({Step.DISTINGUISH})),
    # From the day on which everybody whose consent it needs has agreed to what is told.
    Clock.Kind.TELL: Deadline(None, 7, frozenset({Step.TELL})),
    Clock.Kind.ANSWER: Deadline(Step.TELL, 7, frozenset({Step.BEGIN_MEDIATION, Step.RECORD_ONE_ON_ONE})),
    Clock.Kind.MEDIATE: Deadline(Step.BEGIN_MEDIATION, 14, frozenset({Step.RECORD_SESSION})),
    Clock.Kind.RESOLVE: Deadline(Step.FILE, 30, frozenset({Step.AGREE})),
    Clock.Kind.CHECK_IN: Deadline(Step.AGREE, 30, _CHECKED),
    Clock.Kind.CHECK_IN_AGAIN: Deadline(Step.AGREE, 90, _CHECKED, after=Clock.Kind.CHECK_IN),
    # From the closing on: the one clock that a closed case has.
    Clock.Kind.FOLLOW_UP: Deadline(None, 182, frozenset({Step.REOPEN})),
    # From the day on which the packet reached whom it is for. When it is due, the National policy says that was loaded;
    # these days are how long is waited until people are told once more.
    Clock.Kind.NATIONAL: Deadline(
        None, 30, frozenset({Step.RECORD_ANSWER, Step.RECORD_NOT_FILED, Step.RETURN_TO_MEDIATION})
    ),
}
# After these nobody comes back to people to ask.
NO_FOLLOW_UP = frozenset({Outcome.WITHDRAWN, Outcome.LAPSED})

OFFER_DAYS = 7
PROPOSAL_DAYS = 7
RECOVERY_DAYS = 14
# A closed case can be reopened, and its closing contested, for this long.
WINDOW = dt.timedelta(days=90)
# Twelve months without a move; everybody is asked a month before.
LAPSES_AFTER = dt.timedelta(days=365)
ASKED_BEFORE = dt.timedelta(days=30)


def today() -> dt.date:
    """Return the day it is by the office's calendar, wherever whoever asks may be."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def due_on(kind: Clock.Kind) -> dt.date:
    """Return the day on which a clock that starts today is due, by the office's calendar."""
    return today() + dt.timedelta(days=DEADLINES[kind].days)


def is_late(clock: Clock) -> bool:
    """Return whether a clock that runs should have been stopped by yesterday."""
    return clock.paused_on is None and clock.due_on < today()


def is_late_again(clock: Clock) -> bool:
    """Return whether as much time again has passed since a clock was due."""
    again = dt.timedelta(days=DEADLINES[Clock.Kind(clock.kind)].days)
    return is_late(clock) and clock.due_on + again < today()
