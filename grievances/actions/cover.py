"""Naming who covers in a case while one is away."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions.refusals import together
from grievances.actions.telling import tell_once
from grievances.covering import others_who_mediate
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Cover, Pseudonym
from grievances.roles import May


@together
def name(case: Case, token: str, *, by: Actor) -> None:
    """Name another seated mediator, by the token of their seat; they are told. Raises NotYours, NotOpen."""
    facts = Facts(case, by.user)
    if facts.me is None or not facts.me.may(May.HAND_OVER):
        raise NotYours(_("Only a mediator of the case says who covers for them."))
    chosen = next((seat for seat in others_who_mediate(facts.seats, facts.me) if seat.token == token), None)
    if chosen is None or not facts.case.is_open:
        raise NotOpen(_("They don't mediate here any more. Please choose somebody else."))
    Cover.objects.update_or_create(seat=facts.me, defaults={"covered_by": chosen})
    chain = facts.case.chain
    names = {"actor": Pseudonym.of(chain, by.user), "to": Pseudonym.of(chain, chosen.user)}
    record(chain, Event.COVER_NAMED, **names)
    tell_once(facts.case, {chosen.user_id}, Event.COVER_NAMED, at=facts.kept)
