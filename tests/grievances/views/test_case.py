from __future__ import annotations

import pytest
from django.test import Client

from grievances.actions import papers
from grievances.models import Notice, Purpose, Space
from grievances.picture import Place
from grievances.roles import Part
from grievances.workflow import Stage, Step
from tests.grievances.cast import ACCOUNT, DRAFT, Cast, walk
from tests.grievances.moves import WAITS
from tests.grievances.views.pages import at, same_as_unknown, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_the_page_is_only_looked_at(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert cast.browser("member").post(at(going)).status_code == 405


@pytest.mark.parametrize("login", ["stranger", "secretary", "steering", "mediator", "intake"])
def test_a_case_that_is_not_yours_is_no_case_at_all(cast: Cast, login: str) -> None:
    going = walk(cast, "filed")
    assert same_as_unknown(cast.browser(login), at(going))


def test_somebody_logged_out_is_sent_to_the_login_page(cast: Cast) -> None:
    going = walk(cast, "begun")
    answer = cast.browser("member")
    answer.logout()
    assert answer.get(at(going)).status_code == 302


def test_the_way_shows_where_the_case_stands(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    page = cast.browser("member").get(at(going))
    assert [stop.stage for stop in page.context["way"] if stop.place is Place.HERE] == [Stage.ONE_ON_ONE]
    assert [stop.stage for stop in page.context["way"]] == list(Stage)
    assert "You are here" in text_of(page)


def test_each_step_of_the_readers_part_is_open_or_says_why_with_its_clause(cast: Cast) -> None:
    going = walk(cast, "served")
    page = cast.browser("mediator").get(at(going))
    lines = page.context["open_steps"] + page.context["closed_steps"]
    assert all(Part.MEDIATOR in line.rule.by for line in lines)
    assert Step.DISTINGUISH in [line.step for line in page.context["open_steps"]]
    assert Step.ACKNOWLEDGE in [line.step for line in page.context["closed_steps"]]
    said = text_of(page)
    assert "The concern has been acknowledged already. Code 5.0" in said
    assert "Two mediators, if political: a second mediator confirms." in said


def test_a_reader_sees_the_rooms_they_hold_a_key_to_and_what_each_holds(cast: Cast) -> None:
    going = walk(cast, "told")
    names = {
        login: [line.name for line in cast.browser(login).get(at(going)).context["rooms"]]
        for login in ("member", "respondent", "mediator")
    }
    assert names == {
        "member": ["Your own room", "Names"],
        "respondent": ["Your own room"],
        "mediator": [
            "The room of: the reporter",
            "Names",
            "Mediators' notes",
            "Shared table",
            "The room of: the person named",
        ],
    }


def test_a_text_that_waits_for_consent_is_shown_word_for_word(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    account = papers.prepare(
        going.case, Purpose.ACCOUNT, {"text": ACCOUNT}, by=cast["mediator"],
        person=cast.user("respondent"), part=Part.RESPONDENT,
    )  # fmt: skip
    browser = cast.browser("member")
    assert ACCOUNT in text_of(browser.get(at(going)))
    going.agree_to_paper(account, "member")
    assert browser.get(at(going)).context["texts"] == []


def test_a_step_that_waits_for_a_second_mediator_waits_for_the_other_one(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "Not ours."})
    waits = {
        login: [mine for _proposal, mine in cast.browser(login).get(at(going)).context["proposals"]]
        for login in ("mediator", "mediator2", "member")
    }
    assert waits == {"mediator": [False], "mediator2": [True], "member": []}


def test_a_space_waits_for_whom_it_is_offered_to(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    going.take(Step.OFFER_SPACE, "member", to=going.seat_token("respondent"), channel="call", meets_at="")
    assert cast.browser("respondent").get(at(going)).context["spaces"] == [Space.objects.get()]
    assert cast.browser("member").get(at(going)).context["spaces"] == []


def test_who_serves_goes_by_the_name_they_chose_for_it(cast: Cast) -> None:
    going = walk(cast, "told")
    page = cast.browser("respondent").get(at(going))
    assert page.context["serving"] == [("mediator", "Server mediator"), ("mediator", "Server mediator2")]


def test_a_respondents_page_has_nothing_of_the_reporters(cast: Cast) -> None:
    going = walk(cast, "mediation")
    said = text_of(cast.browser("respondent").get(at(going)))
    assert not [word for word in (DRAFT["saw"], "Member Somebody", "Robin", "It is about a chase.") if word in said]


def test_a_closed_case_says_how_it_ended(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.WITHDRAW, "member")
    assert "withdrawn" in text_of(cast.browser("member").get(at(going)))


def test_what_the_reader_was_told_counts_as_read(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    told = Notice.objects.filter(user=cast.user("member"), read_at=None)
    assert told.exists()
    cast.browser("member").get(at(going))
    assert not told.exists()


def test_every_page_tells_of_the_routes_outside(cast: Cast) -> None:
    going = walk(cast, "filed")
    said = text_of(cast.browser("member").get(at(going)))
    assert "you may go to a chapter’s grievance officer or to National at any time" in said


def test_the_person_named_does_not_read_that_it_has_gone_to_national(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    respondent, reporter = cast.browser("respondent"), cast.browser("member")

    def pages(browser: Client) -> list[str]:
        return [text_of(browser.get(at(going, rest))) for rest in ("", f"{Step.OFFER_SPACE.value}/", "history/")]

    before, told = pages(respondent), pages(reporter)
    going.packed()
    going.take(Step.REFER, "mediator", WAITS)
    going.confirmed()
    assert pages(respondent) == before
    assert pages(reporter) != told


def test_the_person_named_is_shown_first_where_they_read_what_they_are_told(cast: Cast) -> None:
    going = walk(cast, "told")
    own = going.case.rooms.get(seat__user=cast.user("respondent"), kind="party")
    page = cast.browser("respondent").get(at(going))
    assert page.context["told_in"] == own
    assert "A concern names you." in text_of(page)
    assert "A concern names you." not in text_of(cast.browser("member").get(at(going)))
