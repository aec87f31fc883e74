from __future__ import annotations

import pytest
from django.test import Client

from grievances.actions import intake, people
from grievances.forms.questions import QUESTIONS
from grievances.models import Case
from grievances.sealing import read_one
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk
from tests.grievances.views.cost import cost
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

ANSWERS: dict[str, dict[str, str | list[str]]] = {
    "q01": {},
    "q02": {"saw": "A cat was chased."},
    "q03": {"effect": ""},
    "q04": {"need": "Calm."},
    "q05": {"danger": "no"},
    "q06": {"wish": "way"},
    "q07": {"named": "Robin"},
    "q08": {"clauses": ["3.3"]},
    "q09": {"one_mediator": "on"},
    "q10": {"reach": "also", "reach_how": "By a letter to my aunt."},
}


def at(case: Case, question: str = "") -> str:
    return f"/cases/{case.reference}/draft/questions/{question and question + '/'}"


def saved(cast: Cast, case: Case) -> dict[str, str]:
    draft = intake.draft_of(case)
    return {name: said for name, said in read_one(draft, by=cast["member"]).items() if said} if draft else {}


def refused(browser: Client, path: str) -> list[int]:
    return [browser.get(path).status_code, browser.post(path, {"version": "0"}).status_code]


def test_every_question_of_the_whole_draft_is_asked_once() -> None:
    from grievances.forms.concern import DraftForm  # noqa: PLC0415 (beside its use)

    asked = [name for question in QUESTIONS for name in question.fields]
    assert sorted(asked) == sorted(set(DraftForm.base_fields) - {"version"})


def test_a_concern_is_raised_one_thing_at_a_time_and_checked_at_the_end(cast: Cast) -> None:
    cast.all()
    visitor = Visitor.logged_in("member")
    conflicts = visitor.done("/raise/", route="harmed")
    going_on = visitor.done(conflicts, nobody="on")
    case = Case.objects.get()
    assert (going_on, Visitor.logged_in("member").client.get(going_on).headers["Location"]) == (
        at(case),
        at(case, "q01"),
    )
    page = at(case, "q01")
    for question, answer in ANSWERS.items():
        assert page == at(case, question)
        page = visitor.done(page, **answer)
    assert page == f"/cases/{case.reference}/s01/"
    checked = visitor.open(page)
    assert [checked.count(each) for each in ("A cat was chased.", "Calm.", "Robin", "By a letter to my aunt.")] == [
        1,
        1,
        1,
        1,
    ]
    visitor.done(page)
    case.refresh_from_db()
    assert (case.stage, case.one_mediator_agreed) == ("intake", True)


def test_whoever_serves_reads_how_the_reporter_can_be_reached(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written(reach="also", reach_how="By a letter to my aunt.")
    going.take(Step.FILE, "member")
    going.taken_in()
    room = going.case.rooms.get(seat__user=cast.user("member"))
    page = cast.browser("intake").get(f"/cases/{going.case.reference}/rooms/{room.token}/").content.decode()
    assert [page.count(each) for each in ("also as they describe", "By a letter to my aunt.")] == [1, 1]


def test_a_page_asks_for_one_thing_and_keeps_what_the_others_hold(cast: Cast) -> None:
    case = walk(cast, "begun").case
    visitor = Visitor.logged_in("member")
    visitor.done(at(case, "q02"), saw="A cat was chased.")
    visitor.done(at(case, "q08"), clauses=["3.3", "5.4"])
    [form] = [form for form in visitor.forms(at(case, "q04")) if "need" in form.names]
    assert form.names == {"csrfmiddlewaretoken", "version", "then", "need"}
    visitor.done(at(case, "q04"), need="Calm.")
    assert saved(cast, case) == {"saw": "A cat was chased.", "clauses": "3.3 5.4", "need": "Calm."}


def test_an_answer_changed_while_checking_leads_back_to_checking(cast: Cast) -> None:
    case = walk(cast, "begun").case
    visitor = Visitor.logged_in("member")
    assert visitor.done(f"{at(case, 'q05')}?then=check", danger="no") == f"/cases/{case.reference}/s01/"


def test_one_can_stop_at_any_question_and_go_on_later(cast: Cast) -> None:
    case = walk(cast, "begun").case
    visitor = Visitor.logged_in("member")
    browser = visitor.client
    page = browser.post(at(case, "q02"), {"version": "0", "saw": "A cat was chased.", "later": "yes"})
    assert (page.headers["Location"], saved(cast, case)) == ("/concerns/", {"saw": "A cat was chased."})
    assert browser.get(at(case)).headers["Location"] == at(case, "q05")
    visitor.done(at(case, "q05"), danger="no")
    visitor.done(at(case, "q06"), wish="advice")
    assert browser.get(at(case)).headers["Location"] == f"/cases/{case.reference}/s01/"


def test_checking_names_what_is_not_answered(cast: Cast) -> None:
    case = walk(cast, "begun").case
    people.say_who_must_not_serve(case, [], by=cast["member"])
    visitor = Visitor.logged_in("member")
    visitor.done(at(case, "q02"), saw="A cat was chased.")
    page = visitor.send(f"/cases/{case.reference}/s01/").content.decode()
    assert (page.count("Please choose one."), page.count("Please say a little")) == (2, 0)


def test_a_text_that_cannot_be_kept_is_named_and_kept_on_the_page(cast: Cast) -> None:
    case = walk(cast, "begun").case
    page = cast.browser("member").post(at(case, "q02"), {"version": "0", "saw": "a\x07b", "next": "yes"})
    assert (page.status_code, page.context["form"]["saw"].value(), saved(cast, case)) == (422, "a\x07b", {})


def test_two_windows_on_one_question_keep_both_texts_until_one_is_chosen(cast: Cast) -> None:
    case = walk(cast, "begun").case
    browser = cast.browser("member")
    browser.post(at(case, "q02"), {"version": "0", "saw": "The first window."})
    page = browser.post(at(case, "q02"), {"version": "0", "saw": "The second window."})
    assert (page.status_code, page.context["form"]["saw"].value()) == (409, "The second window.")
    assert page.context["differences"] == [("What I saw or heard", "The first window.")]
    again = browser.post(at(case, "q02"), {"version": "1", "saw": "The second window."})
    assert (again.status_code, saved(cast, case)) == (302, {"saw": "The second window."})


def test_a_draft_filed_in_another_window_says_so_and_keeps_the_text(cast: Cast) -> None:
    case = walk(cast, "filed").case
    browser = cast.browser("member")
    page = browser.post(at(case, "q02"), {"version": "1", "saw": "A cat was chased."})
    assert (page.status_code, page.context["form"]["saw"].value()) == (409, "A cat was chased.")
    assert [browser.get(at(case, each)).headers["Location"] for each in ("", "q02")] == [
        f"/cases/{case.reference}/"
    ] * 2


def test_nobody_else_reads_or_answers_a_question(cast: Cast) -> None:
    cast.all()
    begun, told = walk(cast, "begun").case, walk(cast, "told").case
    for login in ("stranger", "mediator", "steering", "secretary"):
        assert refused(cast.browser(login), at(begun, "q02")) == [404, 404]
    assert refused(cast.browser("respondent"), at(told, "q02")) == [403, 403]
    assert refused(cast.browser("member"), at(begun, "q99")) == [404, 404]


def test_a_long_draft_costs_a_question_no_more(cast: Cast) -> None:
    case = walk(cast, "begun").case
    visitor = Visitor.logged_in("member")
    visitor.done(at(case, "q02"), saw="A cat was chased.")
    one = cost(visitor.client, at(case, "q03"))
    for need in ("Calm.", "Calm and rest.", "Calm, rest and a walk."):
        visitor.done(at(case, "q04"), need=need)
    assert cost(visitor.client, at(case, "q03")) == one
