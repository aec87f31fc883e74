"""Objecting to who serves: a person concerned says in words why a mediator is too close to somebody here."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions.gate import hold
from grievances.actions.refusals import together
from grievances.actions.telling import tell
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, EntryKind, Pseudonym
from grievances.roles import May
from grievances.sealing import write


@together
def object_to(case: Case, handle: str, words: Mapping[str, str], *, by: Actor) -> None:
    """
    Say that the mediator of this handle should not serve; the words lie in the objector's own room.

    Nobody is removed by it: the mediators are told, and the one objected to steps back or the other answers.
    Raises NotYours for a seat that may not object, NotOpen where nobody of this handle serves.
    """
    case = hold(case)
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
