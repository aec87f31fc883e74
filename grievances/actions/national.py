"""Referral to the National grievance process (Code 4.2): the packet is handed to the member, who files it."""

from __future__ import annotations

from grievances.actions import papers
from grievances.actions.closing import close
from grievances.actions.deed import Changes, Deed, effect
from grievances.exceptions import NotOpen
from grievances.models import EntryKind, ExceptionReason, Outcome, Purpose
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
    if paper is None or papers.text_of(paper, by=deed.actor) is None:
        raise NotOpen(Needs.PACKET_CONSENT.reason, Needs.PACKET_CONSENT.clause)
    deed.keep(EntryKind.WAITS)
    papers.use(paper, deed.now)


@effect(Step.RECORD_ANSWER)
def _record_answer(deed: Deed) -> Changes:
    deed.keep(EntryKind.ANSWER)
    return close(deed, Outcome.NATIONAL)


@effect(Step.RECORD_NOT_FILED)
def _record_not_filed(deed: Deed) -> Changes:
    return close(deed, Outcome.NOT_FILED)
