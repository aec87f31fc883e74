"""Planned sessions as one reader may know of them: a party those they are invited to, a mediator all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import capfirst

from caracol.accounts.actor import Actor
from grievances import access, overview
from grievances.actions import planned
from grievances.actions.words import note_openings
from grievances.facts import Facts
from grievances.models import Entry, EntryKind, Invited, PlannedSession, Room
from grievances.presenters import People
from grievances.roles import Part
from grievances.sealing import newest, read
from grievances.workflow import Stage


@dataclass(frozen=True)
class Meeting:
    """
    A planned session, the reader's own invitation to it, and everybody's answers for a mediator alone.

    To the others it only says whether all accepted: not who did not, nor what they answered.
    """

    session: PlannedSession
    mine: Invited | None
    answers: list[tuple[str, Invited]]

    @property
    def can_be_answered(self) -> bool:
        """Whether the reader is invited, and it is still to come."""
        return self.mine is not None and not self.session.ended_at and self.session.meets_at > timezone.now()

    @property
    def waits(self) -> bool:
        """Whether the reader can answer, and has said nothing yet."""
        return self.can_be_answered and self.mine is not None and not self.mine.answer


def meetings(facts: Facts, people: People) -> list[Meeting]:
    """Return the sessions that stand and that the reader may know of, the first to come first. Three queries."""
    if facts.me is None or facts.case.stage != Stage.MEDIATION or not facts.any_of(overview.sessions):
        return []
    return [found for session in planned.standing(facts.case) if (found := _meeting(session, facts, people))]


def meeting(facts: Facts, people: People, token: str) -> Meeting | None:
    """Return one session, over or not, or None where there is none that the reader may know of."""
    known = facts.case.planned_sessions.select_related("case").prefetch_related("invited__seat")
    session = known.filter(token=token).first()
    return _meeting(session, facts, people) if session else None


def _meeting(session: PlannedSession, facts: Facts, people: People) -> Meeting | None:
    mine = next((each for each in session.standing if each.seat == facts.me), None)
    if Part.MEDIATOR in facts.parts:
        return Meeting(session, None, list(_answers(session, people)))
    return Meeting(session, mine, []) if mine else None


def _answers(session: PlannedSession, people: People) -> Iterator[tuple[str, Invited]]:
    for each in session.standing:
        yield capfirst(people.called(each.seat)), each


def where(session: PlannedSession, *, by: Actor) -> str:
    """Return where a session is held, as one of the rooms that the reader opens for it has it; that is recorded."""
    lying = Entry.objects.filter(
        kind=EntryKind.PLACE, token=session.place, room__case=session.case, room__destroyed_at=None
    )
    opened = read(newest(lying.select_related("room__case", "author")), by=by)
    note_openings(access.rooms_of(by.user, Room.objects.filter(pk__in=[each.entry.room_id for each in opened])), by)
    return next((each.words["text"] for each in opened if each.words is not None), "")
