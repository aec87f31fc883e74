"""Objecting to who serves: a person concerned says in words why a mediator is too close to somebody here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions.refusals import together
from grievances.actions.telling import tell
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, EntryKind, Pseudonym, Seat
from grievances.roles import May
from grievances.sealing import write


@dataclass(frozen=True)
class Objection:
    """That somebody of the case objected to a mediator who still serves, and when they last did."""

    by: Seat
    to: Seat
    at: dt.datetime


def open_objections(facts: Facts) -> list[Objection]:
    """Return the objections that the reader, a mediator, has to answer: to those who still serve, by the ledger."""
    if facts.me is None or not facts.me.mediator or not facts.case.is_open:
        return []
    last = facts.said.objected
    if not last:
        return []
    names = Pseudonym.names_in(facts.case.chain)
    seats = {names[seat.user_id]: seat for seat in facts.seats if seat.user_id in names}
    here = [(by, to, at) for (by, to), at in last.items() if by in seats and to in seats]
    return [Objection(seats[by], seats[to], at) for by, to, at in here if seats[to].mediator]


@together
def object_to(case: Case, handle: str, words: Mapping[str, str], *, by: Actor) -> None:
    """
    Say that the mediator of this handle should not serve; the words lie in the objector's own room.

    Nobody is removed by it: the mediators are told, and the one objected to steps back or the other answers.
    Raises NotYours for a seat that may not object, NotOpen where nobody of this handle serves.
    """
    facts = Facts(case, by.user)
    if facts.me is None or not facts.me.may(May.OBJECT):
        raise NotYours(_("Only a person concerned objects to who serves."))
    meant = [seat.user for seat in facts.mediators if seat.user.handle == handle]
    if not case.is_open or not meant:
        raise NotOpen(_("This person does not serve here any more."))
    own = case.rooms.get(seat=facts.me, destroyed_at=None)
    write(own, EntryKind.OBJECTION, words, by=by)
    actor, to = (Pseudonym.of(case.chain, user) for user in (by.user, meant[0]))
    record(case.chain, Event.OBJECTED, actor=actor, to=to)
    tell(case, [seat.user_id for seat in facts.mediators], Event.OBJECTED, at=facts.now)
