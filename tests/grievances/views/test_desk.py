from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from caracol.accounts.models import User
from grievances import access
from grievances.actions import intake, people, seats
from grievances.models import AgendaItem, Case, CaseGrant, Clock, Nature, Route, SeatOffer
from grievances.roles import Part
from grievances.views.reader import PER_PAGE
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.views.cost import cost

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

LISTS = ["/concerns/", "/cases/", "/asked/", "/intake/", "/agenda/"]
MEETING = "2026-12-05"


def rows(page: Any) -> list[tuple[str, str, str]]:
    return [(row.reference, row.says, row.stands) for row in page.context["rows"]]


def offered(page: Any) -> list[str]:
    return [offer.case.reference for offer in page.context["page"]]


def asked_to_mediate(cast: Cast, login: str = "mediator") -> Walk:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user(login).handle)
    return going


def carried_to_a_meeting(cast: Cast) -> AgendaItem:
    going = walk(cast, "served")
    going.distinguished(Nature.MIXED)
    going.take(Step.SPLIT, "mediator", {"text": "Whether porches are for all."}, meeting_on=MEETING)
    return AgendaItem.objects.latest("pk")


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_read_by_who_is_logged_in_and_by_no_other_method(cast: Cast, client: Client, address: str) -> None:
    assert client.get(address).headers["Location"] == f"/accounts/login/?next={address}"
    browser = cast.browser("stranger")
    assert browser.get(address).status_code == 200
    assert browser.post(address).status_code == 405


@pytest.mark.parametrize("address", LISTS)
def test_a_stranger_finds_nothing_where_others_find_a_case(cast: Cast, address: str) -> None:
    carried_to_a_meeting(cast)
    asked_to_mediate(cast, "mediator3")
    page = cast.browser("stranger").get(address)
    assert list(page.context["page"]) == []
    for case in Case.objects.all():
        assert case.reference not in page.content.decode()


@pytest.mark.parametrize("page", ["", "0", "-1", "9" * 5000, "\x00", "x"])
def test_a_page_that_is_none_is_the_nearest_one(cast: Cast, page: str) -> None:
    walk(cast, "begun")
    assert len(rows(cast.browser("member").get("/concerns/", {"page": page}))) == 1


# My concerns


def test_my_concerns_say_what_i_am_in_each_and_where_it_stands(cast: Cast) -> None:
    begun = walk(cast, "begun").case
    going = walk(cast, "told")
    assert rows(cast.browser("member").get("/concerns/")) == [
        (going.case.reference, "You raised this. You were harmed in this.", "Intake"),
        (begun.reference, "You raised this. You were harmed in this.", "Draft"),
    ]
    assert rows(cast.browser("respondent").get("/concerns/")) == [
        (going.case.reference, "A concern names you.", "Open")
    ]


def test_each_line_leads_to_its_own_case(cast: Cast) -> None:
    going, more = walk(cast, "told").case, walk(cast, "told").case
    for login, address in (("member", "/concerns/"), ("mediator", "/cases/")):
        page = cast.browser(login).get(address)
        links = {reverse("grievances:case", args=[case.reference]) for case in (going, more)}
        assert set(re.findall('class="door__link" href="([^"]*)"', page.content.decode())) == links


def test_a_witness_and_a_support_person_learn_of_no_stage(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.seat_party(going.case, cast.user("witness"), Part.WITNESS, going.case.moved_at)
    seats.invite_support(going.case, cast.user("friend"), by=cast["respondent"])
    assert rows(cast.browser("witness").get("/concerns/")) == [
        (going.case.reference, "You are asked what you saw or heard.", "Open")
    ]
    assert rows(cast.browser("friend").get("/concerns/")) == [(going.case.reference, "You stand by somebody.", "Open")]


def test_whoever_raised_it_about_themselves_is_not_told_that_they_are_named(cast: Cast) -> None:
    going = walk(cast, "begun", route=Route.CAUSED)
    assert rows(cast.browser("member").get("/concerns/")) == [(going.case.reference, "You raised this.", "Draft")]


def test_closed_concerns_stand_apart(cast: Cast) -> None:
    going = walk(cast, "filed")
    going.take(Step.WITHDRAW, "member")
    browser = cast.browser("member")
    assert rows(browser.get("/concerns/")) == []
    assert [stands for *_case, stands in rows(browser.get("/concerns/?closed"))] == ["Closed"]


def test_what_moved_last_comes_first_and_a_page_holds_25(cast: Cast) -> None:
    begun = [intake.begin(Route.HARMED, by=cast["member"]) for _each in range(PER_PAGE + 1)]
    access.note_activity(begun[3], begun[-1].moved_at + dt.timedelta(hours=1))
    CaseGrant.objects.update(live=1)
    browser = cast.browser("member")
    first = rows(browser.get("/concerns/"))
    assert (len(first), first[0][0], first[1][0]) == (PER_PAGE, begun[3].reference, begun[-1].reference)
    second = browser.get("/concerns/?page=2")
    assert [reference for reference, *_rest in rows(second)] == [begun[0].reference]
    assert 'href="?page=1" rel="prev"' in second.content.decode()


# My cases


def test_my_cases_say_what_is_due_and_what_is_late(cast: Cast) -> None:
    going = walk(cast, "served")
    browser = cast.browser("mediator")
    page = browser.get("/cases/")
    assert rows(page) == [(going.case.reference, "You mediate.", "Intake")]
    assert [row.is_late for row in page.context["rows"]] == [False]
    Clock.objects.filter(case=going.case).update(due_on="2020-01-01")
    assert [row.is_late for row in browser.get("/cases/").context["rows"]] == [True]
    for language, said in (("en", "something is due on Jan. 1, 2020."), ("es", "algo toca el 1 de enero de 2020.")):
        User.objects.filter(pk=cast.user("mediator").pk).update(language=language)
        assert said in browser.get("/cases/").content.decode()


def test_a_conflict_takes_a_case_out_of_every_list(cast: Cast) -> None:
    going = walk(cast, "served")
    browser = cast.browser("mediator")
    people.say_who_must_not_serve(going.case, [cast.user("mediator")], by=cast["member"])
    assert [rows(browser.get("/cases/")), offered(browser.get("/asked/"))] == [[], []]


def test_a_party_never_finds_their_concern_among_the_cases_they_serve_in(cast: Cast) -> None:
    walk(cast, "told")
    assert rows(cast.browser("respondent").get("/cases/")) == []


# Asked, and intake


def test_whom_a_mediator_is_asked_by_name_stands_under_asked_and_not_under_intake(cast: Cast) -> None:
    going = asked_to_mediate(cast)
    browser = cast.browser("mediator")
    assert offered(browser.get("/asked/")) == [going.case.reference]
    assert offered(browser.get("/intake/")) == []


def test_a_mediator_in_conflict_never_sees_the_offer(cast: Cast) -> None:
    going = asked_to_mediate(cast)
    people.say_who_must_not_serve(going.case, [cast.user("mediator")], by=cast["member"])
    SeatOffer.objects.filter(user=cast.user("mediator")).update(state=SeatOffer.State.OPEN)
    page = cast.browser("mediator").get("/asked/")
    assert offered(page) == []
    assert going.case.reference not in page.content.decode()


def test_an_offer_that_lapsed_is_gone(cast: Cast) -> None:
    asked_to_mediate(cast)
    SeatOffer.objects.update(lapses_at="2020-01-01T00:00Z")
    assert offered(cast.browser("mediator").get("/asked/")) == []


def test_intake_holds_what_waits_and_what_was_taken_in(cast: Cast) -> None:
    waits, taken = walk(cast, "filed").case, walk(cast, "taken_in").case
    page = cast.browser("intake").get("/intake/")
    assert offered(page) == [waits.reference]
    assert rows(page) == [(taken.reference, "You took this in.", "Intake")]


# Cost


@pytest.mark.parametrize(
    ("login", "address", "until"),
    [
        ("member", "/concerns/", "filed"),
        ("respondent", "/concerns/", "told"),
        ("mediator", "/cases/", "served"),
        ("intake", "/intake/", "taken_in"),
    ],
)
def test_one_or_three_cases_cost_the_same(cast: Cast, login: str, address: str, until: str) -> None:
    walk(cast, until)
    one = cost(cast.browser(login), address)
    for _more in range(2):
        walk(cast, until)
    assert cost(cast.browser(login), address) == one


def test_one_or_three_offers_cost_the_same(cast: Cast) -> None:
    asked_to_mediate(cast)
    one = cost(cast.browser("mediator"), "/asked/")
    for _more in range(2):
        asked_to_mediate(cast)
    assert cost(cast.browser("mediator"), "/asked/") == one


def test_one_or_three_agenda_items_cost_the_same(cast: Cast) -> None:
    carried_to_a_meeting(cast)
    one = cost(cast.browser("mediator"), "/agenda/")
    for _more in range(2):
        carried_to_a_meeting(cast)
    assert cost(cast.browser("mediator"), "/agenda/") == one


def test_ones_cases_are_narrowed_to_a_stage_and_to_what_is_late(cast: Cast) -> None:
    talked, told, late = (walk(cast, until).case.reference for until in ("one_on_one", "told", "one_on_one"))
    Clock.objects.filter(case__reference=late, stopped_at=None).update(due_on=dt.date(2020, 1, 1))
    browser = cast.browser("mediator")
    found = {
        asked: {row.reference for row in browser.get(f"/cases/?{asked}").context["rows"]}
        for asked in ("", "stage=2", "late", "stage=2&late", "stage=1&late", "stage=nine")
    }
    assert found == {
        "": {talked, told, late},
        "stage=2": {talked, late},
        "late": {late},
        "stage=2&late": {late},
        "stage=1&late": set(),
        "stage=nine": {talked, told, late},
    }


def test_who_may_not_know_where_a_case_stands_can_not_ask_by_narrowing(cast: Cast) -> None:
    case = walk(cast, "told").case
    browser = cast.browser("respondent")
    pages = [browser.get(f"/concerns/?stage={number}") for number in (1, 2)]
    assert [[row.reference for row in page.context["rows"]] for page in pages] == [[case.reference]] * 2
