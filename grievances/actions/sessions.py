"""Sessions of mediation before they are held (Code 4): planned, changed, called off; and answered, with no reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions import planned
from grievances.actions.refusals import together
from grievances.actions.telling import seated, tell_once
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, SomebodyWasFaster
from grievances.facts import Facts
from grievances.models import (
    Case,
    Consent,
    EntryKind,
    Invited,
    MediationSession,
    PlannedSession,
    Pseudonym,
    Seat,
    Space,
)
from grievances.models.case import new_token
from grievances.roles import SIDES, May, Part
from grievances.sealing import write
from grievances.workflow import Stage

Form = MediationSession.Form


@dataclass(frozen=True)
class Plan:
    """When, by which means and where: `place` is sealed, and may be empty."""

    channel: Space.Channel
    meets_at: dt.datetime
    place: str = ""


def may_be_invited(facts: Facts) -> list[Seat]:
    """Return the sides who did not take back their consent to mediation, and those who stand by them."""
    sides = [seat for seat in facts.with_part(*SIDES) if not facts.refused(seat, Consent.To.MEDIATION)]
    here = {seat.pk for seat in sides}
    return sides + [seat for seat in facts.with_part(Part.SUPPORT) if seat.supports_id in here]


@together
def plan(case: Case, form: Form, what: Plan, invited: Collection[str], *, by: Actor) -> PlannedSession:
    """
    Plan a session with those `invited`, by the tokens of their seats. Raises NotYours, NotOpen.

    Together needs both sides, and the consent of each to sit together; apart is one side, with who stands by them.
    """
    facts = _planning(case, by)
    seats = [seat for seat in may_be_invited(facts) if seat.token in invited]
    check_sides(facts, form, seats)
    _check_ahead(what.meets_at)
    session = PlannedSession.objects.create(
        case=facts.case,
        form=form,
        channel=what.channel,
        meets_at=what.meets_at,
        place=new_token() if what.place else "",
    )
    Invited.objects.bulk_create(Invited(session=session, seat=seat) for seat in seats)
    _say_where(session, what.place, by)
    planned.note(session, Event.SESSION_PLANNED, actor=_name(session, by), but=by.user.pk)
    return session


@together
def change(  # noqa: PLR0913 (what is changed, each named by the caller)
    case: Case, session: PlannedSession, what: Plan, *, seen: int, where_was: str, by: Actor
) -> None:
    """
    Change a session as it was in version `seen`, held at `where_was`; everybody is asked anew where the time moves.

    Raises NotYours, NotOpen, SomebodyWasFaster.
    """
    held = _held(_planning(case, by), session, seen)
    _check_ahead(what.meets_at)
    moves = held.meets_at != what.meets_at
    held.channel, held.meets_at, held.version = what.channel.value, what.meets_at, held.version + 1
    held.place = held.place or (new_token() if what.place else "")
    held.save()
    if moves:
        held.invited.update(answer=Invited.Answer.OPEN, other_at=None)
    if what.place != where_was:
        _say_where(held, what.place, by)
    planned.note(held, Event.SESSION_CHANGED, actor=_name(held, by), but=by.user.pk)


@together
def call_off(case: Case, session: PlannedSession, *, seen: int, by: Actor) -> None:
    """Call a session off, as it was in version `seen`. Raises NotYours, NotOpen, SomebodyWasFaster."""
    planned.call_off(_held(_planning(case, by), session, seen), by=by.user)


@together
def answer(  # noqa: PLR0913 (an answer's facts, each named by the caller)
    case: Case,
    session: PlannedSession,
    said: Invited.Answer,
    *,
    seen: int,
    by: Actor,
    other_at: dt.datetime | None = None,
) -> None:
    """
    Accept, decline, or propose another time; until it begins, as often as one likes, and with no reason.

    Only the mediators learn who said what. Raises NotYours, NotOpen, or SomebodyWasFaster for an older version.
    """
    facts = Facts(case, by.user)
    held = _held(facts, session, seen)
    mine = next((each for each in held.invited.all() if facts.me and each.seat_id == facts.me.pk), None)
    if mine is None:
        raise NotYours(_("Somebody else is invited to this session."))
    if held.meets_at <= facts.now:
        raise NotOpen(_("The time of this session has passed."))
    _keep(mine, said, other_at)
    record(held.case.chain, Event.SESSION_ANSWERED, actor=_name(held, by), session=held.token)
    if held.settled:
        planned.note(held, Event.SESSION_SETTLED, but=by.user.pk)
    else:
        tell_once(held.case, seated(held.case, frozenset({Part.MEDIATOR})), Event.SESSION_ANSWERED, at=facts.kept)


def _keep(mine: Invited, said: Invited.Answer, other_at: dt.datetime | None) -> None:
    if said is Invited.Answer.OTHER:
        _check_ahead(other_at)
    mine.answer, mine.other_at = said.value, other_at if said is Invited.Answer.OTHER else None
    mine.save()


def check_sides(facts: Facts, form: Form, seats: Collection[Seat]) -> None:
    """Raise NotOpen unless these can meet in this form: both sides who consented to sit together, or one side."""
    sides = [seat for seat in seats if seat.parts & SIDES]
    beside = [seat for seat in seats if seat not in sides]
    if form is Form.JOINT:
        both = facts.with_part(*SIDES)
        if not facts.all_consented(both, Consent.To.JOINT):
            raise NotOpen(_("A joint session needs the consent of each side to sit together."), "4.0")
        if {seat.pk for seat in both} - {seat.pk for seat in sides} or not both:
            raise NotOpen(_("Both sides are invited to a joint session."), "4.0")
    elif len(sides) != 1 or any(seat.supports_id != sides[0].pk for seat in beside):
        raise NotOpen(_("Sides that meet apart are invited one by one, each with who stands by them."), "4.0")


def _planning(case: Case, by: Actor) -> Facts:
    facts = Facts(case, by.user)
    if facts.me is None or not facts.me.may(May.PLAN):
        raise NotYours(_("Only a mediator of the case plans its sessions."))
    if facts.case.stage != Stage.MEDIATION:
        raise NotOpen(_("Sessions are planned while there is mediation."), "4.0")
    return facts


def _held(facts: Facts, session: PlannedSession, seen: int) -> PlannedSession:
    """Return a session as it stands now. Raises NotOpen for one that is over, SomebodyWasFaster for one changed."""
    held = planned.standing(facts.case).filter(pk=session.pk).first()
    if held is None:
        raise NotOpen(_("This session is over, or was called off."))
    if held.version != seen:
        raise SomebodyWasFaster
    return held


def _check_ahead(at: dt.datetime | None) -> None:
    if at is None or at <= timezone.now():
        raise NotOpen(_("A session lies ahead. Please give a time that is yet to come."))


def _say_where(session: PlannedSession, place: str, by: Actor) -> None:
    """Seal where a session is held into the own room of everybody invited: the same words, for each by themselves."""
    if session.place:
        owners = [each.seat_id for each in session.standing]
        for room in session.case.rooms.filter(seat__in=owners, destroyed_at=None).select_related("case"):
            write(room, EntryKind.PLACE, {"text": place}, by=by, token=session.place, version=session.version)


def _name(session: PlannedSession, by: Actor) -> str:
    return Pseudonym.of(session.case.chain, by.user)
