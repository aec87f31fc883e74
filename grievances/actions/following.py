"""What follows from a consent: what opens when it is given, and what closes again when it is taken back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.accounts.models import User
from grievances import access
from grievances.actions import planned, rooms
from grievances.actions.consents import end, note, taking_part
from grievances.actions.seats import let_read, own_room, unseat
from grievances.consents import ABOUT_A_PERSON, AGREES_TO_TAKE_PART
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Consent, MediationSession, Paper, Seat
from grievances.roles import Part
from grievances.rooms import ROOMS, RoomKind
from grievances.workflow import Stage

# Once an agreement stands, the table stays open to those who affirmed it.
_BEFORE_AN_AGREEMENT = frozenset({Stage.INTAKE, Stage.ONE_ON_ONE, Stage.MEDIATION})

# Which planned sessions can't be without a consent: all of them, or one form.
_SESSIONS_NEED = {Consent.To.MEDIATION: None, Consent.To.JOINT: MediationSession.Form.JOINT}


def open_up(facts: Facts, given: Consent, *, by: Actor) -> None:
    """Open what a consent opens. Raises NotYours or NotOpen where there is nothing that it could open."""
    if given.to in AGREES_TO_TAKE_PART:
        _open_the_table(facts, given.seat)
    elif given.to == Consent.To.NAME:
        _tell_the_name(facts, given.person, by=by)
    elif given.to == Consent.To.ONE_MEDIATOR:
        Case.objects.filter(pk=facts.case.pk).update(one_mediator_agreed=True)
    elif given.to == Consent.To.GO_ON and given.seat.reporter:
        raise NotYours(_("Whoever raised this as the person harmed has said so already."))
    elif given.to == Consent.To.SUPPORT:
        raise NotYours(_("A support person is asked on a page of its own."))
    elif given.to == Consent.To.READ:
        _let_read(facts, given.seat, given.person, by=by)


def close_again(facts: Facts, taken_back: Consent) -> None:
    """Close what a consent had opened. What was read stays read; what was told stays told."""
    case, to = facts.case, taken_back.to
    if to in _SESSIONS_NEED:
        planned.end_with(taken_back.seat, form=_SESSIONS_NEED[Consent.To(to)])
    if to in AGREES_TO_TAKE_PART and case.stage in _BEFORE_AN_AGREEMENT:
        _close_the_table(facts, taken_back.seat)
    elif to in ABOUT_A_PERSON and taken_back.person:
        _end_for(facts, taken_back, taken_back.person)
    elif to == Consent.To.ONE_MEDIATOR:
        Case.objects.filter(pk=case.pk).update(one_mediator_agreed=False)
    elif taken_back.paper and taken_back.ends_a_seat:
        _send_home(facts, taken_back.paper)


def _open_the_table(facts: Facts, seat: Seat) -> None:
    table = facts.case.rooms.filter(kind=RoomKind.TABLE, destroyed_at=None).first()
    opens = seat.parts & ROOMS[RoomKind.TABLE].keys
    if table and opens and not access.grants_of(seat.user, [table]) and rooms.vouched(facts.case, [seat]):
        rooms.admit(table, seat.user, by=None)


def _close_the_table(facts: Facts, seat: Seat) -> None:
    table = facts.case.rooms.filter(kind=RoomKind.TABLE, destroyed_at=None).select_related("case").first()
    if table and not taking_part([seat]):
        rooms.withdraw(table, seat.user)


def _tell_the_name(facts: Facts, person: User | None, *, by: Actor) -> None:
    """Give one mediator the keys to the room of the reporter's name, from the reporter's own hand."""
    serving = [seat for seat in facts.mediators if person and seat.user_id == person.pk]
    if facts.identity is None:
        raise NotOpen(_("Your name is not kept back: whoever serves has read it."))
    if not rooms.vouched(facts.case, serving):
        raise NotOpen(_("Only a mediator who serves in this case can learn your name here."))
    rooms.admit(facts.identity, serving[0].user, by=by)


def _let_read(facts: Facts, principal: Seat, person: User | None, *, by: Actor) -> None:
    """Let somebody who stands by one read one's own room."""
    if person is None or person not in facts.beside_me:
        raise NotOpen(_("Only somebody who stands by you can read your room."))
    let_read(principal, person, by=by)


def _end_for(facts: Facts, taken_back: Consent, person: User) -> None:
    if taken_back.to == Consent.To.NAME and facts.identity:
        rooms.withdraw(facts.identity, person)
    elif taken_back.to == Consent.To.READ:
        rooms.withdraw(own_room(taken_back.seat), person)
    elif taken_back.to == Consent.To.SUPPORT:
        _send_away(taken_back.seat, person)


def _send_away(principal: Seat, person: User) -> None:
    """End what somebody's support person has here; who could not come has nothing, and may read nothing either."""
    may_read = Consent.objects.filter(seat=principal, person=person, to=Consent.To.READ, withdrawn_at=None)
    for given in may_read.select_related("seat__case", "seat__user", "person"):
        if end(given):
            note(Event.CONSENT_WITHDRAWN, given, by=principal.user)
    for beside in principal.supporters.filter(user=person, left_at=None).select_related("case", "user"):
        unseat(beside)


def _send_home(facts: Facts, paper: Paper) -> None:
    """End the seat of a witness who was brought in by this text."""
    for seat in facts.with_part(Part.WITNESS):
        if seat.user_id == paper.person_id and seat.parts == {Part.WITNESS}:
            unseat(seat)
