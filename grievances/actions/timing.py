"""Clocks start and stop by themselves: with the steps of the way, with a consent, and with the closing."""

from __future__ import annotations

import datetime as dt

from grievances.deadlines import DEADLINES, NO_FOLLOW_UP, due_on
from grievances.facts import Facts
from grievances.models import Case, Clock, Purpose
from grievances.workflow import Stage, Step

Kind = Clock.Kind


def start_and_stop(case: Case, step: Step, at: dt.datetime) -> None:
    """Stop the clocks that a step just taken answers, and start those that it starts."""
    running = {Kind(clock.kind) for clock in case.clocks.filter(stopped_at=None)}
    closed = case.stage == Stage.CLOSED
    ended = {kind for kind in running if _ends(kind, step, running, closed=closed)}
    _stop(case, ended, at)
    if not closed:
        _start(case, {kind for kind, rule in DEADLINES.items() if rule.starts is step} - (running - ended))
    elif case.outcome not in NO_FOLLOW_UP:
        _start(case, {Kind.FOLLOW_UP} - running)


def settle_telling(facts: Facts) -> None:
    """Let the clock run by which the person named is told as long as a text that all agreed to waits to be told."""
    accounts = [paper for paper in facts.papers if paper.purpose == Purpose.ACCOUNT and not paper.used_at]
    due = facts.case.is_open and any(facts.ready(paper) for paper in accounts)
    runs = facts.case.clocks.filter(kind=Kind.TELL, stopped_at=None).exists()
    if due and not runs:
        _start(facts.case, {Kind.TELL})
    elif runs and not due:
        _stop(facts.case, {Kind.TELL}, facts.kept)


def await_national(case: Case, due: dt.date) -> None:
    """Let the clock run by which National answers, until the day that its policy gives."""
    Clock.objects.create(case=case, kind=Kind.NATIONAL, due_on=due)


def _ends(kind: Clock.Kind, step: Step, running: set[Clock.Kind], *, closed: bool) -> bool:
    if closed and kind is not Kind.FOLLOW_UP:
        return True
    rule = DEADLINES[kind]
    waits = step is Step.CHECK_IN and rule.after in running
    return step in rule.stops and not waits


def _start(case: Case, kinds: set[Clock.Kind]) -> None:
    Clock.objects.bulk_create(Clock(case=case, kind=kind, due_on=due_on(kind)) for kind in sorted(kinds))


def _stop(case: Case, kinds: set[Clock.Kind], at: dt.datetime) -> None:
    if kinds:
        case.clocks.filter(kind__in=kinds, stopped_at=None).update(stopped_at=at)
