"""The whole way, through the pages alone: real logins, real keys, nothing but what a browser can send."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.utils import timezone

from caracol.ledger.chain import first_fault
from grievances.models import Case, Clock, Outcome
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast
from tests.visitor import Visitor

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

STATEMENT = "He shouted at me in front of everybody."
ACCOUNT = "At the June meeting a member was shouted at, and it hurt them."
PROMISE = "A letter of apology, read out by its writer."


@dataclass
class Story:
    """One concern and the people who carry it, each in a browser of their own."""

    cast: Cast
    reference: str = ""
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def __getitem__(self, login: str) -> Visitor:
        if login not in self.visitors:
            self.cast[login]
            self.visitors[login] = Visitor.logged_in(login)
        return self.visitors[login]

    @property
    def case(self) -> Case:
        return Case.objects.get(reference=self.reference)

    @property
    def path(self) -> str:
        return f"/cases/{self.reference}/"

    def handle(self, login: str) -> str:
        return self.cast.user(login).handle

    def take(self, step: Step, login: str, **answers: str | list[str]) -> None:
        self[login].done(f"{self.path}{step}/", **answers)

    def agree(self, to: str, *logins: str) -> None:
        for login in logins:
            page = f"{self.path}consents/"
            form = next(form for form in self[login].forms(page) if form.fields.get("to") == [to])
            assert self[login].post(form, page, {}).status_code == 302

    def confirm(self, login: str) -> None:
        page = self[login].open(self.path)
        confirming = page.split('/confirm/')[0].rsplit('href="', 1)[1] + "/confirm/" + page.split("/confirm/")[1].split('"')[0]
        self[login].done(confirming)

    def filed(self, *, route: str = "harmed", **draft: str | list[str]) -> None:
        for server in ("intake", "mediator", "mediator2"):
            self.cast[server]
        member = self["member"]
        self.reference = member.done("/raise/", route=route).split("/")[2]
        member.done(f"{self.path}conflicts/", nobody="on")
        answers = {"saw": STATEMENT, "danger": "no", "wish": "way", "named": "Robin", "clauses": ["3.3", "5.4"]}
        filing = member.done(f"{self.path}draft/", **{**answers, **draft}, file="yes")
        member.done(filing)

    def served(self) -> None:
        """Intake takes it in and asks two mediators, who look at the names and accept."""
        self["intake"].done(f"/asked/{self.reference}/names/reporter/", answer="accept")
        self.take(Step.ACKNOWLEDGE, "intake")
        for login in ("mediator", "mediator2"):
            self.take(Step.ASK, "intake", who=self.handle(login))
            assert "Robin" in self[login].open(f"/asked/{self.reference}/names/")
            self[login].done(f"/asked/{self.reference}/names/reporter/", answer="accept")

    def distinguished(self, nature: str = "interpersonal") -> None:
        self.take(Step.DISTINGUISH, "mediator", nature=nature, text="It is about how somebody was treated.")

    def told(self) -> None:
        self["mediator"].done(f"{self.path}papers/account/", person_told=self.handle("respondent"), text=ACCOUNT)
        self.agree("paper", "member")
        self.take(Step.TELL, "mediator", paper=self.case.papers.get().token)

    def one_on_one(self, how: str) -> None:
        self.agree("one_on_one", "member", "respondent")
        self.take(Step.BEGIN_ONE_ON_ONE, "mediator")
        self.take(Step.OFFER_SPACE, "member", channel="call", to=self.case.seats.get(respondent=True).token)
        space = self.case.spaces.get().token
        self["respondent"].done(f"{self.path}spaces/{space}/", answer="accepted" if how == "held" else "declined")
        self.take(Step.RECORD_ONE_ON_ONE, "mediator2", one_on_one=how)

    def mediated(self) -> None:
        self.agree("mediation", "member", "respondent")
        self.agree("joint", "member", "respondent")
        self.take(Step.BEGIN_MEDIATION, "mediator")
        everybody = [seat.token for seat in self.case.seats.filter(left_at=None)]
        today = timezone.localdate().isoformat()
        self.take(Step.RECORD_SESSION, "mediator", form="joint", held_on=today, attended=everybody)

    def agreed(self) -> None:
        line = {
            "amends-0-words": PROMISE,
            "amends-0-facet": "apology",
            "amends-0-owner": self.case.seats.get(respondent=True).token,
            "amends-0-due_on": (timezone.localdate() + dt.timedelta(days=30)).isoformat(),
        }
        self["mediator2"].done(f"{self.path}papers/agreement/", text="We will talk before we write.", **line)
        self.agree("paper", "member", "respondent")
        self.take(Step.AGREE, "mediator")

    def packed(self) -> None:
        self["mediator"].done(f"{self.path}papers/packet/", text="What National needs to know.")
        self.agree("paper", "member")


@pytest.fixture
def story(cast: Cast) -> Story:
    return Story(cast)


WAITS = {"who": "National", "why": "The agreement was broken.", "what": "The packet.", "needed": "All of it."}


def test_a_concern_goes_all_the_way_to_national_and_to_closing(story: Story) -> None:
    story.filed()
    assert story.case.stage == Stage.INTAKE
    assert set(story.case.clocks.values_list("kind", flat=True)) == {
        Clock.Kind.ACKNOWLEDGE, Clock.Kind.DISTINGUISH, Clock.Kind.RESOLVE
    }  # fmt: skip
    story.served()
    assert story["intake"].client.get(story.path).status_code == 404
    story.distinguished()
    story.told()
    assert ACCOUNT in story["respondent"].open(f"{story.path}rooms/{party_room(story, 'respondent')}/")
    story.one_on_one("declined")
    assert story.case.stage == Stage.ONE_ON_ONE
    story.mediated()
    story.agreed()
    assert story.case.stage == Stage.AMENDS
    story.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    story.packed()
    story.take(Step.REFER, "mediator", **WAITS)
    assert story.case.stage == Stage.AMENDS
    story.confirm("mediator2")
    assert story.case.stage == Stage.NATIONAL
    story.take(Step.RECORD_ANSWER, "mediator2", text="They take it up.")
    assert (story.case.stage, story.case.outcome) == (Stage.CLOSED, Outcome.NATIONAL)
    assert first_fault() is None
    assert "National" in story["member"].open(f"{story.path}history/")


def test_a_concern_is_resolved_one_on_one(story: Story) -> None:
    story.filed()
    story.served()
    story.distinguished()
    story.told()
    story.one_on_one("held")
    story.agree("resolved", "member")
    story.take(Step.RESOLVE_ONE_ON_ONE, "mediator")
    assert story.case.outcome == Outcome.RESOLVED


def test_amends_are_kept(story: Story) -> None:
    story.filed()
    story.served()
    story.distinguished()
    story.told()
    story.one_on_one("held")
    story.mediated()
    story.agreed()
    story.take(Step.CHECK_IN, "mediator2", item="1", state="kept")
    story.take(Step.COMPLETE_AMENDS, "mediator", heard="heard")
    assert story.case.outcome == Outcome.AMENDS_KEPT


def test_a_broken_agreement_goes_back_to_mediation_and_then_to_national(story: Story) -> None:
    story.filed()
    story.served()
    story.distinguished()
    story.told()
    story.one_on_one("held")
    story.mediated()
    story.agreed()
    story.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    story.take(Step.RETURN_TO_MEDIATION, "mediator")
    assert story.case.stage == Stage.MEDIATION
    story.packed()
    story.take(Step.REFER, "mediator2", **WAITS)
    story.confirm("mediator")
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
    story.take(
        Step.REFER_BY_EXCEPTION, "mediator", exception_reason="urgent_risk", reason="It can't wait.", **WAITS
    )
    assert (story.case.stage, story.case.exception_reason) == (Stage.NATIONAL, "urgent_risk")


def test_a_withdrawn_consent_stops_the_next_step(story: Story) -> None:
    story.filed()
    story.served()
    story.distinguished()
    story.agree("one_on_one", "member")
    page = f"{story.path}consents/"
    taking_back = next(form for form in story["member"].forms(page) if form.fields.get("deed") == ["withdraw"])
    assert story["member"].post(taking_back, page, {}).status_code == 302
    page = story["mediator"].open(f"{story.path}{Step.BEGIN_ONE_ON_ONE}/")
    assert "First the reporter and the person harmed consent to a one-on-one." in page
    assert story.case.stage == Stage.INTAKE


def party_room(story: Story, login: str) -> str:
    return story.case.rooms.get(seat__user=story.cast.user(login)).token
