from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from grievances.actions import papers, seats
from grievances.deadlines import DEADLINES, due_on, is_late, is_late_again, today
from grievances.models import Case, Clock, Consent, Purpose, Route
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import account, invited

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

Kind = Clock.Kind
PROMISED = {
    Kind.ACKNOWLEDGE: 3,
    Kind.DISTINGUISH: 7,
    Kind.TELL: 7,
    Kind.ANSWER: 7,
    Kind.MEDIATE: 14,
    Kind.RESOLVE: 30,
    Kind.CHECK_IN: 30,
    Kind.CHECK_IN_AGAIN: 90,
    Kind.FOLLOW_UP: 182,
    Kind.NATIONAL: 30,
}


def running(case: Case) -> set[str]:
    return set(case.clocks.filter(stopped_at=None).values_list("kind", flat=True))


def test_the_days_are_those_of_the_docs() -> None:
    assert {kind: rule.days for kind, rule in DEADLINES.items()} == PROMISED


@pytest.mark.parametrize(
    ("until", "runs"),
    [
        ("begun", set()),
        ("filed", {Kind.ACKNOWLEDGE, Kind.DISTINGUISH, Kind.RESOLVE}),
        ("taken_in", {Kind.DISTINGUISH, Kind.RESOLVE}),
        ("distinguished", {Kind.RESOLVE}),
        ("told", {Kind.ANSWER, Kind.RESOLVE}),
        ("mediation", {Kind.MEDIATE, Kind.RESOLVE}),
        ("amends", {Kind.CHECK_IN, Kind.CHECK_IN_AGAIN}),
        ("closed", {Kind.FOLLOW_UP}),
    ],
)
def test_what_runs_at_each_stretch_of_the_way(cast: Cast, until: str, runs: set[str]) -> None:
    assert running(walk(cast, until).case) == runs


def test_from_the_consent_on_a_week_runs_in_which_the_person_named_is_told(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    account(going, "member")
    clock = going.case.clocks.get(kind=Kind.TELL)
    assert (clock.due_on, clock.stopped_at) == (today() + dt.timedelta(days=7), None)
    going.take(Step.TELL, "mediator", paper=going.case.papers.get().token)
    assert running(going.case) == {Kind.ANSWER, Kind.RESOLVE}


def test_a_consent_taken_back_stops_it(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    said = Consent.objects.get(paper=account(going, "member"))
    papers.withdraw_consent(going.case, said, by=cast["member"])
    assert running(going.case) == {Kind.RESOLVE}


def harmed_besides(cast: Cast) -> Walk:
    """A concern that somebody who saw the harm has raised, and the person harmed wants to go on."""
    going = Walk.begin(cast, Route.SAW)
    for stretch in (Walk.filed, Walk.taken_in, Walk.served, Walk.distinguished):
        stretch(going)
    invited(going, "witness", Part.HARMED)
    return going


def test_it_stops_where_somebody_whose_consent_it_needs_is_gone(cast: Cast) -> None:
    going = harmed_besides(cast)
    account(going, "member", "witness")
    assert Kind.TELL in running(going.case)
    seats.withdraw_everything(None, cast.user("witness"))
    assert Kind.TELL not in running(going.case)


def test_it_runs_once_only_those_are_left_who_agreed(cast: Cast) -> None:
    going = harmed_besides(cast)
    account(going, "witness")
    assert Kind.TELL not in running(going.case)
    seats.leave(going.case, by=cast["member"])
    assert Kind.TELL in running(going.case)


def test_a_new_version_of_the_text_stops_it_until_it_is_agreed_to(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    text = account(going, "member")
    papers.prepare(
        going.case, Purpose.ACCOUNT, {"text": "Other words."}, by=cast["mediator"], part=Part.RESPONDENT, paper=text
    )
    assert running(going.case) == {Kind.RESOLVE}


def test_the_first_check_in_leaves_the_second_to_come_and_the_second_stops_it(cast: Cast) -> None:
    going = walk(cast, "amends")
    Clock.objects.filter(case=going.case, kind=Kind.CHECK_IN).update(due_on=today())
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    assert running(going.case) == {Kind.CHECK_IN_AGAIN}


def test_back_in_mediation_no_amends_are_looked_at(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    going.take(Step.RETURN_TO_MEDIATION, "mediator")
    assert running(going.case) == set()


def test_nobody_comes_back_to_who_withdrew(cast: Cast) -> None:
    going = walk(cast, "told")
    going.take(Step.WITHDRAW, "member")
    assert running(going.case) == set()


def test_reopening_ends_the_question_after_half_a_year(cast: Cast) -> None:
    going = walk(cast, "closed")
    going.take(Step.REOPEN, "member")
    assert running(going.case) == set()


# Days, and the hours at which they change


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-03-08 04:59", "2026-03-07"),  # eleven at night in New York
        ("2026-03-08 05:00", "2026-03-08"),
        ("2026-03-09 03:59", "2026-03-08"),  # an hour was skipped: the day ends an hour sooner
        ("2026-03-09 04:00", "2026-03-09"),
        ("2026-11-01 04:00", "2026-11-01"),
        ("2026-11-02 04:59", "2026-11-01"),  # an hour came twice: it ends an hour later
        ("2026-11-02 05:00", "2026-11-02"),
    ],
)
def test_a_day_ends_when_it_ends_at_the_office(now: str, day: str) -> None:
    with time_machine.travel(dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC), tick=False):
        assert today() == dt.date.fromisoformat(day)


@pytest.mark.parametrize("start", ["2026-03-06", "2026-10-30"])
def test_a_week_across_a_change_of_the_clocks_is_seven_days(start: str) -> None:
    begin = dt.datetime.fromisoformat(f"{start} 23:30-05:00")
    with time_machine.travel(begin, tick=False):
        first = today()
        assert due_on(Kind.DISTINGUISH) - first == dt.timedelta(days=7)


def test_late_begins_the_day_after_and_again_after_as_much_time_once_more() -> None:
    clock = Clock(kind=Kind.ACKNOWLEDGE)
    late = []
    for days in (0, 1, 3, 4):
        clock.due_on = today() - dt.timedelta(days=days)
        late.append((is_late(clock), is_late_again(clock)))
    assert late == [(False, False), (True, False), (True, False), (True, True)]
    clock.paused_on = today()
    assert (is_late(clock), is_late_again(clock)) == (False, False)
