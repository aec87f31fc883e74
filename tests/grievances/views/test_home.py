from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from grievances.actions import papers, people
from grievances.actions.releases import prepare_due
from grievances.events import Event
from grievances.models import Consent, Notice, Purpose, Route
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import laid
from tests.grievances.packets import packed
from tests.grievances.statistics.made import FIRST, USUAL, store
from tests.grievances.views.cost import cost

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def news(page: Any) -> list[tuple[str, str]]:
    return [(each.about, each.says) for each in page.context["news"]]


def test_everybody_reads_what_the_process_is(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.context["stages"] == ["Intake", "One-on-one", "Mediation", "Amends", "National", "Closed"]
    words = page.content.decode()
    assert words.count("at any time") > 1
    assert "chapter’s grievance officer" in words
    assert "For you now" not in words


def test_a_page_head_is_answered_and_another_method_is_not(client: Client) -> None:
    assert client.head("/").status_code == 200
    assert client.put("/").status_code == 405


@pytest.mark.parametrize("login", ["steering", "secretary"])
def test_who_oversees_is_told_plainly_that_they_see_no_case(cast: Cast, login: str) -> None:
    walk(cast, "filed")
    page = cast.browser(login).get("/")
    assert page.content.decode().count("As such you see no case here") == 1
    assert (news(page), page.context["drafts"], page.context["asked_to_take_in"]) == ([], [], 0)


def test_a_draft_waits_for_its_writer_alone(cast: Cast) -> None:
    begun = walk(cast, "begun").case
    assert cast.browser("member").get("/").context["drafts"] == [begun]
    assert cast.browser("stranger").get("/").context["drafts"] == []


def test_who_is_asked_to_take_a_concern_in_is_told_so_and_led_there(cast: Cast) -> None:
    filed = walk(cast, "filed").case
    page = cast.browser("intake").get("/")
    assert news(page) == [(filed.reference, "You are asked to serve.")]
    assert page.context["news"][0].url == f"/asked/{filed.reference}/"
    assert page.context["asked_to_take_in"] == 1


def test_news_reads_as_the_readers_own_history_would(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    said = [says for _reference, says in news(cast.browser("member").get("/"))]
    assert said == ["Somebody acknowledged the concern.", "Somebody accepted to serve."]
    assert going.case.notices.filter(user=cast.user("member")).count() == 2


def test_the_person_named_is_told_only_of_what_is_theirs(cast: Cast) -> None:
    going = walk(cast, "told")
    Notice.objects.create(user=cast.user("respondent"), case=going.case, step=Step.INVITE, told_at=going.case.moved_at)
    said = {says for _reference, says in news(cast.browser("respondent").get("/"))}
    assert said == {
        "There is something for you to read about a concern that names you, and you can answer.",
        "There is something for you to read.",
    }


def test_a_conflict_takes_the_news_away_too(cast: Cast) -> None:
    going = walk(cast, "filed")
    browser = cast.browser("intake")
    people.say_who_must_not_serve(going.case, [cast.user("intake")], by=cast["member"])
    page = browser.get("/")
    assert (news(page), page.context["asked_to_take_in"]) == ([], 0)
    assert going.case.reference not in page.content.decode()


def test_what_was_read_is_gone_and_what_came_since_is_not(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    browser = cast.browser("member")
    browser.get("/")
    going.served()
    assert browser.post("/").headers["Location"] == "/"
    assert [says for _reference, says in news(browser.get("/"))] == ["Somebody accepted to serve."] * 2


def test_nobody_marks_what_somebody_else_was_told(cast: Cast) -> None:
    walk(cast, "taken_in")
    cast.browser("member").get("/")
    stranger = cast.browser("stranger")
    stranger.get("/")
    stranger.post("/")
    assert Notice.objects.filter(user=cast.user("member"), read_at=None).count() == 2


def test_what_was_told_is_not_numbered_on_the_page(cast: Cast) -> None:
    walk(cast, "taken_in")
    page = cast.browser("member").get("/").content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)"', page)
    # Where the button for the language leads back to is this page itself.
    assert set(hidden) == {"csrfmiddlewaretoken", "next"}


def test_marking_what_was_not_shown_or_without_a_login_marks_nothing(cast: Cast, client: Client) -> None:
    walk(cast, "taken_in")
    assert cast.browser("member").post("/").status_code == 302
    assert client.post("/").headers["Location"] == "/accounts/login/?next=/"
    assert not Notice.objects.exclude(read_at=None).exists()


def test_only_the_newest_are_shown_and_the_rest_are_said_to_be_there(cast: Cast) -> None:
    going = walk(cast, "filed")
    Notice.objects.bulk_create(
        Notice(user=cast.user("member"), case=going.case, step=Step.ACKNOWLEDGE, told_at=going.case.moved_at)
        for _each in range(21)
    )
    page = cast.browser("member").get("/")
    assert (len(page.context["news"]), page.context["more_news"]) == (20, True)


@pytest.mark.parametrize("login", ["member", "intake"])
def test_one_or_three_cases_cost_the_same(cast: Cast, login: str) -> None:
    walk(cast, "taken_in")
    one = cost(cast.browser(login), "/")
    for _more in range(2):
        walk(cast, "taken_in")
    assert cost(cast.browser(login), "/") == one


def test_the_eleven_month_question_a_message_and_a_lapsed_request_have_words_of_their_own(cast: Cast) -> None:
    case = walk(cast, "served").case
    Notice.objects.all().delete()
    for event in (Event.ASKED_TO_GO_ON, Event.ENTRY_WRITTEN, Event.OFFER_ENDED):
        Notice.objects.create(user=cast.user("member"), case=case, event=event, told_at=timezone.now())
    said = [says for _reference, says in news(cast.browser("member").get("/"))]
    assert said == [
        "Somebody was asked to serve and did not answer in time. Somebody else is needed.",
        "Somebody wrote in a room that you can open.",
        "Nothing has moved here for eleven months. Should it go on? If nobody takes a step within 30 days, it ends.",
    ]


def test_mediators_are_told_that_numbers_wait_to_be_approved(cast: Cast) -> None:
    store(FIRST, USUAL)
    prepare_due()
    assert "/statistics/approval/" in cast.browser("mediator").get("/").content.decode()
    for login in ("member", "steering", "secretary"):
        assert "/statistics/approval/" not in cast.browser(login).get("/").content.decode()


def answers(going: Walk, login: str) -> list[str]:
    """Return the cases that this person's first page leads to, for an answer."""
    page = going.cast.browser(login).get("/")
    assert all(each.reference in page.content.decode() for each in page.context["answers"])
    return [each.reference for each in page.context["answers"]]


def test_a_text_waits_for_whom_it_is_laid_before_and_no_longer_once_they_agreed(cast: Cast) -> None:
    going = walk(cast, "mediation")
    assert (answers(going, "member"), answers(going, "respondent")) == ([], [])
    agreement = papers.prepare(going.case, Purpose.AGREEMENT, {"text": "We agree."}, by=cast["mediator"])
    here = [going.case.reference]
    assert (answers(going, "member"), answers(going, "respondent")) == (here, here)
    assert (answers(going, "mediator"), answers(going, "stranger")) == ([], [])
    going.agree_to_paper(agreement, "respondent")
    assert (answers(going, "member"), answers(going, "respondent")) == (here, [])


def test_a_text_for_the_harm_side_does_not_wait_for_the_person_named(cast: Cast) -> None:
    going = walk(cast, "amends")
    papers.prepare(going.case, Purpose.PACKET, packed(), by=cast["mediator"])
    assert (answers(going, "member"), answers(going, "respondent")) == ([going.case.reference], [])


def test_an_offered_talk_waits_for_whom_it_is_offered_to(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    going.take(Step.OFFER_SPACE, "member", to=going.seat_token("respondent"), channel="call", meets_at="")
    assert (answers(going, "respondent"), answers(going, "member")) == ([going.case.reference], [])


def test_the_person_harmed_is_led_to_say_whether_it_shall_go_on(cast: Cast) -> None:
    going = walk(cast, "distinguished", route=Route.SAW)
    paper = laid(going, Purpose.INVITATION, person=cast.user("harmed"), part=Part.HARMED)
    going.take(Step.INVITE, "mediator", paper=paper.token)
    assert answers(going, "harmed") == [going.case.reference]
    going.agree(Consent.To.GO_ON, "harmed")
    assert answers(going, "harmed") == []
