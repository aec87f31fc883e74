from __future__ import annotations

import json

import pytest

from grievances.actions import papers, seats
from grievances.exceptions import NotOpen
from grievances.models import Actioned, Consent, MediationSession, Purpose
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import SESSION, opened

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def agreement(going: Walk, *logins: str, **item: str) -> None:
    promise = {"owner": going.seat_token("respondent"), "facet": "apology", "due_on": "2030-01-01", "words": "Sorry."}
    words = {"text": "We agree.", "amends": json.dumps([{**promise, **item}])}
    paper = papers.prepare(going.case, Purpose.AGREEMENT, words, by=going.cast["mediator"])
    going.agree_to_paper(paper, *logins)


def test_a_shuttle_session_needs_no_consent_and_says_who_was_there(cast: Cast) -> None:
    going = walk(cast, "mediation")
    present = [going.seat_token("mediator"), going.seat_token("member")]
    case = going.take(Step.RECORD_SESSION, "mediator", **{**SESSION, "attended": present})
    held = MediationSession.objects.get()
    assert {seat.token for seat in held.attended.all()} == set(present)
    assert case.actioned_how == Actioned.HELD


def test_a_joint_session_needs_each_sides_consent_to_sit_together(cast: Cast) -> None:
    going = walk(cast, "mediation")
    going.agree(Consent.To.JOINT, "member")
    with pytest.raises(NotOpen, match="each side"):
        going.take(Step.RECORD_SESSION, "mediator", **{**SESSION, "form": "joint"})
    going.agree(Consent.To.JOINT, "respondent")
    going.take(Step.RECORD_SESSION, "mediator", **{**SESSION, "form": "joint"})
    assert MediationSession.objects.get().form == "joint"


def test_a_session_without_ground_rules_is_none(cast: Cast) -> None:
    going = walk(cast, "mediation")
    with pytest.raises(NotOpen, match="ground rules") as refused:
        going.take(Step.RECORD_SESSION, "mediator", **{**SESSION, "ground_rules": False})
    assert (refused.value.clause, MediationSession.objects.count()) == ("5.3", 0)


def test_a_seat_of_another_case_attends_nothing(cast: Cast) -> None:
    other = walk(cast, "told").seat_token("respondent")
    going = walk(cast, "mediation")
    going.take(Step.RECORD_SESSION, "mediator", **{**SESSION, "attended": [other]})
    assert not MediationSession.objects.get().attended.exists()


def test_an_agreement_that_one_side_did_not_affirm_is_not_entered(cast: Cast) -> None:
    going = walk(cast, "mediation")
    agreement(going, "member")
    with pytest.raises(NotOpen):
        going.take(Step.AGREE, "mediator")


def test_an_agreement_without_dated_amends_is_not_entered(cast: Cast) -> None:
    going = walk(cast, "mediation")
    words = {"text": "We agree.", "amends": "[]"}
    paper = papers.prepare(going.case, Purpose.AGREEMENT, words, by=cast["mediator"])
    going.agree_to_paper(paper, "member", "respondent")
    with pytest.raises(NotOpen):
        going.take(Step.AGREE, "mediator")


def test_amends_are_owned_by_a_side(cast: Cast) -> None:
    going = walk(cast, "mediation")
    agreement(going, "member", "respondent", owner=going.seat_token("mediator"))
    with pytest.raises(NotOpen, match="has left"):
        going.take(Step.AGREE, "mediator")
    assert not going.case.amends.exists()


def test_an_agreement_opens_the_amends(cast: Cast) -> None:
    going = walk(cast, "mediation")
    agreement(going, "member", "respondent")
    case = going.take(Step.AGREE, "mediator")
    assert (case.stage, [item.line for item in case.amends.all()]) == (Stage.AMENDS, [1])


def test_both_sides_read_the_agreement_on_the_table(cast: Cast) -> None:
    going = walk(cast, "amends")
    for login in ("member", "respondent", "mediator2"):
        assert ("agreement", "We agree.") in opened(going.case, cast[login])


def test_nobody_without_consent_to_take_part_reads_the_table(cast: Cast) -> None:
    going = walk(cast, "told")
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="declined")
    going.agree(Consent.To.MEDIATION, "member")
    going.take(Step.BEGIN_MEDIATION, "mediator")
    agreement(going, "member")
    assert ("agreement", "We agree.") not in opened(going.case, cast["respondent"])


def test_an_agreement_waits_for_nobody_who_has_left(cast: Cast) -> None:
    going = walk(cast, "mediation")
    agreement(going, "member", "respondent")
    seats.leave(going.case, by=cast["respondent"])
    with pytest.raises(NotOpen):
        going.take(Step.AGREE, "mediator")


def test_closing_without_agreement_gives_its_reason_to_the_harm_side_alone(cast: Cast) -> None:
    going = walk(cast, "mediation")
    case = going.take(Step.CLOSE_WITHOUT_AGREEMENT, "mediator", {"text": "They do not agree."})
    assert (case.outcome, ("reason", "They do not agree.") in opened(case, cast["member"])) == ("no_agreement", True)
    assert ("reason", "They do not agree.") not in opened(case, cast["respondent"])


def test_setting_mediation_aside_keeps_its_reason_among_the_mediators(cast: Cast) -> None:
    going = walk(cast, "told")
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    case = going.take(Step.SET_MEDIATION_ASIDE, "mediator", {"text": "Unsafe."}, actioned_how="unsafe")
    assert (case.stage, case.actioned_how) == (Stage.MEDIATION, Actioned.UNSAFE)
    assert [("reason", "Unsafe.") in opened(case, cast[login]) for login in ("mediator2", "member")] == [True, False]
