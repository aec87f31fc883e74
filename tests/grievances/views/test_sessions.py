from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from caracol.letters import cadences
from caracol.letters.models import Cadence
from grievances.actions import sessions
from grievances.models import Consent, Invited, PlannedSession, Space
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import planned
from tests.grievances.views.cost import cost
from tests.grievances.views.pages import HOSTILE, at, same_as_unknown, statuses, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PLACE = "The room above the library."


def typed(**more: object) -> dict[str, object]:
    day = (timezone.localtime() + dt.timedelta(days=7)).strftime("%Y-%m-%dT18:00")
    return {"meets_at": day, "channel": "in_person", "place": PLACE, **more}


def address(going: Walk, session: PlannedSession, rest: str = "") -> str:
    return at(going, f"sessions/{session.token}/{rest}")


def mediated(cast: Cast) -> Walk:
    going = walk(cast, "mediation")
    going.agree(Consent.To.JOINT, "member", "respondent")
    return going


def test_planning_is_for_the_mediators_of_the_case(cast: Cast) -> None:
    going = walk(cast, "mediation")
    assert [statuses(cast.browser(login), at(going, "sessions/new/")) for login in ("member", "mediator")] == [
        (403, 403),
        (200, 422),
    ]
    assert same_as_unknown(cast.browser("stranger"), at(going, "sessions/new/"))


def test_a_mediator_plans_in_their_own_time_and_each_reads_it_in_theirs(cast: Cast) -> None:
    going = mediated(cast)
    for login, zone in (("mediator", "America/Chicago"), ("respondent", "America/Los_Angeles")):
        cadences.choose(cast.user(login), Cadence.When.NEVER, address="", hour=8, zone=zone)
    both = [going.seat_token(login) for login in ("member", "respondent")]
    sent = typed(form="joint", invited=both, meets_at="2031-03-09T18:00")
    assert cast.browser("mediator").post(at(going, "sessions/new/"), sent).status_code == 302
    session = PlannedSession.objects.get()
    assert session.meets_at == dt.datetime(2031, 3, 9, 23, tzinfo=dt.UTC)
    said = text_of(cast.browser("respondent").get(address(going, session)))
    assert ("March 9, 2031, 4 p.m. PDT" in said, PLACE in said) == (True, True)


@pytest.mark.parametrize("when", ["", "soon", "2031-02-30T10:00", "2031-03-09T02:30", "2026-01-01T10:00"])
def test_what_is_no_time_to_come_is_named_beside_the_field_and_nothing_is_lost(cast: Cast, when: str) -> None:
    going = mediated(cast)
    cadences.choose(cast.user("mediator"), Cadence.When.NEVER, address="", hour=8, zone="America/New_York")
    sent = typed(form="shuttle", invited=[going.seat_token("member")], meets_at=when)
    page = cast.browser("mediator").post(at(going, "sessions/new/"), sent)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["meets_at"])
    assert PLACE in text_of(page)


@pytest.mark.parametrize(("text", "says"), HOSTILE[1:])
def test_what_cannot_be_kept_of_a_place_is_named(cast: Cast, text: str, says: str) -> None:
    going = mediated(cast)
    sent = typed(form="shuttle", invited=[going.seat_token("member")], place=text)
    page = cast.browser("mediator").post(at(going, "sessions/new/"), sent)
    assert page.context["form"].errors == {"place": [says]}


def test_what_is_refused_shows_why_with_everything_typed(cast: Cast) -> None:
    going = walk(cast, "mediation")
    sent = typed(form="joint", invited=[going.seat_token("member")])
    page = cast.browser("mediator").post(at(going, "sessions/new/"), sent)
    assert (page.status_code, "consent of each side" in text_of(page), PLACE in text_of(page)) == (409, True, True)


def test_a_side_sees_its_own_session_and_a_mediator_each_ones(cast: Cast) -> None:
    going = walk(cast, "mediation")
    theirs = planned(going, "respondent", form="shuttle", place=PLACE)
    seen = {login: cast.browser(login).get(address(going, theirs)).status_code for login in ("respondent", "mediator2")}
    assert seen == {"respondent": 200, "mediator2": 200}
    for login in ("member", "stranger"):
        assert same_as_unknown(cast.browser(login), address(going, theirs))
    assert theirs.token not in cast.browser("member").get(at(going)).content.decode()
    assert theirs.token in cast.browser("respondent").get(at(going)).content.decode()


@pytest.mark.parametrize("said", ["", "declined", "other"])
def test_the_other_side_learns_only_that_not_everybody_has_accepted(cast: Cast, said: str) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    sessions.answer(going.case, session, Invited.Answer.ACCEPTED, seen=1, by=cast["respondent"])
    if said:
        other = timezone.now() + dt.timedelta(days=9)
        sessions.answer(going.case, session, Invited.Answer(said), seen=1, other_at=other, by=cast["member"])
    page = text_of(cast.browser("respondent").get(address(going, session)))
    assert "Not everybody invited has accepted yet." in page
    assert not any(word in page for word in ("no answer yet", "Declined", "declined", "Another time proposed"))


def test_a_mediator_reads_each_answer(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    other = timezone.now() + dt.timedelta(days=9)
    sessions.answer(going.case, session, Invited.Answer.OTHER, seen=1, other_at=other, by=cast["member"])
    page = text_of(cast.browser("mediator").get(address(going, session)))
    assert ("The reporter Another time proposed:" in page, "The person named No answer yet" in page) == (True, True)


def test_an_answer_is_given_and_changed_on_the_page(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    browser = cast.browser("respondent")
    for said in ("accepted", "declined"):
        answer = browser.post(address(going, session), {"version": 1, "said": said})
        assert answer.headers["Location"] == at(going)
    assert Invited.objects.get(seat__user=cast.user("respondent")).answer == "declined"


def test_another_time_is_asked_for_where_it_is_proposed(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    page = cast.browser("respondent").post(address(going, session), {"version": 1, "said": "other"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["other_at"])


def test_whoever_answers_what_was_changed_is_shown_it_as_it_is_now(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session, browser = planned(going), cast.browser("respondent")
    later = sessions.Plan(Space.Channel.TEXT, session.meets_at + dt.timedelta(days=1))
    sessions.change(going.case, session, later, seen=1, where_was="", by=cast["mediator"])
    page = browser.post(address(going, session), {"version": 1, "said": "accepted"})
    assert (page.status_code, "A text channel" in text_of(page)) == (409, True)
    assert page.context["form"].initial["version"] == 2


def test_a_mediator_who_was_not_the_first_to_change_it_keeps_what_they_typed(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session, browser = planned(going, place="The park."), cast.browser("mediator2")
    assert "The park." in text_of(browser.get(address(going, session, "change/")))
    later = sessions.Plan(Space.Channel.TEXT, session.meets_at, "The park.")
    sessions.change(going.case, session, later, seen=1, where_was="The park.", by=cast["mediator"])
    page = browser.post(address(going, session, "change/"), typed(version=1))
    assert (page.status_code, PLACE in text_of(page)) == (409, True)
    assert browser.post(address(going, session, "change/"), typed(version=2)).status_code == 302
    assert PLACE in text_of(cast.browser("member").get(address(going, session)))


def test_a_session_is_called_off_by_one_button(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    assert cast.browser("member").post(address(going, session, "off/"), {"version": 1}).status_code == 403
    assert cast.browser("mediator").post(address(going, session, "off/"), {"version": 1}).status_code == 302
    assert "called off" in text_of(cast.browser("member").get(address(going, session)))
    assert session.token not in cast.browser("member").get(at(going)).content.decode()
    assert cast.browser("mediator").get(address(going, session, "change/")).status_code == 302


def test_the_form_that_records_a_session_begins_with_the_planned_one(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    sessions.answer(going.case, session, Invited.Answer.DECLINED, seen=1, by=cast["respondent"])
    with time_machine.travel(session.meets_at + dt.timedelta(hours=2)):
        form = cast.browser("mediator").get(at(going, f"{Step.RECORD_SESSION}/")).context["form"]
    came = {going.seat_token(login) for login in ("member", "mediator", "mediator2")}
    assert (form.initial["form"], form.initial["planned"], set(form.initial["attended"])) == (
        "joint",
        [session.token],
        came,
    )


def test_the_case_page_costs_the_same_for_one_session_and_for_three(cast: Cast) -> None:
    going = walk(cast, "mediation")
    planned(going)
    browser = cast.browser("mediator")
    one = cost(browser, at(going))
    planned(going, "member", form="shuttle"), planned(going, "respondent", form="shuttle")
    assert cost(browser, at(going)) == one
