"""Dates in one case: its mediators set another one, or let it pause, with a reason sealed among them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions.refusals import together
from grievances.actions.telling import seated, tell_once
from grievances.deadlines import today
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, SomebodyWasFaster
from grievances.facts import Facts
from grievances.models import Case, Clock, EntryKind, Pseudonym
from grievances.roles import HARM_SIDE, May, Part
from grievances.rooms import RoomKind
from grievances.sealing import write

TOLD = HARM_SIDE | {Part.MEDIATOR}


@dataclass(frozen=True)
class Seen:
    """A clock as whoever changes it saw it, so that nobody overwrites what somebody else has set meanwhile."""

    kind: Clock.Kind
    due_on: dt.date
    paused: bool


@together
def move(case: Case, seen: Seen, due_on: dt.date, reason: str, *, by: Actor) -> None:
    """Set another date, today or later; a pause ends with it. Raises NotYours, NotOpen, or SomebodyWasFaster."""
    facts, clock = _held(case, seen, by)
    if due_on < today():
        raise NotOpen(_("A date lies ahead, or is today."))
    _keep_reason(facts, reason, by)
    clock.due_on, clock.paused_on, clock.told_late_at, clock.told_again_at = due_on, None, None, None
    clock.save()
    _say(facts, clock, Event.CLOCK_MOVED, by)


@together
def pause(case: Case, seen: Seen, reason: str, *, by: Actor) -> None:
    """Let a clock pause. Raises NotYours, NotOpen, or SomebodyWasFaster."""
    facts, clock = _held(case, seen, by)
    if clock.paused_on:
        raise NotOpen(_("This pauses already."))
    _keep_reason(facts, reason, by)
    clock.paused_on = today()
    clock.save()
    _say(facts, clock, Event.CLOCK_PAUSED, by)


@together
def resume(case: Case, seen: Seen, *, by: Actor) -> None:
    """Let a clock go on: it is due as many days later as it paused. Raises as `move` does."""
    facts, clock = _held(case, seen, by)
    if clock.paused_on is None:
        raise NotOpen(_("This does not pause."))
    clock.due_on += today() - clock.paused_on
    clock.paused_on = None
    clock.save()
    _say(facts, clock, Event.CLOCK_RESUMED, by)


def _held(case: Case, seen: Seen, by: Actor) -> tuple[Facts, Clock]:
    facts = Facts(case, by.user)
    if facts.me is None or not facts.me.may(May.KEEP_TIME):
        raise NotYours(_("Only a mediator of the case sets its dates."))
    if not facts.case.is_open:
        raise NotOpen(_("The case is closed."))
    clock = facts.case.clocks.filter(kind=seen.kind, stopped_at=None).first()
    if clock is None or (clock.due_on, clock.paused_on is not None) != (seen.due_on, seen.paused):
        raise SomebodyWasFaster
    return facts, clock


def _keep_reason(facts: Facts, reason: str, by: Actor) -> None:
    notes = facts.case.rooms.get(kind=RoomKind.MEDIATORS, destroyed_at=None)
    write(notes, EntryKind.REASON, {"text": reason}, by=by)


def _say(facts: Facts, clock: Clock, event: Event, by: Actor) -> None:
    chain = facts.case.chain
    record(chain, event, actor=Pseudonym.of(chain, by.user), clock=clock.kind, due_on=clock.due_on.isoformat())
    tell_once(facts.case, seated(facts.case, TOLD) - {by.user.pk}, event, at=facts.kept)
