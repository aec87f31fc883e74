"""Closing and opening again: how a case ends, what is destroyed with it, and who decides anew."""

from __future__ import annotations

from grievances import retention
from grievances.actions import holds, papers, rooms, seats, serving
from grievances.actions.deed import Changes, Deed, effect
from grievances.actions.intake import carry_to_meeting, decide
from grievances.consents import ABOUT_A_PERSON
from grievances.deadlines import today
from grievances.exceptions import NotOpen
from grievances.models import Consent, EntryKind, Outcome, Purpose, SeatOffer
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.workflow import Step

# Closings whose reason the reporter reads in their own room, and whose makers another mediator replaces if contested.
_WITH_REASON = {
    Step.CLOSE_OUT_OF_SCOPE: Outcome.OUT_OF_SCOPE,
    Step.CLOSE_NO_CONTACT: Outcome.NO_CONTACT,
}


def close(deed: Deed, outcome: Outcome) -> Changes:
    """
    Close the case: the mediators' notes are destroyed, and no offer, text or proposal waits any longer.

    Mediators keep what they read, for a reopening; whoever only took the concern in does not.
    """
    for notes in deed.case.rooms.filter(kind=RoomKind.MEDIATORS, destroyed_at=None):
        rooms.destroy(notes)
    seats.end_offers(deed.case, SeatOffer.State.ENDED)
    seats.end_intake(deed.case)
    return {"outcome": outcome.value}


@effect(Step.CLOSE_RECORDED)
def _recorded(deed: Deed) -> Changes:
    return close(deed, Outcome.RECORDED)


@effect(Step.CLOSE_ADVISED)
def _advised(deed: Deed) -> Changes:
    deed.keep(EntryKind.ADVICE)
    return close(deed, Outcome.ADVISED)


@effect(Step.CLOSE_OUT_OF_SCOPE, Step.CLOSE_NO_CONTACT)
def _with_reason(deed: Deed) -> Changes:
    deed.keep(EntryKind.REASON)
    decide(deed)
    return close(deed, _WITH_REASON[deed.step])


@effect(Step.REDIRECT)
def _redirect(deed: Deed) -> Changes:
    """Carry the text that the reporter consented to, and no other, to a meeting (Code 4.1)."""
    paper = deed.facts.paper(Purpose.AGENDA)
    text = papers.text_of(paper, by=deed.actor) if paper else None
    if paper is None or text is None:
        raise NotOpen(deed.rule.needs[-1].reason, deed.rule.clause)
    carry_to_meeting(deed, text)
    papers.use(paper, deed.now)
    decide(deed)
    return close(deed, Outcome.REDIRECTED)


@effect(Step.WITHDRAW)
def _withdraw(deed: Deed) -> Changes:
    """Close it; where nobody else knew of it and its reporter wants it so, its day is today."""
    now = deed.choices.get("goes") == "now" and retention.is_untold(deed.case, deed.now)
    return {**close(deed, Outcome.WITHDRAWN), **({"expunge_on": today()} if now else {})}


@effect(Step.LAPSE)
def _lapse(deed: Deed) -> Changes:
    return close(deed, Outcome.LAPSED)


@effect(Step.REOPEN)
def _reopen(deed: Deed) -> Changes:
    """
    Open the case again: its mediators leave, conflicts are asked anew, and new ones are asked.

    Where the reporter reopens, those on intake duty are asked from the reporter's own session.
    """
    holds.end_with(deed.case)
    by_reporter = Part.REPORTER in deed.facts.parts
    leaving = [seat for seat in deed.facts.mediators if by_reporter or seat.user_id != deed.actor.user.pk]
    for seat in leaving:
        seats.unseat(seat)
    # What was agreed to before it closed is asked for anew.
    asked_anew = Consent.objects.filter(seat__case=deed.case, withdrawn_at=None).exclude(to__in=ABOUT_A_PERSON)
    asked_anew.update(withdrawn_at=deed.now)
    deed.case.papers.filter(used_at=None).update(used_at=deed.now)
    if by_reporter:
        serving.offer_to_intake(deed)
    else:
        rooms.build(deed.case, RoomKind.MEDIATORS, to=[deed.actor.user])
    return {
        "outcome": "",
        "closed_at": None,
        "nature": "",
        "one_on_one": "",
        "actioned_how": "",
        "exception_reason": "",
        "harmed_heard": "",
        "one_mediator_agreed": False,
        "conflicts_answered": by_reporter,
    }
