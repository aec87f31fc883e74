"""The stretches of the way as they leave a made-up case behind, and the courses that cases in bulk take."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from caracol.accounts.actor import Actor
from caracol.ledger.models import Fact
from grievances import access
from grievances.actions.intake import STATEMENT
from grievances.demo import words
from grievances.demo.made import Made
from grievances.demo.words import Concern
from grievances.events import Event
from grievances.models import (
    Actioned,
    AmendsItem,
    Consent,
    Decision,
    EntryKind,
    MediationSession,
    Nature,
    OneOnOne,
    Outcome,
    Paper,
    Purpose,
    Wish,
)
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.workflow import Stage, Step


@dataclass(frozen=True)
class People:
    """Who takes part in one case, and what its reporter wrote."""

    reporter: Actor
    respondent: Actor
    first: Actor
    second: Actor
    reporters_name: str
    concern: Concern

    @property
    def mediators(self) -> tuple[Actor, Actor]:
        """The two who mediate."""
        return self.first, self.second

    @property
    def sides(self) -> tuple[Actor, Actor]:
        """The two who can agree with one another."""
        return self.reporter, self.respondent


Stretch = Callable[[Made, People], None]
Course = tuple[Stretch, ...]


def _begin(made: Made, who: People) -> None:
    made.case.stage = Stage.DRAFT
    made.seat(who.reporter, access.TAKE_PART, Part.REPORTER, Part.HARMED)
    made.tell(Event.BEGUN, who.reporter)


def _write_a_draft(made: Made, who: People) -> None:
    draft = made.build(RoomKind.DRAFT, [who.reporter])
    made.write(draft, EntryKind.DRAFT, who.concern.draft(), who.reporter)


def _file(made: Made, who: People) -> None:
    made.case.stage, made.case.filed_at, made.case.wish = Stage.INTAKE, made.now, Wish.WAY
    made.case.conflicts_answered = True
    said = who.concern.draft()
    own = made.build(RoomKind.PARTY, [who.reporter], of=who.reporter)
    made.write(own, EntryKind.STATEMENT, {name: said[name] for name in STATEMENT}, who.reporter)
    names = made.build(RoomKind.NAMES, [who.reporter])
    made.write(names, EntryKind.NAMED, {"text": who.concern.named}, who.reporter)
    made.write(names, EntryKind.IDENTITY, {"text": who.reporters_name}, who.reporter)
    made.step(Step.FILE, who.reporter)


def _serve(made: Made, who: People) -> None:
    for mediator in who.mediators:
        made.seat(mediator, access.SERVE, Part.MEDIATOR)
        for kind, owner in ((RoomKind.PARTY, who.reporter), (RoomKind.NAMES, None)):
            made.grant(made.room(kind, of=owner), mediator)
        made.step(Step.ACCEPT, mediator)
    for kind in (RoomKind.MEDIATORS, RoomKind.TABLE):
        made.build(kind, who.mediators)
    made.case.acknowledged_at = made.now
    made.step(Step.ACKNOWLEDGE, who.first)


def _distinguish(made: Made, who: People) -> None:
    own = made.room(RoomKind.PARTY, of=who.reporter)
    made.write(own, EntryKind.DISTINCTION, {"text": words.DISTINCTION}, who.first)
    made.add(Decision(case=made.case, step=Step.DISTINGUISH, made_by=who.first.user, made_at=made.now))
    made.case.nature = Nature.INTERPERSONAL
    made.step(Step.DISTINGUISH, who.first)
    _tell(made, who)


def _tell(made: Made, who: People) -> None:
    paper = _lay(made, who, Purpose.ACCOUNT, {"text": words.ACCOUNT}, person=who.respondent)
    made.consent(who.reporter, Consent.To.PAPER, paper)
    made.seat(who.respondent, access.TAKE_PART, Part.RESPONDENT)
    room = made.build(RoomKind.PARTY, [who.respondent, *who.mediators], of=who.respondent)
    made.write(room, EntryKind.ACCOUNT, {"text": words.ACCOUNT}, who.first)
    made.step(Step.TELL, who.first)


def _lay(made: Made, who: People, purpose: Purpose, said: Mapping[str, str], *, person: Actor | None = None) -> Paper:
    """Lay a text before people, already used: the case has gone past it."""
    paper = Paper(
        pk=made.batch.number(Paper),
        case=made.case,
        purpose=purpose,
        person=person.user if person else None,
        part=Part.RESPONDENT.value if person else "",
        prepared_by=who.first.user,
        prepared_at=made.now,
        used_at=made.now,
    )
    made.add(paper)
    kind, owner = LIES_IN[purpose]
    room = made.room(kind, of=who.reporter if owner else None)
    made.write(room, EntryKind(purpose.value), said, who.first, token=paper.token)
    laid: dict[str, Fact] = {"paper": paper.token, "version": paper.version, "part": paper.part}
    made.tell(Event.PAPER_LAID, who.first, purpose=purpose.value, to=made.name_of(person) if person else "", **laid)
    return paper


# In which room a text lies, and whether that is the reporter's own.
LIES_IN: Mapping[Purpose, tuple[RoomKind, bool]] = {
    Purpose.ACCOUNT: (RoomKind.PARTY, True),
    Purpose.AGREEMENT: (RoomKind.TABLE, False),
    Purpose.PACKET: (RoomKind.PACKET, False),
}


def _one_on_one(made: Made, who: People) -> None:
    for side in who.sides:
        made.consent(side, Consent.To.ONE_ON_ONE)
        made.grant(made.room(RoomKind.TABLE), side)
    made.case.stage = Stage.ONE_ON_ONE
    made.step(Step.BEGIN_ONE_ON_ONE, who.second)


def _resolve(made: Made, who: People) -> None:
    made.case.one_on_one = OneOnOne.HELD
    made.step(Step.RECORD_ONE_ON_ONE, who.first)
    made.consent(who.reporter, Consent.To.RESOLVED)
    _close(made, who, Step.RESOLVE_ONE_ON_ONE, Outcome.RESOLVED)


def _mediate(made: Made, who: People) -> None:
    made.case.one_on_one = OneOnOne.DECLINED
    made.step(Step.RECORD_ONE_ON_ONE, who.first)
    for side in who.sides:
        made.consent(side, Consent.To.MEDIATION)
    made.case.stage = Stage.MEDIATION
    made.step(Step.BEGIN_MEDIATION, who.second)
    made.write(made.room(RoomKind.MEDIATORS), EntryKind.NOTE, {"text": words.NOTE}, who.second)


def _meet(made: Made, who: People) -> None:
    made.add(MediationSession(case=made.case, form="shuttle", held_on=timezone.localdate(made.now), ground_rules=True))
    made.case.actioned_how = Actioned.HELD
    made.step(Step.RECORD_SESSION, who.first)


def _end_without_agreement(made: Made, who: People) -> None:
    own = made.room(RoomKind.PARTY, of=who.reporter)
    made.write(own, EntryKind.REASON, {"text": words.DECLINED}, who.first)
    _close(made, who, Step.CLOSE_WITHOUT_AGREEMENT, Outcome.NO_AGREEMENT)


def _agree(made: Made, who: People) -> None:
    owner, due = made.seats[who.respondent.user.handle], timezone.localdate(made.now) + dt.timedelta(days=30)
    promised = [{"owner": owner.token, "facet": "apology", "due_on": due.isoformat(), "words": words.PROMISE}]
    said = {"text": words.AGREEMENT, "amends": json.dumps(promised)}
    paper = _lay(made, who, Purpose.AGREEMENT, said)
    for side in who.sides:
        made.consent(side, Consent.To.PAPER, paper)
    made.item = AmendsItem(
        case=made.case, agreement=paper.token, line=1, facet=AmendsItem.Facet.APOLOGY, owner=owner, due_on=due
    )
    made.add(made.item)
    made.case.stage = Stage.AMENDS
    made.step(Step.AGREE, who.second)


def _keep(made: Made, who: People) -> None:
    _check_in(made, who, AmendsItem.State.KEPT)
    _close(made, who, Step.COMPLETE_AMENDS, Outcome.AMENDS_KEPT)


def _refer(made: Made, who: People) -> None:
    _check_in(made, who, AmendsItem.State.BROKEN)
    made.case.actioned_how = Actioned.BROKEN
    made.build(RoomKind.PACKET, [who.reporter, *who.mediators])
    paper = _lay(made, who, Purpose.PACKET, words.packet().as_words())
    made.consent(who.reporter, Consent.To.PAPER, paper)
    made.write(made.room(RoomKind.PACKET), EntryKind.WAITS, words.WAITS, who.second)
    made.case.stage = Stage.NATIONAL
    made.step(Step.REFER, who.second, who.first)


def _check_in(made: Made, who: People, state: AmendsItem.State) -> None:
    if made.item:
        made.item.state = state
    made.step(Step.CHECK_IN, who.first)


def _answer(made: Made, who: People) -> None:
    made.write(made.room(RoomKind.PACKET), EntryKind.ANSWER, {"text": words.NATIONAL_ANSWER}, who.first)
    _close(made, who, Step.RECORD_ANSWER, Outcome.NATIONAL)


def _close(made: Made, who: People, step: Step, outcome: Outcome) -> None:
    made.destroy(made.room(RoomKind.MEDIATORS))
    made.case.stage, made.case.outcome, made.case.closed_at = Stage.CLOSED, outcome, made.now
    # Whoever adds the batch counts it, in its half-year.
    made.case.counted = True
    made.step(step, who.first)


_SERVED = (_begin, _file, _serve)
_TALKING = (*_SERVED, _distinguish, _one_on_one)
_MEDIATED = (*_TALKING, _mediate, _meet)
_AGREED = (*_MEDIATED, _agree)

# Taken in turn: of ten cases one is a draft, five are open, one at each stage, and four are closed.
COURSES: tuple[Course, ...] = (
    (*_AGREED, _keep),
    _SERVED,
    (*_TALKING, _resolve),
    _TALKING,
    _MEDIATED,
    (*_MEDIATED, _end_without_agreement),
    _AGREED,
    (*_AGREED, _refer),
    (*_AGREED, _refer, _answer),
    (_begin, _write_a_draft),
)

# Those that end with the case still open.
LIVE: tuple[Course, ...] = (_SERVED, _TALKING, _MEDIATED, _AGREED, (*_AGREED, _refer))
