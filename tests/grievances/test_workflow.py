"""The way as a table: nothing in it is unreachable, unanswered, or belongs to whom the design does not name."""

from __future__ import annotations

import itertools

import pytest

from grievances import guards
from grievances.actions.deed import EFFECTS, Deed
from grievances.events import EVENTS, STEP_EVENTS, Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.forms.fields import WordsField
from grievances.forms.steps import FORMS
from grievances.guards import GUARDS
from grievances.letters import LETTERS
from grievances.models import Case, EntryKind, Outcome, Route, Seat
from grievances.roles import PARTY, Part
from grievances.workflow import OPEN, WAY, Needs, Stage, Step, Two
from tests.grievances.cast import Cast, Walk

# The table of the design: stages left, stage entered (or none), parts, and who needs a second. Two steps reach
# further than it says, see docs/decisions/steps-that-reach-further.md.
TABLE = """
FILE                     draft                                intake      reporter                           one
ACKNOWLEDGE              intake                               -           intake,mediator                    one
ASK                      open                                 -           intake,mediator,reporter           one
ACCEPT                   open                                 -           asked                              one
RECUSE                   open                                 -           intake,mediator,asked              one
DISTINGUISH              open                                 -           mediator                           political
CONTEST                  open,closed                          -           reporter,harmed                    one
INVITE                   open                                 -           mediator                           one
TELL                     intake,one_on_one,mediation          -           mediator                           one
REDIRECT                 intake,one_on_one                    closed      mediator                           two
SPLIT                    intake                               -           mediator                           one
BEGIN_ONE_ON_ONE         intake                               one_on_one  mediator                           one
OFFER_SPACE              one_on_one                           -           reporter,harmed,respondent,mediator one
RECORD_ONE_ON_ONE        intake,one_on_one                    -           mediator                           one
RESOLVE_ONE_ON_ONE       one_on_one                           closed      mediator                           one
BEGIN_MEDIATION          intake,one_on_one                    mediation   mediator                           one
SET_MEDIATION_ASIDE      intake,one_on_one,mediation          mediation   mediator                           one
RECORD_SESSION           mediation                            -           mediator                           one
AGREE                    mediation                            amends      mediator                           one
CHECK_IN                 amends                               -           mediator                           one
COMPLETE_AMENDS          amends                               closed      mediator                           one
RETURN_TO_MEDIATION      amends,national                      mediation   mediator                           one
CLOSE_WITHOUT_AGREEMENT  mediation                            closed      mediator                           one
CLOSE_BROKEN             amends                               closed      mediator                           one
REFER                    mediation,amends                     national    mediator                           two
REFER_BY_EXCEPTION       intake,one_on_one,mediation,amends   national    mediator                           one
RECORD_ANSWER            national                             closed      mediator                           one
RECORD_NOT_FILED         national                             closed      mediator                           one
WITHDRAW                 open                                 closed      reporter,harmed                    one
CLOSE_RECORDED           intake                               closed      mediator                           one
CLOSE_ADVISED            intake                               closed      mediator                           one
CLOSE_OUT_OF_SCOPE       open                                 closed      mediator                           two
CLOSE_NO_CONTACT         open                                 closed      mediator                           two
LAPSE                    open                                 closed      clock                              one
REOPEN                   closed                               intake      reporter,mediator                  one
"""
TWO = {"one": Two.NO, "two": Two.YES, "political": Two.POLITICAL}
ROWS = [line.split() for line in TABLE.strip().splitlines()]


def stages_of(names: str) -> set[Stage]:
    return {stage for name in names.split(",") for stage in (OPEN if name == "open" else (Stage(name),))}


def parts_of(names: str) -> set[Part]:
    return {Part(name) for name in names.split(",") if name not in {"asked", "clock"}}


@pytest.mark.parametrize(("step", "leaves", "enters", "by", "two"), ROWS, ids=[row[0] for row in ROWS])
def test_a_step_is_as_the_design_has_it(step: str, leaves: str, enters: str, by: str, two: str) -> None:
    rule = WAY[Step[step]]
    assert (set(rule.leaves), rule.enters) == (stages_of(leaves), None if enters == "-" else Stage(enters))
    assert (set(rule.by), rule.asked, rule.two) == (parts_of(by), "asked" in by.split(","), TWO[two])


def test_the_design_names_every_step_once() -> None:
    assert [row[0] for row in ROWS] == [step.name for step in Step]


def test_every_step_has_a_rule_an_event_a_letter_decision_and_an_effect() -> None:
    everything = set(Step)
    assert (set(WAY), set(STEP_EVENTS), set(LETTERS), set(EFFECTS)) == (everything, everything, everything, everything)


def test_no_two_steps_share_an_event() -> None:
    assert len(set(STEP_EVENTS.values())) == len(Step)


def test_every_event_reads_in_words() -> None:
    assert set(EVENTS) == set(Event)


def test_every_need_has_a_guard_and_is_used() -> None:
    used = {need for rule in WAY.values() for need in rule.needs}
    assert (set(GUARDS), used) == (set(Needs), set(Needs))


def test_every_stage_is_reachable_from_the_draft() -> None:
    reached = {Stage.DRAFT}
    for _round in Stage:
        reached |= {rule.enters for rule in WAY.values() if rule.enters and reached & set(rule.leaves)}
    assert reached == set(Stage)


def test_every_stage_but_closed_can_end() -> None:
    assert {stage for rule in WAY.values() if rule.enters is Stage.CLOSED for stage in rule.leaves} == set(OPEN)


def test_only_steps_of_parties_are_open_to_parties() -> None:
    theirs = {step for step, rule in WAY.items() if rule.by & PARTY}
    assert theirs == {Step.FILE, Step.ASK, Step.CONTEST, Step.OFFER_SPACE, Step.WITHDRAW, Step.REOPEN}


def test_the_clock_alone_lapses_a_case() -> None:
    assert [step for step, rule in WAY.items() if not rule.by and not rule.asked] == [Step.LAPSE]


def test_every_way_into_national_needs_an_acknowledged_distinguished_concern_and_consent() -> None:
    needs = {step: set(rule.needs) for step, rule in WAY.items() if rule.enters is Stage.NATIONAL}
    both = {Needs.ACKNOWLEDGED, Needs.INTERPERSONAL, Needs.PACKET_CONSENT}
    assert needs == {Step.REFER: both | {Needs.ACTIONED, Needs.TWO_SEATED}, Step.REFER_BY_EXCEPTION: both}


def test_every_outcome_is_entered_by_some_closing() -> None:
    closings = [step for step, rule in WAY.items() if rule.enters is Stage.CLOSED]
    assert len(closings) == len(Outcome)


@pytest.mark.django_db(databases=["default", "keys"])
def test_every_stage_step_and_part_is_answered(cast: Cast) -> None:
    case = Walk.begin(cast).case
    for stage, step, part in itertools.product(Stage, Step, (None, *Part)):
        refused = guards.refusals(step, facts_in(case, stage, part, cast))
        belongs = part in WAY[step].by
        assert {type(refusal) for refusal in refused} <= ({NotOpen} if belongs else {NotYours})
        assert all(str(refusal.reason) and refusal.clause for refusal in refused)
        assert belongs or refused
        if belongs and stage not in WAY[step].leaves:
            assert len(refused) == 1


def facts_in(case: Case, stage: Stage, part: Part | None, cast: Cast) -> Facts:
    """A case that stands at `stage`, looked at by somebody who is `part` in it and nothing else."""
    looked_at = Case(pk=case.pk, stage=stage, route=Route.HARMED, begun_on=case.begun_on, moved_at=case.moved_at)
    facts = Facts(looked_at, cast.user("stranger"))
    if part:
        seat = Seat(pk=0, case=looked_at, user=cast.user("stranger"), **{part.value: True})
        seat.sees = True
        facts.seats = [seat]
    return facts


@pytest.mark.django_db(databases=["default", "keys"])
def test_the_clock_is_answered_at_every_stage(cast: Cast) -> None:
    case = Walk.begin(cast).case
    for stage, step in itertools.product(Stage, Step):
        refused = guards.refusals(step, Facts(Case(pk=case.pk, stage=stage, moved_at=case.moved_at), None))
        assert {type(refusal) for refusal in refused} == {NotOpen if step is Step.LAPSE else NotYours}


def test_a_letter_about_a_talk_or_an_invitation_reaches_no_other_respondent_or_witness() -> None:
    private = (Step.INVITE, Step.TELL, Step.OFFER_SPACE)
    others = {Part.RESPONDENT, Part.WITNESS, Part.SUPPORT}
    assert [step for step in private if LETTERS[step].to & others or not LETTERS[step].asked] == []


def test_a_step_asks_for_words_exactly_where_the_table_says_in_which_room_they_are_kept() -> None:
    asking = {step for step, form in FORMS.items() if any(_is_words(field) for field in form.base_fields.values())}
    # What is filed was written before, in the draft.
    assert asking == {rule.step for rule in WAY.values() if rule.words_in} - {Step.FILE}


def _is_words(field: object) -> bool:
    return isinstance(field, WordsField)


def test_the_words_of_a_step_are_kept_in_no_room_that_the_table_does_not_name() -> None:
    deed = Deed(Step.ACKNOWLEDGE, Case(), Facts(Case(), None), None)
    with pytest.raises(LookupError, match="keeps no words of ACKNOWLEDGE"):
        deed.keep(EntryKind.REASON)
