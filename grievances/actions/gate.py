"""The one gate: every step of the way passes here, together or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.accounts.invitations import SeatLink
from caracol.ledger.chain import record
from grievances import access, guards, retention
from grievances.actions import planned, refusals, rooms, timing
from grievances.actions.deed import EFFECTS, Deed
from grievances.actions.holding import hold_true
from grievances.actions.telling import seated, tell
from grievances.attest import attested, left_as, one_deed
from grievances.deadlines import PROPOSAL_DAYS
from grievances.events import STEP_EVENTS, Event
from grievances.exceptions import NotOpen, Refused, SomebodyWasFaster, Unverified
from grievances.facts import Facts
from grievances.letters import LETTERS
from grievances.models import Case, EntryKind, Proposal, Pseudonym
from grievances.rooms import RoomKind
from grievances.sealing import read_one, write
from grievances.statistics.counting import count_matter
from grievances.workflow import Stage, Step


@dataclass(frozen=True)
class Taken:
    """What came of it: the case as it stands now, and whether the step waits for a second mediator."""

    case: Case
    waits: bool = False


def take(  # noqa: PLR0913 (a step's facts, each named by the caller)
    step: Step,
    case: Case,
    *,
    by: Actor | None,
    version: int | None = None,
    choices: Mapping[str, object] | None = None,
    words: Mapping[str, str] | None = None,
    link: SeatLink | None = None,
) -> Taken:
    """
    Take `step` in `case`. `version` is the one its taker saw (None: the present one); `link` lets a guest in.

    In order: the case is held; its version, the taker's part, the stage and every need are checked; where two
    mediators are needed the step is only proposed; else its effect is made, the case moves by a conditional
    update, its clocks start and stop, the ledger records it and people are told. Raises Refused; the refusal
    is recorded after everything else is rolled back. Raises Unverified for a case that is not as the ledger has it.
    """
    try:
        with one_deed():
            deed = _held(step, case, by, version)
            deed.choices, deed.words, deed.link = choices or {}, words or {}, link
            guards.check(step, deed.facts)
            rooms.check_seat(deed.case, deed.facts.me)
            if guards.takes_two(deed.rule, deed.facts, deed.choices):
                return Taken(_propose(deed), waits=True)
            return Taken(_carry_out(deed))
    except Refused as refusal:
        _record_refusal(step, case, by, refusal)
        raise


def confirm(proposal: Proposal, *, by: Actor) -> Taken:
    """Take the step that another mediator proposed, with the very answers they gave. Raises Refused."""
    step, case = Step(proposal.step), proposal.case
    try:
        with one_deed():
            deed = _held(step, case, by, proposal.case_version)
            proposal.refresh_from_db()
            guards.check(step, deed.facts)
            rooms.check_seat(deed.case, deed.facts.me)
            if not stands(proposal, deed.facts) or by.user.pk == proposal.proposed_by_id:
                raise NotOpen(_("This proposal has ended, or waits for another mediator."), deed.rule.clause)
            _check_proposal(proposal)
            deed.second = proposal.proposed_by
            deed.choices = proposal.choices
            deed.words = read_one(proposal.words, by=by) if proposal.words else {}
            return Taken(_carry_out(deed))
    except Refused as refusal:
        _record_refusal(step, case, by, refusal)
        raise


def stands(proposal: Proposal, facts: Facts) -> bool:
    """Return whether a proposal still holds: not ended, not too old, and nothing changed, its maker's seat neither."""
    return (
        proposal.ended_at is None
        and facts.now < proposal.lapses_at
        and proposal.case_version == facts.case.version
        and proposal.basis == _basis(facts)
    )


def _held(step: Step, case: Case, by: Actor | None, version: int | None) -> Deed:
    held = hold_true(case)
    if version is not None and held.version != version:
        raise SomebodyWasFaster
    return Deed(step, held, Facts(held, by.user if by else None), by)


def _carry_out(deed: Deed) -> Case:
    stage, version = deed.case.stage, deed.case.version
    enters = deed.rule.enters or Stage(stage)
    closes = enters is Stage.CLOSED and stage != Stage.CLOSED
    counts = closes and not deed.case.counted
    changes = EFFECTS[deed.step](deed)
    if closes:
        changes["closed_at"] = deed.now
        changes["counted"] = True
    moved = Case.objects.filter(pk=deed.case.pk, stage=stage, version=version).update(
        **changes, stage=enters, version=version + 1, moved_at=max(deed.case.moved_at, deed.now), asked_to_go_on_at=None
    )
    if not moved:
        raise SomebodyWasFaster
    deed.case.refresh_from_db()
    _end_proposals(deed)
    if stage == Stage.MEDIATION != enters:
        planned.end(planned.standing(deed.case))
    if counts:
        count_matter(deed.case)
    _settle_retention(deed.case, was_closed=stage == Stage.CLOSED)
    timing.start_and_stop(deed.case, deed.step, deed.now)
    access.note_activity(deed.case, deed.case.moved_at)
    _record(deed)
    _tell(deed)
    return deed.case


def _settle_retention(case: Case, *, was_closed: bool) -> None:
    """Give what a closing ends the day on which it is destroyed, and what a reopening saves none."""
    closed = case.stage == Stage.CLOSED
    if closed and not was_closed:
        retention.settle(case)
    elif was_closed and not closed:
        retention.unsettle(case)


def _propose(deed: Deed) -> Case:
    by = deed.actor
    entry = write(deed.room(RoomKind.MEDIATORS), EntryKind.REASON, deed.words, by=by) if deed.words else None
    _end_proposals(deed)
    proposal = Proposal.objects.create(
        case=deed.case,
        step=deed.step,
        case_version=deed.case.version,
        basis=_basis(deed.facts),
        choices=dict(deed.choices),
        words=entry,
        proposed_by=by.user,
        proposed_at=deed.now,
        lapses_at=deed.now + dt.timedelta(days=PROPOSAL_DAYS),
    )
    record(
        deed.case.chain,
        Event.PROPOSED,
        actor=Pseudonym.of(deed.case.chain, by.user),
        step=deed.step.value,
        proposal=proposal.token,
        answers=_answers(proposal),
    )
    _notify(deed, {seat.user_id for seat in deed.facts.mediators})
    return deed.case


def _answers(proposal: Proposal) -> str:
    """Return what was proposed, its words by their token, as one hash: whoever confirms confirms that."""
    words = proposal.words.token if proposal.words else ""
    said = [proposal.choices, words, proposal.case_version, proposal.basis]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _check_proposal(proposal: Proposal) -> None:
    """Raise Unverified for a proposal that the ledger does not have from this very person, in these very words."""
    chain = proposal.case.chain
    made = (Pseudonym.of(chain, proposal.proposed_by), proposal.step, _answers(proposal))
    if attested(chain).proposed.get(proposal.token) != made:
        raise Unverified


def _end_proposals(deed: Deed) -> None:
    deed.case.proposals.filter(ended_at=None).update(ended_at=deed.now)


def _basis(facts: Facts) -> str:
    """Return what a proposal stands on, as one hash: the consents, the texts and the seats."""
    consents = sorted(consent.pk for consent in facts.consents)
    papers = sorted((paper.pk, paper.version) for paper in facts.papers)
    seats = sorted((seat.pk, sorted(seat.parts)) for seat in facts.seats)
    return hashlib.sha256(json.dumps([consents, papers, seats]).encode()).hexdigest()


def _record(deed: Deed) -> None:
    chain = deed.case.chain
    record(
        chain,
        STEP_EVENTS[deed.step],
        actor=Pseudonym.of(chain, deed.by.user) if deed.by else "",
        second=Pseudonym.of(chain, deed.second) if deed.second else "",
        to=[Pseudonym.of(chain, user) for user in deed.asked],
        stage=deed.case.stage,
        version=deed.case.version,
        left_as=left_as(deed.case),
    )


def _record_refusal(step: Step, case: Case, by: Actor | None, refusal: Refused) -> None:
    if by is not None:
        refusals.note(case, by.user, because=refusal, step=step.value)


def _tell(deed: Deed) -> None:
    letter = LETTERS[deed.step]
    asked = {user.pk for user in deed.asked} if letter.asked else set()
    _notify(deed, seated(deed.case, letter.to) | asked)


def _notify(deed: Deed, people: set[int]) -> None:
    tell(deed.case, people - {deed.by.user.pk if deed.by else None}, deed.step, at=deed.now)
