"""
Holds: two people keep a closed case from being destroyed, until a day on which they look at it again.

One proposes, another confirms; one of the two mediates the case. The reason lies sealed: a mediator's among the
mediators' notes, which are opened anew for it, anybody else's in their own room.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.ledger.chain import entries, record
from grievances.actions import refusals, rooms
from grievances.actions.holding import hold as held_case
from grievances.actions.jobs import each
from grievances.actions.telling import tell
from grievances.deadlines import PROPOSAL_DAYS, today
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, Unverified
from grievances.facts import Facts
from grievances.models import Case, EntryKind, Hold, Pseudonym, Room
from grievances.roles import May, Part
from grievances.rooms import RoomKind
from grievances.sealing import write
from grievances.workflow import Stage

LONGEST = dt.timedelta(days=365)


@refusals.together
def propose(case: Case, because: Hold.Because, reason: str, review_on: dt.date, *, by: Actor) -> Hold:
    """Propose that a closed case is kept until a day; it holds nothing before another person confirms it."""
    case = held_case(case)
    facts = _checked(case, by)
    if case.stage != Stage.CLOSED:
        raise NotOpen(_("An open case is never destroyed. It can be held once it is closed."))
    if case.holds.filter(ended_at=None).exists():
        raise NotOpen(_("It is held already, or somebody has proposed it."))
    if not today() < review_on <= today() + LONGEST:
        raise NotOpen(_("Please choose a day within a year from now."))
    words = write(_room_for(facts), EntryKind.REASON, {"text": reason}, by=by)
    made = Hold.objects.create(
        case=case, words=words, because=because, proposed_by=by.user, proposed_at=moments.kept(), review_on=review_on
    )
    _record(made, Event.HOLD_PROPOSED, by)
    _tell_others(facts, Event.HOLD_PROPOSED, by)
    return made


@refusals.together
def confirm(case: Case, token: str, *, by: Actor) -> Hold:
    """Put in force what another person proposed. Raises NotOpen, NotYours; Unverified for what nobody proposed."""
    case = held_case(case)
    facts = _checked(case, by)
    found = case.holds.filter(token=token, ended_at=None, confirmed_by=None).select_related("proposed_by").first()
    if found is None or _is_stale(found):
        raise NotOpen(_("This was confirmed or ended meanwhile, or is too old."))
    if found.proposed_by_id == by.user.pk:
        raise NotYours(_("Another person confirms it."))
    mediators = {seat.user_id for seat in facts.mediators}
    if not mediators & {found.proposed_by_id, by.user.pk}:
        raise NotYours(_("One of the two has to be a mediator of the case."))
    _check_proposed(found)
    found.confirmed_by = by.user
    found.save(update_fields=["confirmed_by"])
    _record(found, Event.HELD, by)
    _tell_others(facts, Event.HELD, by)
    return found


@refusals.together
def end(case: Case, token: str, *, by: Actor) -> None:
    """End a hold, or its proposal, before its day: either of the two does. Its reason goes where it is a note."""
    case = held_case(case)
    facts = _checked(case, by)
    found = case.holds.filter(token=token, ended_at=None).first()
    if found is None:
        raise NotOpen(_("It has ended already."))
    if by.user.pk not in {found.proposed_by_id, found.confirmed_by_id}:
        raise NotYours(_("One of the two who made it ends it."))
    _end(found)
    _record(found, Event.HOLD_ENDED, by)
    _tell_others(facts, Event.HOLD_ENDED, by)


def lapse() -> int:
    """End the holds whose day has come, and the proposals nobody confirmed in a week; returns how many."""
    standing = Hold.objects.filter(ended_at=None).order_by("pk")
    return each((found.pk for found in standing if found.review_on <= today() or _is_stale(found)), _lapse)


def end_with(case: Case) -> None:
    """End what holds a case that is opened again: an open case is never destroyed."""
    for found in case.holds.filter(ended_at=None):
        _end(found)


@transaction.atomic
def _lapse(pk: int) -> bool:
    found = Hold.objects.select_related("case").get(pk=pk)
    case = held_case(found.case)
    if not Hold.objects.filter(pk=pk, ended_at=None).exists():
        return False
    _end(found)
    record(case.chain, Event.HOLD_ENDED, because=found.because)
    tell(case, {pk for pk in (found.proposed_by_id, found.confirmed_by_id) if pk}, Event.HOLD_ENDED, at=moments.kept())
    return True


def _end(found: Hold) -> None:
    found.ended_at = moments.kept()
    found.save(update_fields=["ended_at"])
    if found.words and found.words.room.kind == RoomKind.MEDIATORS:
        rooms.destroy(found.words.room)


def _is_stale(found: Hold) -> bool:
    """Whether nobody confirmed a proposal in time."""
    return found.confirmed_by_id is None and moments.kept() > found.proposed_at + dt.timedelta(days=PROPOSAL_DAYS)


def _checked(case: Case, by: Actor) -> Facts:
    facts = Facts(case, by.user)
    if facts.me is None or not facts.me.may(May.HOLD):
        raise NotYours(_("The mediators, the reporter and the person harmed hold a case."))
    return facts


def _room_for(facts: Facts) -> Room:
    if Part.MEDIATOR in facts.parts:
        return rooms.build(facts.case, RoomKind.MEDIATORS, to=rooms.vouched(facts.case, facts.mediators))
    own = facts.case.rooms.filter(kind=RoomKind.PARTY, seat=facts.me, destroyed_at=None).select_related("case")
    return own.get()


def _record(found: Hold, event: Event, by: Actor) -> None:
    chain, until = found.case.chain, found.review_on.isoformat()
    actor = Pseudonym.of(chain, by.user)
    record(chain, event, actor=actor, hold=found.token, because=found.because, until=until)


def _check_proposed(found: Hold) -> None:
    """Raise Unverified for a proposal that the ledger does not have from this very person, for this very day."""
    chain = found.case.chain
    said = (found.token, found.because, found.review_on.isoformat())
    told = [
        (each.details["hold"], each.details["because"], each.details["until"])
        for each in entries(chain, Event.HOLD_PROPOSED)
        if each.actor == Pseudonym.of(chain, found.proposed_by)
    ]
    if said not in told:
        raise Unverified


def _tell_others(facts: Facts, event: Event, by: Actor) -> None:
    may = {seat.user_id for seat in facts.seats if seat.may(May.HOLD)}
    tell(facts.case, may - {by.user.pk}, event, at=moments.kept())
