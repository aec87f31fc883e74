from __future__ import annotations

import pytest

from grievances.actions import papers, seats
from grievances.models import Consent, Purpose
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.views.pages import at, same_as_unknown

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def told(cast: Cast, going: Walk, login: str) -> list[str]:
    """Return what the history says to somebody, the oldest first."""
    return [line.says for line in cast.browser(login).get(at(going, "history/")).context["page"]][::-1]


def test_the_history_is_only_read(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert cast.browser("member").post(at(going, "history/")).status_code == 405


def test_a_stranger_finds_no_history(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert same_as_unknown(cast.browser("stranger"), at(going, "history/"))


def test_the_reporter_reads_what_happened_from_the_start_with_themselves_as_you(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    lines = told(cast, going, "member")
    assert [line for line in lines if "room" not in line and "key" not in line] == [
        "The reporter began to write.",
        "You said who must not serve.",
        "The concern was filed.",
        "Server intake (intake person) accepted to serve.",
        "Server intake (intake person) acknowledged the concern.",
    ]


def test_the_reporter_reads_who_opened_their_concern(cast: Cast) -> None:
    going = walk(cast, "served")
    own = going.case.rooms.get(kind="party")
    cast.browser("mediator").get(at(going, f"rooms/{own.token}/"))
    assert "Server mediator (mediator) opened a room: Your own room." in told(cast, going, "member")


def test_a_respondent_reads_from_their_own_seat_on(cast: Cast) -> None:
    going = walk(cast, "told")
    assert told(cast, going, "respondent") == ["Server mediator (mediator) told you about the concern."]


def test_a_respondent_learns_of_no_other_one(cast: Cast) -> None:
    going = walk(cast, "told")
    going.told("respondent2")
    going.one_on_one()
    lines = told(cast, going, "respondent")
    assert lines == [
        "Server mediator (mediator) told you about the concern.",
        "Server mediator (mediator) opened the one-on-one.",
    ]
    assert told(cast, going, "respondent2") == lines
    assert [line for line in told(cast, going, "mediator") if " told " in line] == [
        "You told the person named 1 about the concern.",
        "You told the person named 2 about the concern.",
    ]


def test_the_answer_of_one_respondent_is_not_told_to_another(cast: Cast) -> None:
    going = walk(cast, "told")
    going.told("respondent2")
    going.one_on_one()
    going.take(Step.OFFER_SPACE, "respondent2", to=going.seat_token("member"), channel="call", meets_at="")
    assert "The person named 2 offered you a private space." in told(cast, going, "member")
    assert not [line for line in told(cast, going, "respondent") if "space" in line]


def test_nobody_reads_of_rooms_that_could_not_be_theirs(cast: Cast) -> None:
    going = walk(cast, "served")
    notes = going.case.rooms.get(kind="mediators")
    cast.browser("mediator2").get(at(going, f"rooms/{notes.token}/"))
    opened = "Server mediator2 (mediator) opened a room: Mediators' notes."
    assert opened in told(cast, going, "mediator")
    assert not [line for line in told(cast, going, "member") if "notes" in line]


def test_a_witness_and_a_support_person_read_of_nothing_but_the_case_itself(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    invitation = papers.prepare(
        going.case, Purpose.INVITATION, {"text": "Please."}, by=cast["mediator"],
        person=cast.user("witness"), part=Part.WITNESS,
    )  # fmt: skip
    going.agree_to_paper(invitation, "member")
    going.take(Step.INVITE, "mediator", paper=invitation.token)
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    going.told()
    going.take(Step.WITHDRAW, "member")
    assert told(cast, going, "witness") == ["The concern was withdrawn."]
    assert told(cast, going, "friend") == ["The concern was withdrawn."]


def test_what_is_said_over_and_over_is_said_once_with_how_often(cast: Cast) -> None:
    going = walk(cast, "served")
    for to in (Consent.To.ONE_ON_ONE, Consent.To.MEDIATION, Consent.To.JOINT):
        going.agree(to, "member")
    newest = cast.browser("mediator").get(at(going, "history/")).context["page"][0]
    assert (newest.says, newest.times) == ("The reporter gave a consent.", 2)
