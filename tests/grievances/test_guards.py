"""Every need of the way, shut and then open, each by walking the real way there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone

from grievances.actions import papers
from grievances.exceptions import NotOpen
from grievances.facts import Facts
from grievances.guards import GUARDS, refusals
from grievances.models import AmendsItem, Case, Consent, ExceptionReason, Nature, OneOnOne, Purpose, Route
from grievances.roles import Part
from grievances.workflow import WAY, Needs, Stage, Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import WAITS, age, invited, laid

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@dataclass(frozen=True)
class Door:
    """A need, as one person meets it: shut after `until`, open after `then`."""

    need: Needs
    login: str
    step: Step
    until: str
    then: Callable[[Walk], object]


def silent_for_a_year(going: Walk) -> None:
    age(going, 366)
    Case.objects.filter(pk=going.case.pk).update(asked_to_go_on_at=timezone.now() - dt.timedelta(days=31))


def affirmed(going: Walk) -> None:
    promise = {"owner": going.seat_token("respondent"), "facet": "repair", "due_on": "2030-01-01", "words": "Sorry."}
    words = {"text": "We agree.", "amends": json.dumps([promise])}
    agreement = papers.prepare(going.case, Purpose.AGREEMENT, words, by=going.cast["mediator"])
    going.agree_to_paper(agreement, "member", "respondent")


def checked_in(state: str) -> Callable[[Walk], object]:
    return lambda going: going.take(Step.CHECK_IN, "mediator", item="1", state=state)


def told_respondent2(going: Walk) -> None:
    laid(going, Purpose.ACCOUNT, person=going.cast.user("respondent2"), part=Part.RESPONDENT)


def invited_witness(going: Walk) -> None:
    laid(going, Purpose.INVITATION, person=going.cast.user("witness"), part=Part.WITNESS)


def agreed_to(to: Consent.To) -> Callable[[Walk], object]:
    return lambda going: going.agree(to, "member")


def contested(going: Walk) -> None:
    going.take(Step.CONTEST, "member", {"text": "It is not so."})


def wished(going: Walk, wish: str) -> None:
    going.cast["intake"]
    going.written(wish=wish)
    going.take(Step.FILE, "member")


def wished_anew(wish: str, going: Walk) -> None:
    """Walk another case in which the reporter asked for this."""
    going.case = Walk.begin(going.cast).case
    wished(going, wish)


def split(going: Walk) -> None:
    going.distinguished(Nature.MIXED)
    going.take(Step.SPLIT, "mediator", {"text": "Should there be a rule on cats?"}, meeting_on="2026-12-01")


def offers_lapse(going: Walk) -> None:
    going.case.offers.update(lapses_at=timezone.now())


DOORS = (
    Door(Needs.STATEMENT, "member", Step.FILE, "begun", Walk.written),
    Door(Needs.CONFLICTS_ANSWERED, "member", Step.FILE, "begun", Walk.written),
    Door(Needs.AN_OFFER, "intake", Step.ACCEPT, "begun", Walk.filed),
    Door(Needs.ACKNOWLEDGED, "mediator", Step.REFER, "filed", Walk.taken_in),
    Door(Needs.TWO_MEDIATORS, "intake", Step.BEGIN_MEDIATION, "taken_in", Walk.served),
    Door(Needs.TWO_SEATED, "intake", Step.REFER, "taken_in", Walk.served),
    Door(Needs.DISTINGUISHED, "mediator", Step.BEGIN_ONE_ON_ONE, "served", Walk.distinguished),
    Door(Needs.SOMETHING_TO_CONTEST, "member", Step.CONTEST, "served", Walk.distinguished),
    Door(Needs.INTERPERSONAL, "mediator", Step.REFER, "served", Walk.distinguished),
    Door(Needs.POLITICAL, "mediator", Step.REDIRECT, "served", lambda going: going.distinguished(Nature.POLITICAL)),
    Door(Needs.MIXED, "mediator", Step.SPLIT, "served", lambda going: going.distinguished(Nature.MIXED)),
    Door(Needs.UNDISTINGUISHED, "mediator2", Step.DISTINGUISH, "distinguished", contested),
    Door(Needs.AGENDA_CONSENT, "mediator", Step.REDIRECT, "served", lambda going: laid(going, Purpose.AGENDA)),
    Door(Needs.INVITATION_CONSENT, "mediator", Step.INVITE, "served", invited_witness),
    Door(Needs.ACCOUNT_CONSENT, "mediator", Step.TELL, "served", told_respondent2),
    Door(Needs.ONE_ON_ONE_CONSENT, "mediator", Step.BEGIN_ONE_ON_ONE, "told", agreed_to(Consent.To.ONE_ON_ONE)),
    Door(
        Needs.ONE_ON_ONE_RECORDED,
        "mediator",
        Step.BEGIN_MEDIATION,
        "told",
        lambda going: going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="held"),
    ),
    Door(Needs.HARMED_SAYS_RESOLVED, "mediator", Step.RESOLVE_ONE_ON_ONE, "one_on_one", agreed_to(Consent.To.RESOLVED)),
    Door(Needs.MEDIATION_CONSENT, "mediator", Step.BEGIN_MEDIATION, "told", agreed_to(Consent.To.MEDIATION)),
    Door(Needs.AGREEMENT_AFFIRMED, "mediator", Step.AGREE, "mediation", affirmed),
    Door(Needs.AN_OPEN_ITEM, "mediator", Step.CHECK_IN, "mediation", Walk.amends),
    Door(Needs.ALL_ITEMS_SETTLED, "mediator", Step.COMPLETE_AMENDS, "amends", checked_in("late")),
    Door(Needs.A_BROKEN_ITEM, "mediator", Step.CLOSE_BROKEN, "amends", checked_in("broken")),
    Door(Needs.BROKEN_OR_SENT_BACK, "mediator", Step.RETURN_TO_MEDIATION, "amends", checked_in("broken")),
    Door(Needs.PACKET_CONSENT, "mediator", Step.REFER, "mediation", Walk.packed),
    Door(
        Needs.ACTIONED,
        "mediator",
        Step.REFER,
        "mediation",
        lambda going: going.take(
            Step.RECORD_SESSION, "mediator", form="shuttle", held_on="2026-11-20", attended=[], ground_rules=True
        ),
    ),
    Door(
        Needs.A_HARMED_PERSON,
        "mediator",
        Step.SET_MEDIATION_ASIDE,
        "saw",
        lambda going: invited(going, "friend", Part.HARMED),
    ),
    Door(Needs.TWELVE_MONTHS, "", Step.LAPSE, "told", silent_for_a_year),
    Door(Needs.ASKED_TO_RECORD, "mediator", Step.CLOSE_RECORDED, "begun", lambda going: wished(going, "record")),
    Door(Needs.ASKED_FOR_ADVICE, "mediator", Step.CLOSE_ADVISED, "served", lambda going: wished_anew("advice", going)),
    Door(Needs.WITHIN_THE_WINDOW, "member", Step.REOPEN, "told", lambda going: going.take(Step.WITHDRAW, "member")),
)
# Needs that time or a step shuts again: open after `until`, shut after `then`.
CLOSING = (
    Door(Needs.A_FREE_SEAT, "intake", Step.ASK, "taken_in", Walk.served),
    Door(Needs.NOT_ACKNOWLEDGED, "intake", Step.ACKNOWLEDGE, "filed", Walk.taken_in),
    Door(Needs.ANOTHER_MEDIATOR, "mediator", Step.DISTINGUISH, "distinguished", contested),
    Door(Needs.NOT_SPLIT, "mediator", Step.SPLIT, "served", split),
    Door(Needs.THE_HARMED_DECIDES, "member", Step.WITHDRAW, "saw", lambda going: invited(going, "friend", Part.HARMED)),
    Door(Needs.WITHIN_THE_WINDOW, "member", Step.REOPEN, "closed", lambda going: age(going, 91)),
    Door(Needs.AN_OFFER, "intake", Step.ACCEPT, "filed", offers_lapse),
    Door(Needs.THEIRS_TO_REOPEN, "mediator", Step.REOPEN, "told", lambda going: going.take(Step.WITHDRAW, "member")),
)


def begin(cast: Cast, until: str) -> Walk:
    return walk(cast, "served", route=Route.SAW) if until == "saw" else walk(cast, until)


def met(door: Door, going: Walk) -> bool:
    return is_met(door.need, going, door.login, door.step)


def is_met(need: Needs, going: Walk, login: str = "mediator", step: Step = Step.WITHDRAW) -> bool:
    user = going.cast.user(login) if login else None
    return GUARDS[need](Facts(Case.objects.get(pk=going.case.pk), user), step)


@pytest.mark.parametrize("door", DOORS, ids=[door.need.name for door in DOORS])
def test_a_need_is_shut_until_it_is_met(door: Door, cast: Cast) -> None:
    going = begin(cast, door.until)
    before = met(door, going)
    door.then(going)
    assert (before, met(door, going)) == (False, True)


@pytest.mark.parametrize("door", CLOSING, ids=[door.need.name for door in CLOSING])
def test_a_need_that_was_met_is_shut_when_its_time_is_over(door: Door, cast: Cast) -> None:
    going = begin(cast, door.until)
    before = met(door, going)
    door.then(going)
    assert (before, met(door, going)) == (True, False)


def test_a_text_agreed_to_for_one_thing_opens_no_other_and_is_used_once(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    texts = (Needs.ACCOUNT_CONSENT, Needs.INVITATION_CONSENT)
    invited_witness(going)
    before = [is_met(need, going) for need in texts]
    going.told()
    assert (before, [is_met(need, going) for need in texts]) == ([False, True], [False, True])


def test_two_seated_are_two(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    met_with = []
    for login in ("mediator", "mediator2"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
        going.take(Step.ACCEPT, login)
        met_with.append(is_met(Needs.TWO_SEATED, going))
    assert met_with == [False, True]


@pytest.mark.parametrize(
    ("nature", "is_open"),
    [(Nature.INTERPERSONAL, True), (Nature.MIXED, True), (Nature.POLITICAL, False), (Nature.UNSURE, False)],
)
def test_what_is_between_people_in_part_may_go_to_national(nature: Nature, *, is_open: bool, cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(nature)
    assert is_met(Needs.INTERPERSONAL, going) is is_open


def test_nobody_is_asked_whether_it_is_resolved_once_the_harmed_person_wants_it_to_go_no_further(cast: Cast) -> None:
    going = walk(cast, "served", route=Route.SAW)
    invited(going, "friend", Part.HARMED)
    going.agree(Consent.To.RESOLVED, "friend")
    before = is_met(Needs.HARMED_SAYS_RESOLVED, going)
    papers.withdraw_consent(going.case, Consent.objects.get(to=Consent.To.GO_ON), by=cast["friend"])
    assert (before, is_met(Needs.HARMED_SAYS_RESOLVED, going)) == (True, False)


def test_amends_that_were_taken_out_of_the_database_are_not_settled(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="kept")
    before = is_met(Needs.ALL_ITEMS_SETTLED, going)
    AmendsItem.objects.all().delete()
    assert (before, is_met(Needs.ALL_ITEMS_SETTLED, going)) == (True, False)


def test_every_need_is_walked_through() -> None:
    # A kit of the organisation is made outside any case: tests/grievances/test_organisation.py.
    assert {door.need for door in (*DOORS, *CLOSING)} == set(Needs) - {Needs.RECOVERY_READY}


def test_every_need_is_walked_through_by_a_step_that_has_it() -> None:
    assert [door.need for door in (*DOORS, *CLOSING) if door.need not in WAY[door.step].needs] == []


def reasons(going: Walk, step: Step, login: str = "mediator") -> list[tuple[str, str]]:
    facts = Facts(Case.objects.get(pk=going.case.pk), going.cast.user(login))
    return [(str(each.reason), each.clause) for each in refusals(step, facts)]


# Code 4.2


def test_national_opens_once_mediation_was_actioned_and_says_so_with_the_clause(cast: Cast) -> None:
    going = walk(cast, "mediation")
    going.packed()
    assert reasons(going, Step.REFER) == [("National referral opens once Caucus mediation has been actioned.", "4.2")]


def test_a_session_held_opens_the_way_to_national(cast: Cast) -> None:
    going = walk(cast, "mediation")
    going.packed()
    going.take(Step.RECORD_SESSION, "mediator", form="shuttle", held_on="2026-11-20", attended=[], ground_rules=True)
    assert reasons(going, Step.REFER) == []


@pytest.mark.parametrize("how", ["declined", "unsafe", "not_possible"])
def test_mediation_set_aside_counts_as_actioned(how: str, cast: Cast) -> None:
    going = walk(cast, "told")
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    going.take(Step.SET_MEDIATION_ASIDE, "mediator", {"text": "They do not want to."}, actioned_how=how)
    going.packed()
    assert reasons(going, Step.REFER) == []


@pytest.mark.parametrize("how", ["held", "broken"])
def test_mediation_is_not_set_aside_as_held_or_broken(how: str, cast: Cast) -> None:
    going = walk(cast, "told")
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    with pytest.raises(NotOpen):
        going.take(Step.SET_MEDIATION_ASIDE, "mediator", {"text": "So."}, actioned_how=how)
    assert Case.objects.get(pk=going.case.pk).actioned_how == ""


def test_the_exception_waives_the_mediation_and_the_second_mediator(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    going.take(Step.ACCEPT, "mediator")
    going.distinguished()
    going.packed()
    case = going.take(Step.REFER_BY_EXCEPTION, "mediator", WAITS, exception_reason="urgent_risk")
    assert (case.stage, case.exception_reason) == (Stage.NATIONAL, ExceptionReason.URGENT_RISK)


def test_the_exception_waives_nothing_else(cast: Cast) -> None:
    going = walk(cast, "filed")
    going.take(Step.ACCEPT, "intake")
    going.served()
    assert [clause for _reason, clause in reasons(going, Step.REFER_BY_EXCEPTION)] == ["5.0", "4.2", "4.2"]


def test_a_political_question_never_goes_to_national(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.POLITICAL)
    going.packed()
    assert [clause for _reason, clause in reasons(going, Step.REFER_BY_EXCEPTION)] == ["4.2"]


def test_a_withdrawn_consent_shuts_national(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.packed()
    before = reasons(going, Step.REFER)
    given = Consent.objects.get(paper__purpose=Purpose.PACKET)
    papers.withdraw_consent(going.case, given, by=cast["member"])
    assert (before, len(reasons(going, Step.REFER))) == ([], 1)


# Code 3


@pytest.mark.parametrize("how", OneOnOne.values)
def test_each_of_the_five_ways_of_recording_one_on_one_satisfies_the_step(how: str, cast: Cast) -> None:
    going = walk(cast, "told")
    going.agree(Consent.To.MEDIATION, "member")
    before = len(reasons(going, Step.BEGIN_MEDIATION))
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one=how)
    assert (before, reasons(going, Step.BEGIN_MEDIATION), going.case.one_on_one) == (1, [], how)
    assert going.take(Step.BEGIN_MEDIATION, "mediator").stage == Stage.MEDIATION


def test_a_step_at_another_stage_says_where_it_belongs_and_where_the_case_stands(cast: Cast) -> None:
    assert reasons(walk(cast, "told"), Step.AGREE) == [
        ("This step belongs to: Mediation. The case stands at: Intake.", "5.6")
    ]
