"""How planned sessions end beside their being held: called off, or gone with the mediation or with who should come."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from caracol import moments
from caracol.accounts.models import User
from caracol.ledger.chain import record
from grievances.actions.telling import seated, tell_once
from grievances.events import Event
from grievances.models import Case, MediationSession, PlannedSession, Pseudonym, Seat
from grievances.roles import SIDES, Part


def standing(case: Case) -> QuerySet[PlannedSession]:
    """Return the sessions that are planned, the first to come first, each with whom it invites."""
    found = case.planned_sessions.filter(ended_at=None).order_by("meets_at", "pk")
    return found.select_related("case").prefetch_related("invited__seat__user")


def end(sessions: Iterable[PlannedSession], *, held: MediationSession | None = None) -> None:
    """Mark sessions as over: held, or no longer to be."""
    pks = [session.pk for session in sessions]
    PlannedSession.objects.filter(pk__in=pks, ended_at=None).update(ended_at=moments.kept(), held=held)


def call_off(session: PlannedSession, *, by: User | None = None) -> None:
    """End a session that is not to be; those invited and the mediators are told, but for the mediator who did it."""
    end([session])
    actor = Pseudonym.of(session.case.chain, by) if by else ""
    note(session, Event.SESSION_CALLED_OFF, actor=actor, but=by.pk if by else None)


def end_with(seat: Seat, *, form: MediationSession.Form | None = None) -> None:
    """Call off the sessions, all or of one form, that can't be without this side. Who it was is not said."""
    if seat.parts_ever & SIDES:
        for session in standing(seat.case):
            if form in {None, session.form} and seat.pk in {each.seat_id for each in session.invited.all()}:
                call_off(session)


def note(session: PlannedSession, event: Event, *, actor: str = "", but: int | None = None) -> None:
    """Record what became of a session, and tell those invited and the mediators of it."""
    case = session.case
    users = [each.seat.user for each in session.standing]
    names = sorted(Pseudonym.of(case.chain, user) for user in users)
    record(case.chain, event, actor=actor, session=session.token, to=names)
    told = {user.pk for user in users} | seated(case, frozenset({Part.MEDIATOR}))
    tell_once(case, told - {but}, event, at=moments.kept())
