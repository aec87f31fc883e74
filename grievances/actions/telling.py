"""Telling people that something happened, in the transaction in which it does: never what was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from grievances.events import Event
from grievances.models import Case, Notice
from grievances.roles import Part
from grievances.workflow import Step


def tell(case: Case, people: Collection[int], what: Step | Event, *, at: dt.datetime) -> None:
    """Tell these people (user ids) of a step or an event."""
    about = {"step": what} if isinstance(what, Step) else {"event": what}
    Notice.objects.bulk_create(Notice(user_id=pk, case=case, told_at=at, **about) for pk in sorted(set(people)))


def tell_once(case: Case, people: Collection[int], event: Event, *, at: dt.datetime) -> None:
    """Tell these people of an event, apart from those who still have the same to read: one mark says as much as ten."""
    waiting = Notice.objects.filter(case=case, user__in=people, event=event, read_at=None)
    tell(case, set(people) - set(waiting.values_list("user_id", flat=True)), event, at=at)


def seated(case: Case, parts: frozenset[Part]) -> set[int]:
    """Return the user ids of those whose seat carries any of `parts` now."""
    return {seat.user_id for seat in case.seats.filter(left_at=None) if seat.parts & parts}
