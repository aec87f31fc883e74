"""A withdrawn consent stops the next step (invariant 9): for everything that can be consented to, and between two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from grievances.actions import confirm, papers, seats, take
from grievances.exceptions import NotOpen
from grievances.facts import Facts
from grievances.guards import refusals
from grievances.models import Case, Consent, Nature, Purpose, Route
from grievances.roles import Part
from grievances.workflow import Stage, Step
from tests.grievances.cast import DRAFT, Cast, Walk, walk
from tests.grievances.moves import WAITS, doors, invited, laid
from tests.grievances.views.pages import at, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
To = Consent.To


@dataclass(frozen=True)
class Standing:
    """A consent and the step that stands on it: how a case comes to where it is open, and who takes the yes back."""

    to: Consent.To
    step: Step
    comes: Callable[[Cast], Walk]
    by: str = "member"
    purpose: Purpose | None = None
    words: dict[str, str] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.to}-{self.purpose or ''}-{self.step.name}-{self.by}"

    def takes(self, going: Walk) -> bool:
        """Return whether the step is taken, or proposed where it takes two; whatever it did is undone."""
        case = Case.objects.get(pk=going.case.pk)
        choices = {**self.choices, **self.paper(going)}
        with transaction.atomic():
            try:
                take(self.step, case, by=going.cast["mediator"], words=self.words, choices=choices)
            except NotOpen:
                return False
            finally:
                transaction.set_rollback(True)
        return True

    def paper(self, going: Walk) -> dict[str, str]:
        return {"paper": going.case.papers.get(used_at=None).token} if self.purpose else {}

    def take_back(self, going: Walk) -> None:
        given = Consent.objects.get(
            to=self.to, seat__user=going.cast.user(self.by), withdrawn_at=None, paper__used_at=None
        )
        papers.withdraw_consent(going.case, given, by=going.cast[self.by])


def told(cast: Cast, *to: Consent.To) -> Walk:
    going = walk(cast, "told")
    for each in to:
        going.agree(each, "member")
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="declined")
    return going


def seated_together(cast: Cast) -> Walk:
    going = walk(cast, "mediation")
    going.agree(To.JOINT, "member", "respondent")
    return going


def resolved(cast: Cast) -> Walk:
    going = walk(cast, "one_on_one")
    going.agree(To.RESOLVED, "member")
    return going


def harmed_agrees(cast: Cast) -> Walk:
    going = walk(cast, "served", route=Route.SAW)
    going.distinguished()
    invited(going, "friend", Part.HARMED)
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    return going


def one_mediator(cast: Cast) -> Walk:
    going = walk(cast, "begun")
    going.written(one_mediator="yes")
    going.take(Step.FILE, "member")
    going.taken_in()
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    going.take(Step.ACCEPT, "mediator")
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    going.agree(To.MEDIATION, "member")
    return going


def text_for(purpose: Purpose, part: Part | None = None) -> Callable[[Cast], Walk]:
    def comes(cast: Cast) -> Walk:
        going = walk(cast, "distinguished")
        laid(going, purpose, person=cast.user("respondent") if part else None, part=part)
        return going

    return comes


def political(cast: Cast) -> Walk:
    going = walk(cast, "served")
    going.distinguished(Nature.POLITICAL)
    laid(going, Purpose.AGENDA)
    return going


def affirmed(cast: Cast) -> Walk:
    going = walk(cast, "mediation")
    promise = '[{"owner": "%s", "facet": "repair", "due_on": "2030-01-01", "words": "So."}]'
    words = {"text": "We agree.", "amends": promise % going.seat_token("respondent")}
    paper = papers.prepare(going.case, Purpose.AGREEMENT, words, by=cast["mediator"])
    going.agree_to_paper(paper, "member", "respondent")
    return going


def packed(cast: Cast) -> Walk:
    going = walk(cast, "mediation")
    going.take(Step.RECORD_SESSION, "mediator", form="shuttle", held_on=today(), attended=[], ground_rules=True)
    going.packed()
    return going


def today() -> str:
    return timezone.localdate().isoformat()


REASON = {"text": "So it is.", "reason": "Urgent.", **WAITS}
MEETING = {"meeting_on": (timezone.localdate() + dt.timedelta(days=9)).isoformat()}
JOINT = {"form": "joint", "held_on": today(), "attended": [], "ground_rules": True}
STANDING = (
    Standing(To.ONE_ON_ONE, Step.BEGIN_ONE_ON_ONE, lambda cast: _agreed(walk(cast, "told"), To.ONE_ON_ONE)),
    Standing(To.MEDIATION, Step.BEGIN_MEDIATION, lambda cast: told(cast, To.MEDIATION)),
    Standing(To.JOINT, Step.RECORD_SESSION, seated_together, choices=JOINT),
    Standing(To.JOINT, Step.RECORD_SESSION, seated_together, by="respondent", choices=JOINT),
    Standing(To.RESOLVED, Step.RESOLVE_ONE_ON_ONE, resolved),
    Standing(
        To.GO_ON, Step.SET_MEDIATION_ASIDE, harmed_agrees, by="friend", words=REASON, choices={"actioned_how": "unsafe"}
    ),
    Standing(To.ONE_MEDIATOR, Step.BEGIN_MEDIATION, one_mediator),
    Standing(To.PAPER, Step.TELL, text_for(Purpose.ACCOUNT, Part.RESPONDENT), purpose=Purpose.ACCOUNT),
    Standing(To.PAPER, Step.INVITE, text_for(Purpose.INVITATION, Part.WITNESS), purpose=Purpose.INVITATION),
    Standing(To.PAPER, Step.REDIRECT, political, purpose=Purpose.AGENDA, choices=MEETING),
    Standing(To.PAPER, Step.AGREE, affirmed, purpose=Purpose.AGREEMENT),
    Standing(To.PAPER, Step.AGREE, affirmed, by="respondent", purpose=Purpose.AGREEMENT),
    Standing(To.PAPER, Step.REFER, packed, purpose=Purpose.PACKET, words=REASON),
    Standing(
        To.PAPER, Step.REFER_BY_EXCEPTION, packed, purpose=Purpose.PACKET, words=REASON,
        choices={"exception_reason": "urgent_risk"},
    ),
)  # fmt: skip
# A door each, and no step: they are shown in the tests of what follows from a consent.
DOORS = {To.NAME, To.SUPPORT, To.READ}
# It stops what leaves: tests/grievances/views/test_packet.py.
LEAVES = {To.PACKET}


def _agreed(going: Walk, to: Consent.To) -> Walk:
    going.agree(to, "member")
    return going


@pytest.mark.parametrize("standing", STANDING, ids=str)
def test_taken_back_it_stops_the_next_step_and_given_again_it_opens_it(cast: Cast, standing: Standing) -> None:
    going = standing.comes(cast)
    before = standing.takes(going)
    standing.take_back(going)
    stopped = not standing.takes(going)
    _give_again(going, standing)
    assert (before, stopped, standing.takes(going)) == (True, True, True)


def _give_again(going: Walk, standing: Standing) -> None:
    paper = going.case.papers.get(used_at=None) if standing.purpose else None
    version = paper.version if paper else None
    papers.consent(going.case, standing.to, by=going.cast[standing.by], paper=paper, version=version)


@pytest.mark.parametrize("standing", STANDING, ids=str)
def test_the_mediator_reads_on_the_page_of_the_step_who_took_it_back(cast: Cast, standing: Standing) -> None:
    going = standing.comes(cast)
    address = at(going, f"{standing.step.value}/")
    before = text_of(cast.browser("mediator").get(address))
    standing.take_back(going)
    after = text_of(cast.browser("mediator").get(address))
    said = "took this back on"
    assert (said in before, said in after) == (False, True)
    assert f": {standing.to.label}" in after
    assert said not in text_of(cast.browser("respondent").get(address))


def test_every_consent_and_every_text_is_among_these() -> None:
    assert {standing.to for standing in STANDING} | DOORS | LEAVES == set(To)
    assert {standing.purpose for standing in STANDING} - {None} == set(Purpose)


# Between a proposal and its confirmation

PROPOSED = [standing for standing in STANDING if standing.step in {Step.REDIRECT, Step.REFER}]


@pytest.mark.parametrize("standing", PROPOSED, ids=str)
def test_taken_back_between_a_proposal_and_its_confirmation_it_voids_the_proposal(
    cast: Cast, standing: Standing
) -> None:
    going = standing.comes(cast)
    going.take(standing.step, "mediator", standing.words, **standing.choices, **standing.paper(going))
    standing.take_back(going)
    second = cast.browser("mediator2").get(at(going, f"{standing.step.value}/confirm/{_waiting(going)}/"))
    assert "This proposal has ended." in text_of(second)
    assert "took this back on" in text_of(second)
    with pytest.raises(NotOpen):
        going.confirmed()
    _give_again(going, standing)
    with pytest.raises(NotOpen, match="proposal has ended"):
        going.confirmed()
    assert going.case.stage != Stage.NATIONAL


def _waiting(going: Walk) -> str:
    return str(going.case.proposals.get(ended_at=None).token)


def test_any_other_consent_taken_back_meanwhile_voids_the_proposal_too(cast: Cast) -> None:
    going = packed(cast)
    going.take(Step.REFER, "mediator", REASON)
    mediation = Consent.objects.get(to=To.MEDIATION, seat__user=cast.user("member"))
    papers.withdraw_consent(going.case, mediation, by=cast["member"])
    with pytest.raises(NotOpen, match="proposal has ended"):
        confirm(going.case.proposals.select_related("case", "proposed_by").get(ended_at=None), by=cast["mediator2"])


# What closes with it


def test_after_mediation_was_taken_back_no_session_counts_that_was_held_later(cast: Cast) -> None:
    going = walk(cast, "mediation")
    mediation = Consent.objects.get(to=To.MEDIATION, seat__user=cast.user("respondent"))
    papers.withdraw_consent(going.case, mediation, by=cast["respondent"])
    Consent.objects.filter(pk=mediation.pk).update(withdrawn_at=timezone.now() - dt.timedelta(days=2))
    held: dict[str, Any] = {"form": "shuttle", "attended": [], "ground_rules": True}
    with pytest.raises(NotOpen, match="took back"):
        going.take(Step.RECORD_SESSION, "mediator", held_on=today(), **held)
    earlier = (timezone.localdate() - dt.timedelta(days=2)).isoformat()
    assert going.take(Step.RECORD_SESSION, "mediator", held_on=earlier, **held).actioned_how == "held"


def test_nobody_is_offered_a_private_space_who_took_back_their_yes_to_a_talk(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    given = Consent.objects.get(to=To.ONE_ON_ONE, seat__user=cast.user("respondent"))
    papers.withdraw_consent(going.case, given, by=cast["respondent"])
    offer: dict[str, Any] = {"to": going.seat_token("respondent"), "channel": "call", "meets_at": ""}
    for login in ("member", "mediator"):
        with pytest.raises(NotOpen, match="took back"):
            going.take(Step.OFFER_SPACE, login, **offer)
    going.agree(To.ONE_ON_ONE, "respondent")
    assert going.take(Step.OFFER_SPACE, "member", **offer).spaces.count() == 1


def test_the_table_closes_to_who_takes_part_no_more_and_opens_again(cast: Cast) -> None:
    going = walk(cast, "mediation")
    table = going.case.rooms.get(kind="table")
    for given in Consent.objects.filter(seat__user=cast.user("respondent"), withdrawn_at=None):
        papers.withdraw_consent(going.case, given, by=cast["respondent"])
    assert ("table" in doors(going.case, cast.user("respondent")), table.epoch + 1) == (
        False,
        going.case.rooms.get(kind="table").epoch,
    )
    going.agree(To.MEDIATION, "respondent")
    assert "table" in doors(going.case, cast.user("respondent"))


def test_who_affirmed_an_agreement_keeps_sight_of_it(cast: Cast) -> None:
    going = walk(cast, "amends")
    for given in Consent.objects.filter(seat__user=cast.user("respondent"), withdrawn_at=None):
        papers.withdraw_consent(going.case, given, by=cast["respondent"])
    assert "table" in doors(going.case, cast.user("respondent"))


def test_the_yes_to_one_mediator_is_given_later_as_well_and_asked_anew_after_a_closing(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.agree(To.ONE_MEDIATOR, "member")
    assert Case.objects.get(pk=going.case.pk).one_mediator_agreed
    going.take(Step.WITHDRAW, "member")
    assert not going.take(Step.REOPEN, "member").one_mediator_agreed
    assert not Consent.objects.filter(to=To.ONE_MEDIATOR, withdrawn_at=None).exists()


def test_a_draft_without_the_tick_leaves_no_such_yes(cast: Cast) -> None:
    assert "one_mediator" not in DRAFT
    walk(cast, "filed")
    assert not Consent.objects.filter(to=To.ONE_MEDIATOR).exists()


# Who stands by somebody, and who knows the name


def test_a_support_person_sent_home_opens_nothing_written_afterwards_and_can_be_asked_again(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    room = going.case.rooms.get(seat__user=cast.user("member"), kind="party")
    given = Consent.objects.get(to=To.SUPPORT)
    papers.withdraw_consent(going.case, given, by=cast["member"])
    assert going.case.rooms.get(pk=room.pk).epoch == room.epoch + 1
    assert doors(going.case, cast.user("friend")) == set()
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    assert cast.user("member").handle in doors(going.case, cast.user("friend"))


def test_a_support_person_who_leaves_ends_the_yes_as_well(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    seats.leave(going.case, by=cast["friend"])
    assert Consent.objects.get(to=To.SUPPORT).withdrawn_at is not None


def test_a_mediator_who_steps_back_no_longer_holds_the_key_to_the_name(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written(keep_back="yes")
    going.take(Step.FILE, "member")
    going.taken_in()
    going.served()
    papers.consent(going.case, To.NAME, by=cast["member"], person=cast.user("mediator"))
    assert "identity" in doors(going.case, cast.user("mediator"))
    going.take(Step.RECUSE, "mediator")
    assert doors(going.case, cast.user("mediator")) == set()
    assert Consent.objects.get(to=To.NAME).withdrawn_at is not None


@pytest.mark.parametrize("route", [Route.SAW, Route.CAUSED, Route.HELP])
def test_until_the_person_harmed_says_yes_nothing_but_advice_is_open(cast: Cast, route: Route) -> None:
    """They were invited and sit in a room of their own, and have not said a word."""
    going = walk(cast, "served", route=route)
    going.distinguished()
    paper = laid(going, Purpose.INVITATION, person=cast.user("friend"), part=Part.HARMED)
    going.take(Step.INVITE, "mediator", paper=paper.token)
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="declined")
    for to in (To.ONE_ON_ONE, To.MEDIATION):
        going.agree(to, "member")
    laid(going, Purpose.ACCOUNT, person=cast.user("witness"), part=Part.RESPONDENT)
    laid(going, Purpose.PACKET)
    further = (Step.TELL, Step.BEGIN_ONE_ON_ONE, Step.BEGIN_MEDIATION, Step.SET_MEDIATION_ASIDE)
    facts = Facts(going.case, cast.user("mediator"))
    assert [step for step in (*further, Step.REFER_BY_EXCEPTION) if not refusals(step, facts)] == []
    assert refusals(Step.CLOSE_ADVISED, facts) == []
    going.agree(To.GO_ON, "friend")
    assert refusals(Step.SET_MEDIATION_ASIDE, Facts(going.case, cast.user("mediator"))) == []


def test_the_reporter_may_withdraw_until_the_person_harmed_leads(cast: Cast) -> None:
    going = walk(cast, "served", route=Route.SAW)
    paper = laid(going, Purpose.INVITATION, person=cast.user("friend"), part=Part.HARMED)
    going.take(Step.INVITE, "mediator", paper=paper.token)

    def may_withdraw() -> dict[str, bool]:
        users = {login: cast.user(login) for login in ("member", "friend")}
        return {login: not refusals(Step.WITHDRAW, Facts(going.case, user)) for login, user in users.items()}

    asked = may_withdraw()
    going.agree(To.GO_ON, "friend")
    leading = may_withdraw()
    papers.withdraw_consent(going.case, Consent.objects.get(to=To.GO_ON), by=cast["friend"])
    assert (asked, leading, may_withdraw()) == (
        {"member": True, "friend": True},
        {"member": False, "friend": True},
        {"member": True, "friend": True},
    )
