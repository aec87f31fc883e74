from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine

from caracol.accounts.chains import THING_SHARED, chain_of
from caracol.ledger.chain import entries
from caracol.letters import cadences
from caracol.letters.models import Cadence
from grievances.actions import conversations, sessions
from grievances.models import AmendsItem, Invited, Space
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import planned
from tests.grievances.views.cost import cost
from tests.grievances.views.pages import text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PAGE, ENTRY = "/calendar/", "/calendar/entry/"
FILE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Caracol//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n"
    "DTSTAMP:20261120T000000Z\r\n{begins}\r\nSUMMARY:Caracol\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


WAITS = {"waits": "1", "who": "me", "why": "remember", "what": "entry", "needed": "yes"}


def days(cast: Cast, login: str) -> list[tuple[str, str]]:
    found: Any = cast.browser(login).get(PAGE).context["days"]
    return [(each.at, str(each.what)) for each in found]


def a_talk(cast: Cast, at: str = "2031-03-09T15:00:00-07:00") -> Walk:
    going = walk(cast, "one_on_one")
    going.take(Step.OFFER_SPACE, "member", to=going.seat_token("respondent"), channel="call", meets_at=at)
    return going


def test_both_sides_see_a_talk_with_a_time_and_nobody_else_does(cast: Cast) -> None:
    a_talk(cast)
    seen = {login: days(cast, login) for login in ("member", "respondent", "mediator", "stranger")}
    talk = [("2031-03-09T22:00:00+00:00", "a private talk")]
    assert seen == {"member": talk, "respondent": talk, "mediator": [], "stranger": []}


def test_a_declined_talk_is_no_day(cast: Cast) -> None:
    a_talk(cast)
    Space.objects.update(answer=Space.Answer.DECLINED)
    assert days(cast, "member") == []


def test_whoever_amends_concern_sees_when_they_are_looked_at(cast: Cast) -> None:
    going = walk(cast, "amends")
    due = AmendsItem.objects.get(case=going.case).due_on.isoformat()
    seen = {login: days(cast, login) for login in ("member", "respondent", "mediator", "stranger", "intake")}
    check_in = [(due, "a check-in on what was promised")]
    assert seen == {"member": check_in, "respondent": check_in, "mediator": check_in, "stranger": [], "intake": []}


def test_what_is_settled_or_closed_is_no_day(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="kept")
    assert days(cast, "member") == []


def test_the_day_to_come_back_to_a_private_talk_is_its_recorders_alone(cast: Cast) -> None:
    talk = conversations.keep(
        {"text": "We spoke."},
        by=cast["member"],
        follow_up_on=dt.date(2031, 5, 4),
        let_read=cast.user("stranger"),
    )
    assert days(cast, "member") == [("2031-05-04", "to come back to a private talk")]
    assert days(cast, "stranger") == []
    assert f"/conversations/{talk.room.token}/" in cast.browser("member").get(PAGE).content.decode()


def test_who_mediates_and_who_is_invited_see_a_session_and_who_declined_does_not(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going, "respondent", form="shuttle")
    day = [(session.meets_at.isoformat(), "a session of mediation")]
    seen = {login: days(cast, login) for login in ("respondent", "mediator", "mediator2", "member", "stranger")}
    assert seen == {"respondent": day, "mediator": day, "mediator2": day, "member": [], "stranger": []}
    sessions.answer(going.case, session, Invited.Answer.DECLINED, seen=1, by=cast["respondent"])
    assert (days(cast, "respondent"), days(cast, "mediator")) == ([], day)


def test_a_session_called_off_is_no_day(cast: Cast) -> None:
    going = walk(cast, "mediation")
    sessions.call_off(going.case, planned(going), seen=1, by=cast["mediator"])
    assert [days(cast, login) for login in ("member", "respondent", "mediator")] == [[], [], []]


def test_times_are_shown_in_ones_own_zone_across_a_change_of_the_clocks(cast: Cast) -> None:
    a_talk(cast)
    user = cast.user("member")
    cadences.choose(user, Cadence.When.NEVER, address="", hour=8, zone="America/Chicago")
    assert "March 9, 2031, 5 p.m. CDT" in text_of(cast.browser("member").get(PAGE))
    Space.objects.update(meets_at=dt.datetime(2031, 3, 8, 22, tzinfo=dt.UTC))
    assert "March 8, 2031, 4 p.m. CST" in text_of(cast.browser("member").get(PAGE))


@pytest.mark.parametrize(
    ("at", "begins"),
    [
        ("2031-03-09", "DTSTART;VALUE=DATE:20310309"),
        ("2031-03-09T15:00:00-07:00", "DTSTART:20310309T220000Z"),
        ("2026-11-01T01:30:00-04:00", "DTSTART:20261101T053000Z"),
        ("2026-11-01T01:30:00-05:00", "DTSTART:20261101T063000Z"),
    ],
)
def test_an_entry_says_a_time_and_nothing_else_to_the_byte(cast: Cast, at: str, begins: str) -> None:
    browser = cast.browser("member")
    with time_machine.travel(dt.datetime(2026, 11, 20, 15, 41, 7, tzinfo=dt.UTC)):
        answer = browser.post(ENTRY, {"at": at, **WAITS})
    uid = re.findall(r"UID:([0-9a-f]{32})\r\n", answer.content.decode())[0]
    assert answer.content.decode() == FILE.format(uid=uid, begins=begins)
    assert answer.headers["Content-Type"] == "text/calendar"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="caracol.ics"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_entry_leaves_only_as_the_answer_to_why_and_is_recorded_without_what_it_is_about(cast: Cast) -> None:
    browser, at = cast.browser("member"), "2031-03-09T15:00:00-07:00"
    asked = [browser.post(ENTRY, {"at": at}), browser.post(ENTRY, {**WAITS, "at": at, "who": ""})]
    assert [answer.status_code for answer in asked] == [200, 422]
    assert "checked" not in asked[0].content.decode()
    chain = chain_of(cast.user("member"))
    assert entries(chain, THING_SHARED) == []
    browser.post(ENTRY, {**WAITS, "at": at})
    assert [told.details for told in entries(chain, THING_SHARED)] == [
        {"thing": "day", "whom": "me", "why": "remember"}
    ]


def test_every_entry_has_another_random_id(cast: Cast) -> None:
    browser = cast.browser("member")
    assert len({browser.post(ENTRY, {"at": "2031-03-09", **WAITS}).content for _ in range(3)}) == 3


@pytest.mark.parametrize("at", ["", "soon", "2031-02-30", "2031-03-09T15:00:00", "2031-03-09\r\nATTENDEE:x"])
def test_what_is_no_time_gives_no_entry(cast: Cast, at: str) -> None:
    assert cast.browser("member").post(ENTRY, {"at": at}).headers["Location"] == PAGE


def test_the_page_costs_the_same_for_one_day_and_for_three(cast: Cast) -> None:
    a_talk(cast), walk(cast, "amends"), planned(walk(cast, "mediation"))
    one = cost(cast.browser("member"), PAGE)
    a_talk(cast), walk(cast, "amends"), planned(walk(cast, "mediation"))
    assert cost(cast.browser("member"), PAGE) == one
