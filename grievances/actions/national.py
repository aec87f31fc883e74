"""Referral to the National grievance process (Code 4.2): the packet is handed to the member, who files it."""

from __future__ import annotations

import datetime as dt

from grievances.actions import papers
from grievances.actions.closing import close
from grievances.actions.deed import Changes, Deed, effect
from grievances.actions.designation import designate
from grievances.actions.packet import checked, shareable
from grievances.exceptions import NotOpen
from grievances.models import EntryKind, ExceptionReason, Outcome, Paper, Purpose, Recipient
from grievances.workflow import Needs, Step


@effect(Step.REFER)
def _refer(deed: Deed) -> Changes:
    _hand_over(deed)
    return {}


@effect(Step.REFER_BY_EXCEPTION)
def _refer_by_exception(deed: Deed) -> Changes:
    reason = ExceptionReason(deed.choice("exception_reason"))
    _hand_over(deed)
    return {"exception_reason": reason.value}


def _hand_over(deed: Deed) -> None:
    """Hand over the very version that was consented to, with the WAITS answers kept beside it (Code 7.2)."""
    paper = deed.facts.paper(Purpose.PACKET)
    if paper is None:
        raise NotOpen(Needs.PACKET_CONSENT.reason, Needs.PACKET_CONSENT.clause)
    checked(deed.facts, paper, deed.actor)
    deed.keep(EntryKind.WAITS)
    papers.use(paper, deed.now)
    _designate(deed, paper)


def _designate(deed: Deed, paper: Paper) -> None:
    """Designate the packet as the two mediators said; by exception, as the one did (Code 7.3)."""
    if "until" not in deed.choices:
        return
    whom, until = Recipient(deed.choice("recipient")), dt.date.fromisoformat(deed.choice("until"))
    what = shareable(deed.case, paper)
    if deed.second:
        designate(what, whom, until, by=deed.second)
    designate(what, whom, until, by=deed.actor.user, alone=deed.step is Step.REFER_BY_EXCEPTION)


@effect(Step.RECORD_ANSWER)
def _record_answer(deed: Deed) -> Changes:
    deed.keep(EntryKind.ANSWER)
    return close(deed, Outcome.NATIONAL)


@effect(Step.RECORD_NOT_FILED)
def _record_not_filed(deed: Deed) -> Changes:
    return close(deed, Outcome.NOT_FILED)
