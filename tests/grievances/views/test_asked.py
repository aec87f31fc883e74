from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from caracol.ledger.chain import entries
from grievances import access
from grievances.actions import people
from grievances.events import Event
from grievances.models import Case, SeatOffer
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.views.cost import cost

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PAGES = ["", "names/", "names/reporter/"]


def asked(cast: Cast, login: str = "mediator") -> Walk:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user(login).handle)
    return going


def at(case: Case, page: str = "") -> str:
    return f"/asked/{case.reference}/{page}"


def answer(browser: Client, case: Case, said: str, version: int | None = None) -> Any:
    typed = {"answer": said, "version": case.version if version is None else version}
    return browser.post(at(case, "answer/"), typed)


def shown(page: Any) -> tuple[object, object]:
    return page.context.get("named"), page.context.get("identity")


def test_names_are_read_in_two_clicks_and_nothing_else_is(cast: Cast) -> None:
    case = asked(cast).case
    browser = cast.browser("mediator")
    first, second, third = (browser.get(at(case, page)) for page in PAGES)
    assert shown(first) == (None, None)
    assert shown(second) == ({"text": "Robin"}, None)
    assert shown(third) == ({"text": "Robin"}, {"text": "Member Somebody"})
    for page in (first, second, third):
        words = page.content.decode()
        assert ("chased" in words, "It hurt." in words, "Intake Somebody" in words) == (False, False, False)
    assert "Member Somebody" not in second.content.decode()
    assert "Robin" not in first.content.decode()


def test_a_name_that_was_kept_back_stays_back(cast: Cast) -> None:
    for seen in ("intake", "mediator"):
        cast[seen]
    going = walk(cast, "begun")
    going.written(keep_back="yes")
    going.take(Step.FILE, "member")
    page = cast.browser("intake").get(at(going.case, "names/reporter/"))
    assert shown(page) == ({"text": "Robin"}, {"kept_back": "yes"})
    assert "Member Somebody" not in page.content.decode()


def test_nobody_named_is_said_so(cast: Cast) -> None:
    cast["intake"]
    going = walk(cast, "begun")
    going.written(named="")
    going.take(Step.FILE, "member")
    assert "Nobody is named." in cast.browser("intake").get(at(going.case, "names/")).content.decode()


def test_names_that_are_not_what_was_sealed_are_not_shown(cast: Cast) -> None:
    case = asked(cast).case
    case.rooms.get(kind="names").entries.filter(kind="named").update(sealed=b"another")
    page = cast.browser("mediator").get(at(case, "names/"))
    assert shown(page) == (None, None)
    assert page.content.decode().count("it is not what its writer sealed") == 1


@pytest.mark.usefixtures("within_an_hour")
def test_that_the_names_were_opened_stands_in_the_ledger_once_an_hour(cast: Cast) -> None:
    case = asked(cast).case
    browser = cast.browser("mediator")
    browser.get(at(case))
    assert entries(case.chain, Event.ROOM_OPENED) == []
    for page in PAGES * 2:
        browser.get(at(case, page))
    assert [entry.details["kind"] for entry in entries(case.chain, Event.ROOM_OPENED)] == ["names"]


def test_a_yes_is_offered_only_after_both_clicks_and_a_step_back_always(cast: Cast) -> None:
    case = asked(cast).case
    browser = cast.browser("mediator")
    pages = [browser.get(at(case, page)).content.decode() for page in PAGES]
    assert ['value="accept"' in page for page in pages] == [False, False, True]
    assert ['value="recuse"' in page for page in pages] == [True, True, True]


def test_accepting_leads_into_the_case(cast: Cast) -> None:
    case = asked(cast).case
    browser = cast.browser("mediator")
    assert answer(browser, case, "accept").headers["Location"] == f"/cases/{case.reference}/"
    assert [seat.user for seat in case.seats.filter(mediator=True)] == [cast.user("mediator")]
    assert browser.get(at(case)).status_code == 404


def test_stepping_back_is_one_click_and_hides_the_case(cast: Cast) -> None:
    case = asked(cast).case
    browser = cast.browser("mediator")
    assert answer(browser, case, "recuse").headers["Location"] == "/asked/"
    assert access.case_seen_by(cast.user("mediator"), case.reference) is None
    assert [browser.get(at(case, page)).status_code for page in PAGES] == [404, 404, 404]


def test_an_intake_person_who_steps_back_returns_to_intake(cast: Cast) -> None:
    case = walk(cast, "filed").case
    assert answer(cast.browser("intake"), case, "recuse").headers["Location"] == "/intake/"


def test_no_answer_or_a_made_up_one_is_named_and_changes_nothing(cast: Cast) -> None:
    case = asked(cast).case
    browser = cast.browser("mediator")
    for said in ("", "maybe", "\x00"):
        page = answer(browser, case, said)
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["answer"])
    assert SeatOffer.objects.get(case=case, part=Part.MEDIATOR).state == SeatOffer.State.OPEN


def test_who_answers_on_an_old_page_is_told_and_can_answer_again(cast: Cast) -> None:
    case = asked(cast).case
    browser = cast.browser("mediator")
    page = answer(browser, case, "accept", version=case.version - 1)
    assert (page.status_code, page.context["version"]) == (409, case.version)
    assert page.content.decode().count("Somebody else took a step") == 1
    assert answer(browser, case, "accept", version=page.context["version"]).status_code == 302


def test_a_request_that_ended_opens_no_seat_though_its_row_says_it_waits(cast: Cast) -> None:
    going = asked(cast, "mediator3")
    for login in ("mediator", "mediator2"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    going.take(Step.ACCEPT, "mediator")
    going.take(Step.ACCEPT, "mediator2")
    SeatOffer.objects.filter(user=cast.user("mediator3")).update(state=SeatOffer.State.OPEN)
    page = answer(cast.browser("mediator3"), going.case, "accept")
    assert (page.status_code, str(page.context["refusal"].reason)) == (403, "You were not asked to serve in this case.")


def gone(cast: Cast, going: Walk) -> None:
    SeatOffer.objects.filter(case=going.case).update(lapses_at="2020-01-01T00:00Z")


def answered(cast: Cast, going: Walk) -> None:
    going.take(Step.RECUSE, "mediator")


def barred(cast: Cast, going: Walk) -> None:
    people.say_who_must_not_serve(going.case, [cast.user("mediator")], by=cast["member"])
    SeatOffer.objects.filter(user=cast.user("mediator")).update(state=SeatOffer.State.OPEN)


@pytest.mark.parametrize("page", [*PAGES, "answer/"])
@pytest.mark.parametrize("happened", [gone, answered, barred])
def test_lapsed_answered_and_in_conflict_are_the_same_as_unknown(cast: Cast, happened: Any, page: str) -> None:
    going = asked(cast)
    happened(cast, going)
    browser = cast.browser("mediator")
    ask = browser.post if page == "answer/" else browser.get
    hidden, unknown = ask(at(going.case, page)), ask(f"/asked/no-such-case/{page}")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert without_tokens(hidden) == without_tokens(unknown)


def without_tokens(page: Any) -> list[str]:
    return [line for line in page.content.decode().splitlines() if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("login", ["stranger", "member", "intake", "mediator2", "steering", "secretary"])
def test_nobody_else_finds_the_offer(cast: Cast, login: str) -> None:
    case = asked(cast).case
    assert [cast.browser(login).get(at(case, page)).status_code for page in PAGES] == [404, 404, 404]


def test_pages_are_read_and_an_answer_is_sent(cast: Cast) -> None:
    case = asked(cast).case
    browser = cast.browser("mediator")
    assert [browser.post(at(case, page)).status_code for page in PAGES] == [405, 405, 405]
    assert browser.get(at(case, "answer/")).status_code == 405


def test_a_locked_session_asks_for_the_password_first(cast: Cast) -> None:
    case = asked(cast).case
    browser = cast.browser("mediator")
    del browser.cookies["caracol-unlock"]
    assert browser.get(at(case)).headers["Location"].startswith("/accounts/unlock/")


def test_one_or_three_cases_cost_the_same(cast: Cast) -> None:
    one = cost(cast.browser("mediator"), at(asked(cast).case, "names/reporter/"))
    for _more in range(2):
        asked(cast)
    assert cost(cast.browser("mediator"), at(asked(cast).case, "names/reporter/")) == one
