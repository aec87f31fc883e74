"""The whole way, through the pages alone: real logins, real keys, nothing but what a browser can send."""

from __future__ import annotations

import pytest
from django.utils import timezone

from caracol.ledger.chain import first_fault
from grievances.models import Clock, Outcome
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast
from tests.story import ACCOUNT, WAITS, Story
from tests.visitor import Visitor

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]


@pytest.fixture
def story(cast: Cast) -> Story:
    return Story(cast, Visitor.logged_in)


def test_a_concern_goes_all_the_way_to_national_and_to_closing(story: Story) -> None:
    story.filed()
    assert story.case.stage == Stage.INTAKE
    assert set(story.case.clocks.values_list("kind", flat=True)) == {
        Clock.Kind.ACKNOWLEDGE, Clock.Kind.DISTINGUISH, Clock.Kind.RESOLVE
    }  # fmt: skip
    story.served()
    assert Visitor.logged_in("intake").client.get(story.path).status_code == 404
    story.distinguished()
    story.told()
    assert ACCOUNT in story["respondent"].open(f"{story.path}rooms/{party_room(story, 'respondent')}/")
    story.one_on_one("declined")
    assert story.case.stage == Stage.ONE_ON_ONE
    story.mediated()
    story.agreed()
    assert story.case.stage == Stage.AMENDS
    story.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    story.packed_and_referred()
    assert story.case.stage == Stage.NATIONAL
    story.take(Step.RECORD_ANSWER, "mediator2", text="They take it up.")
    assert (story.case.stage, story.case.outcome) == (Stage.CLOSED, Outcome.NATIONAL)
    assert first_fault() is None
    assert "National" in story["member"].open(f"{story.path}history/")


def test_a_concern_is_resolved_one_on_one(story: Story) -> None:
    story.under_way()
    story.one_on_one("held")
    story.agree("resolved", "member")
    story.take(Step.RESOLVE_ONE_ON_ONE, "mediator")
    assert story.case.outcome == Outcome.RESOLVED


def test_amends_are_kept(story: Story) -> None:
    story.under_way()
    story.one_on_one("held")
    story.mediated()
    story.agreed()
    story.take(Step.CHECK_IN, "mediator2", item="1", state="kept")
    story.take(Step.COMPLETE_AMENDS, "mediator", heard="heard")
    assert story.case.outcome == Outcome.AMENDS_KEPT


def test_a_broken_agreement_goes_back_to_mediation_and_then_to_national(story: Story) -> None:
    story.under_way()
    story.one_on_one("held")
    story.mediated()
    story.agreed()
    story.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    story.take(Step.RETURN_TO_MEDIATION, "mediator")
    assert story.case.stage == Stage.MEDIATION
    story.packed_and_referred()
    assert story.case.stage == Stage.NATIONAL


def test_a_political_question_goes_to_a_meeting(story: Story) -> None:
    story.filed(clauses=["6.1"])
    story.served()
    story.distinguished("political")
    assert story.case.nature == ""
    story.confirm("mediator2")
    assert story.case.nature == "political"
    story["mediator"].done(f"{story.path}papers/agenda/", text="How do we decide on endorsements?")
    story.agree("paper", "member")
    story.take(Step.REDIRECT, "mediator", meeting_on=timezone.localdate().isoformat())
    story.confirm("mediator2")
    assert story.case.outcome == Outcome.REDIRECTED
    assert "How do we decide on endorsements?" in story["mediator2"].open("/agenda/")


def test_the_political_half_of_a_mixed_concern_is_split_off(story: Story) -> None:
    story.filed()
    story.served()
    story.distinguished("mixed")
    today = timezone.localdate().isoformat()
    story.take(Step.SPLIT, "mediator", meeting_on=today, text="Who speaks for us?")
    page = story["mediator"].open("/agenda/")
    assert ("Who speaks for us?" in page, story.reference in page) == (True, False)
    assert story.case.stage == Stage.INTAKE


def test_somebody_who_caused_harm_makes_amends(story: Story) -> None:
    story.filed(route="caused")
    story.served()
    story.distinguished()
    story["mediator"].done(
        f"{story.path}papers/invitation/",
        person_invited=story.handle("friend"), invited_as="harmed", text="Somebody wants to make amends.",
    )  # fmt: skip
    story.agree("paper", "member")
    story.take(Step.INVITE, "mediator", paper=story.case.papers.get().token)
    story.agree("go_on", "friend")
    story.agree("one_on_one", "member", "friend")
    story.take(Step.BEGIN_ONE_ON_ONE, "mediator")
    story.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="held")
    story.agree("resolved", "friend")
    story.take(Step.RESOLVE_ONE_ON_ONE, "mediator")
    assert story.case.outcome == Outcome.RESOLVED


def test_a_concern_is_withdrawn(story: Story) -> None:
    story.filed()
    story.served()
    story.take(Step.WITHDRAW, "member")
    assert story.case.outcome == Outcome.WITHDRAWN


def test_an_urgent_matter_goes_to_national_by_exception(story: Story) -> None:
    story.filed()
    story.served()
    story.distinguished()
    story.packed()
    shared = {**WAITS, "recipient": "national", "until": timezone.localdate().isoformat()}
    story.take(Step.REFER_BY_EXCEPTION, "mediator", exception_reason="urgent_risk", reason="It can't wait.", **shared)
    assert (story.case.stage, story.case.exception_reason) == (Stage.NATIONAL, "urgent_risk")


def test_a_withdrawn_consent_stops_the_next_step(story: Story) -> None:
    story.filed()
    story.served()
    story.distinguished()
    story.agree("one_on_one", "member")
    story["member"].press(f"{story.path}consents/", to="one_on_one", deed="withdraw")
    page = story["mediator"].open(f"{story.path}{Step.BEGIN_ONE_ON_ONE}/")
    assert "First the reporter and the person harmed consent to a one-on-one." in page
    assert story.case.stage == Stage.INTAKE


def party_room(story: Story, login: str) -> str:
    return story.case.rooms.get(seat__user=story.cast.user(login)).token
