from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from caracol.accounts import receipts
from grievances.actions.conversations import keep, remind
from grievances.deadlines import today
from grievances.models import Case, Conversation
from tests.grievances.cast import Cast
from tests.grievances.views.cost import cost
from tests.grievances.views.pages import HOSTILE, same_as_unknown, text_of
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

LIST, NEW = "/conversations/", "/conversations/new/"
WORDS = {"whom": "Robin", "about": "A joke at my cost.", "went": "talked"}


def test_a_talk_is_recorded_and_stands_in_the_list(cast: Cast) -> None:
    cast["member"]
    member = Visitor.logged_in("member")
    where = member.done(NEW, **WORDS, follow_up_on=(today() + dt.timedelta(days=30)).isoformat())
    assert "A joke at my cost." in member.open(where)
    said = text_of(member.client.get(LIST))
    assert "Robin: We talked, and that was enough" in said
    assert "Kept until" in said
    assert Case.objects.count() == 0


def test_two_answers_are_enough(cast: Cast) -> None:
    cast["member"]
    Visitor.logged_in("member").done(NEW, about="A joke.", went="talked")
    assert Conversation.objects.get().follow_up_on is None


def test_what_is_missing_or_odd_is_named_and_the_words_stay(cast: Cast) -> None:
    yesterday = (today() - dt.timedelta(days=1)).isoformat()
    answer = cast.browser("member").post(NEW, {"version": "0", "about": "A joke.", "follow_up_on": yesterday})
    form = answer.context["form"]
    assert (answer.status_code, sorted(form.errors)) == (422, ["follow_up_on", "went"])
    assert form["about"].value() == "A joke."


@pytest.mark.parametrize(("typed", "said"), HOSTILE)
def test_words_that_cannot_be_kept_are_named_beside_their_field(cast: Cast, typed: str, said: str) -> None:
    answer = cast.browser("member").post(NEW, {"version": "0", "went": "talked", "about": typed})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"about": [said]})


def test_another_member_can_be_let_read_and_sees_from_whom_it_is(cast: Cast) -> None:
    cast["member"]
    let_read = Visitor.logged_in("member").done(NEW, **WORDS, person=cast.user("friend").handle)
    friend = cast.browser("friend")
    assert "Recorded by Member Somebody" in text_of(friend.get(LIST))
    page = friend.get(let_read)
    assert (page.context["form"], "A joke at my cost." in text_of(page)) == (None, True)
    assert friend.post(let_read, {**WORDS, "version": "1"}).status_code == 404


@pytest.mark.parametrize("login", ["friend", "mediator", "intake", "secretary", "steering"])
def test_for_everybody_else_there_is_no_such_talk(cast: Cast, login: str) -> None:
    kept = keep(WORDS, by=cast["member"])
    browser = cast.browser(login)
    for rest in ("", "forget/"):
        assert same_as_unknown(browser, f"{LIST}{kept.room.token}/{rest}")
        assert browser.post(f"{LIST}{kept.room.token}/{rest}").status_code == 404
    assert browser.get(LIST).context["talks"] == []


@pytest.mark.parametrize("login", ["secretary", "steering"])
def test_who_is_no_member_records_none(cast: Cast, login: str) -> None:
    browser = cast.browser(login)
    assert [browser.get(NEW).status_code, browser.post(NEW, WORDS).status_code] == [404, 404]
    assert "Record a talk" not in text_of(browser.get(LIST))


def test_nor_does_a_guest(cast: Cast) -> None:
    receipt, browser = receipts.issue(), Client()
    browser.post("/accounts/login/", {"login": receipt.shown, "password": ""})
    assert browser.get(NEW).status_code == 404


@pytest.mark.parametrize(("went", "prompts"), [("talked", 0), ("refused", 1), ("not_minor", 1), ("repeat", 1)])
def test_where_a_talk_was_not_enough_a_concern_is_offered_and_nothing_is_begun(
    cast: Cast, went: str, prompts: int
) -> None:
    kept = keep({**WORDS, "went": went}, by=cast["member"])
    browser = cast.browser("member")
    for page in (LIST, f"{LIST}{kept.room.token}/"):
        assert browser.get(page).content.decode().count('">Raise a concern</a></p>') == prompts
    assert Case.objects.count() == 0


def test_a_reminder_stands_on_the_first_page_from_its_day_on(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"], follow_up_on=today())
    remind()
    member, said = Visitor.logged_in("member"), "You wanted to be reminded of 1 private talk"
    page: Any = member.client.get("/")
    news = [(each.about, each.says) for each in page.context["news"]]
    assert (said in text_of(page), news) == (True, [("A private talk", "You wanted to come back to a private talk.")])
    member.done(f"{LIST}{kept.room.token}/", follow_up_on="", went="repeat")
    page = member.client.get("/")
    assert (said in text_of(page), page.context["news"]) == (False, [])
    assert "It has happened again" in text_of(member.client.get(LIST))


def test_what_another_window_has_changed_is_not_written_over(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"])
    browser, address = cast.browser("member"), f"{LIST}{kept.room.token}/"
    assert browser.post(address, {**WORDS, "version": "1"}).status_code == 302
    answer = browser.post(address, {**WORDS, "about": "Mine.", "version": "1"})
    assert (answer.status_code, answer.context["form"]["about"].value()) == (409, "Mine.")


def test_a_talk_is_destroyed_after_asking_once(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"], let_read=cast.user("friend"))
    member, friend = cast.browser("member"), cast.browser("friend")
    address = f"{LIST}{kept.room.token}/"
    assert "Destroy this record?" in text_of(member.get(f"{address}forget/"))
    assert friend.post(f"{address}forget/").status_code == 302
    assert [friend.get(address).status_code, member.get(address).status_code] == [404, 200]
    assert member.post(f"{address}forget/").status_code == 302
    assert member.get(address).status_code == 404


def test_more_talks_cost_no_more_queries(cast: Cast) -> None:
    browser = cast.browser("member")
    keep(WORDS, by=cast["member"])
    one = cost(browser, LIST)
    for _more in range(3):
        keep(WORDS, by=cast["friend"], let_read=cast.user("member"))
    several = cost(browser, LIST)
    for _more in range(3):
        keep(WORDS, by=cast["member"])
    assert (cost(browser, LIST), several) == (several, one)
