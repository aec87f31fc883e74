from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caracol.ledger.chain import entries
from grievances import access, finding
from grievances.actions.people import say_who_must_not_serve
from grievances.actions.words import say
from grievances.deadlines import today
from grievances.events import Event
from grievances.models import Availability, Case, Clock, EntryKind, Notice, Pseudonym
from grievances.rooms import RoomKind
from grievances.sealing import read_one
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk
from tests.grievances.moves import room
from tests.grievances.views.cost import cost
from tests.grievances.views.pages import text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

DESK, FIND = "/desk/", "/desk/find/"
DAY = dt.timedelta(days=1)


def needs(cast: Cast, login: str = "mediator") -> list[tuple[str, bool, bool]]:
    found: Any = cast.browser(login).get(DESK).context["needs"]
    return [(need.case.reference, need.waits, need.is_late) for need in found]


def due(case: Case, days: int) -> None:
    Clock.objects.filter(case=case, stopped_at=None).update(due_on=today() + days * DAY)


def test_what_waits_for_a_second_yes_comes_first_then_what_is_due_soonest(cast: Cast) -> None:
    late, soon, waits, paused = (walk(cast, "served") for _ in range(4))
    for going, days in ((soon, 2), (late, -3), (waits, 20), (paused, -9)):
        due(going.case, days)
    Clock.objects.filter(case=paused.case).update(paused_on=today())
    waits.take(Step.CLOSE_NO_CONTACT, "mediator2", {"text": "Nobody answers."})
    assert needs(cast) == [
        (waits.case.reference, True, False),
        (late.case.reference, False, True),
        (soon.case.reference, False, False),
        (paused.case.reference, False, False),
    ]


def test_a_desk_says_what_is_due_next(cast: Cast) -> None:
    walk(cast, "told")
    assert "The person named answers: due on" in text_of(cast.browser("mediator").get(DESK))


def test_ones_own_proposal_waits_for_somebody_else(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.CLOSE_NO_CONTACT, "mediator", {"text": "Nobody answers."})
    assert needs(cast) == [(going.case.reference, False, False)]


def test_a_desk_counts_ones_own_open_cases_and_nobody_elses(cast: Cast) -> None:
    mine, closed = walk(cast, "served"), walk(cast, "served")
    due(mine.case, -1)
    closed.take(Step.WITHDRAW, "member")
    seen = {}
    for login in ("mediator", "mediator3"):
        page: Any = cast.browser(login).get(DESK)
        seen[login] = (page.context["load"], page.context["late"], [need.case for need in page.context["needs"]])
    assert seen == {"mediator": (1, 1, [mine.case]), "mediator3": (0, 0, [])}


def test_a_conflict_takes_a_case_off_the_desk_and_out_of_its_counts(cast: Cast) -> None:
    going = walk(cast, "served")
    due(going.case, -1)
    say_who_must_not_serve(going.case, [cast.user("mediator")], by=cast["member"])
    page: Any = cast.browser("mediator").get(DESK)
    assert (page.context["load"], page.context["late"], page.context["needs"]) == (0, 0, [])


def test_one_or_three_cases_cost_the_same(cast: Cast) -> None:
    walk(cast, "served")
    one = cost(cast.browser("mediator"), DESK)
    walk(cast, "served"), walk(cast, "served")
    assert cost(cast.browser("mediator"), DESK) == one


@pytest.mark.parametrize("login", ["member", "intake", "secretary", "steering"])
def test_nobody_but_a_mediator_has_a_desk(cast: Cast, login: str) -> None:
    browser = cast.browser(login)
    assert [browser.get(DESK).status_code, browser.post(FIND, {"words": "cat"}).status_code] == [404, 404]


# One's own time


def test_what_a_mediator_says_of_their_time_stands_beside_their_name_where_one_is_asked_for(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    cast.browser("mediator").post(DESK, {"busy": "on"})
    away = {"away_from": today().isoformat(), "away_until": (today() + 9 * DAY).isoformat()}
    cast.browser("mediator2").post(DESK, away)
    page = text_of(cast.browser("intake").get(f"/cases/{going.case.reference}/{Step.ASK}/"))
    assert "Server mediator (busy at present)" in page
    assert "Server mediator2 (away from" in page
    assert "Server mediator3 (" not in page


def test_those_concerned_see_that_a_mediator_is_away_and_not_once_it_is_over(cast: Cast) -> None:
    going = walk(cast, "served")
    page = f"/cases/{going.case.reference}/"
    Availability.objects.create(user=cast.user("mediator"), away_from=today(), away_until=today())
    assert "away from" in text_of(cast.browser("member").get(page))
    Availability.objects.update(away_from=today() - 3 * DAY, away_until=today() - DAY)
    assert "away from" not in text_of(cast.browser("member").get(page))


def test_a_desk_says_what_nobody_covers_while_one_is_away(cast: Cast) -> None:
    walk(cast, "served")
    Availability.objects.create(user=cast.user("mediator"), away_from=today(), away_until=today() + 5 * DAY)
    found: Any = cast.browser("mediator").get(DESK).context["needs"]
    assert [need.uncovered for need in found] == [False]
    Availability.objects.create(user=cast.user("mediator2"), away_from=today() + 5 * DAY, away_until=today() + 6 * DAY)
    found = cast.browser("mediator").get(DESK).context["needs"]
    assert [need.uncovered for need in found] == [True]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"away_from": "2031-02-01"}, "Please give both days, or none."),
        ({"away_from": "2031-02-02", "away_until": "2031-02-01"}, "This day lies before the first."),
    ],
)
def test_days_that_can_not_be_are_said_and_nothing_is_kept(cast: Cast, wrong: dict[str, str], said: str) -> None:
    answer = cast.browser("mediator").post(DESK, wrong)
    assert (answer.status_code, said in text_of(answer), Availability.objects.count()) == (422, True, 0)


# Finding


def found(cast: Cast, words: str, login: str = "mediator", **more: str) -> Any:
    answer = cast.browser(login).post(FIND, {"words": words, **more})
    assert answer.status_code == 200
    return answer.context


def test_words_are_found_in_every_room_that_one_holds_a_key_to_whatever_their_case(cast: Cast) -> None:
    case = walk(cast, "told").case
    say(room(case, RoomKind.MEDIATORS), {"text": "The PORCH again."}, by=cast["mediator2"])
    hits = {(hit_room.kind, excerpt) for hit_room, _name, excerpt in found(cast, "porch")["hits"]}
    assert ("mediators", "The PORCH again.") in hits
    assert ("party", "The cat was chased off the porch.") in hits


def test_nothing_is_found_where_one_holds_no_key_or_is_in_conflict(cast: Cast) -> None:
    going = walk(cast, "told")
    assert found(cast, "porch", "mediator3")["hits"] == []
    say_who_must_not_serve(going.case, [cast.user("mediator")], by=cast["member"])
    assert (found(cast, "porch")["hits"], found(cast, "porch")["found"].of) == ([], 0)


@pytest.mark.usefixtures("within_an_hour")
def test_looking_is_recorded_as_opening_each_room_once_an_hour(cast: Cast) -> None:
    case = walk(cast, "told").case
    who = Pseudonym.of(case.chain, cast.user("mediator"))
    found(cast, "no such word"), found(cast, "nor this one")
    told = [each.details["room"] for each in entries(case.chain, Event.ROOM_OPENED) if each.actor == who]
    looked_into = {each.token for each in access.rooms_of(cast.user("mediator")) if each.entries.exists()}
    assert (set(told) >= looked_into, len(told)) == (True, len(set(told)))


def test_it_goes_through_the_cases_batch_by_batch_and_says_how_far_it_is(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "CASES_AT_ONCE", 2)
    for _ in range(3):
        walk(cast, "served")
    browser = cast.browser("mediator")
    first: Any = browser.post(FIND, {"words": "porch"})
    assert "Looked into 2 of 3 open cases." in text_of(first)
    then: Any = browser.post(FIND, {"words": "porch", "done": str(first.context["found"].done)})
    assert "Looked into 3 of 3 open cases." in text_of(then)
    seen = [{hit_room.case_id for hit_room, _name, _text in page.context["hits"]} for page in (first, then)]
    assert (len(seen[0]), len(seen[1]), seen[0] & seen[1]) == (2, 1, set())


def test_of_too_much_the_newest_is_looked_through_and_the_page_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = walk(cast, "told").case
    say(room(case, RoomKind.MEDIATORS), {"text": "A porch."}, by=cast["mediator"])
    monkeypatch.setattr(finding, "ENTRIES_AT_ONCE", 1)
    page = found(cast, "porch")
    assert ([text for _room, _name, text in page["hits"]], page["found"].cut) == (["A porch."], True)


@pytest.mark.parametrize("words", ["", "ab"])
def test_too_few_letters_are_asked_for_again(cast: Cast, words: str) -> None:
    assert cast.browser("mediator").post(FIND, {"words": words}).status_code == 422


def test_looking_again_costs_the_same_for_one_case_and_for_three(cast: Cast) -> None:
    walk(cast, "served")
    one = cost_of_finding(cast)
    walk(cast, "served"), walk(cast, "served")
    assert cost_of_finding(cast) == one


def cost_of_finding(cast: Cast) -> int:
    browser = cast.browser("mediator")
    browser.post(FIND, {"words": "no such word"})
    with CaptureQueriesContext(connection) as queries:
        browser.post(FIND, {"words": "no such word"})
    return len(queries)


# Handing over


def test_a_hand_over_note_lies_among_the_mediators_and_the_other_is_told(cast: Cast) -> None:
    case = walk(cast, "served").case
    Notice.objects.all().delete()
    page = f"/cases/{case.reference}/hand-over/"
    assert cast.browser("mediator").post(page, {"text": "Call on Friday."}).status_code == 302
    note = room(case, RoomKind.MEDIATORS).entries.get(kind=EntryKind.HAND_OVER)
    assert read_one(note, by=cast["mediator2"]) == {"text": "Call on Friday."}
    assert [notice.user_id for notice in Notice.objects.all()] == [cast.user("mediator2").pk]


def test_nobody_else_leaves_one_and_none_is_left_in_a_closed_case(cast: Cast) -> None:
    going = walk(cast, "told")
    page = f"/cases/{going.case.reference}/hand-over/"
    assert {cast.browser(login).get(page).status_code for login in ("member", "respondent")} == {403}
    going.take(Step.WITHDRAW, "member")
    assert cast.browser("mediator").get(page).status_code == 404
