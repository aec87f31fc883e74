from __future__ import annotations

import datetime as dt

import pytest

from caracol.ledger.chain import entries
from grievances.actions import dates
from grievances.actions.dates import Seen
from grievances.deadlines import today
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, Refused, SomebodyWasFaster
from grievances.models import Case, Clock, EntryKind, Notice
from grievances.rooms import RoomKind
from grievances.sealing import read_one
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk
from tests.grievances.moves import room

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

DAY = dt.timedelta(days=1)
WHY = "They are travelling."


def clock(case: Case) -> Clock:
    return case.clocks.get(kind=Clock.Kind.RESOLVE)


def seen(case: Case) -> Seen:
    now = clock(case)
    return Seen(Clock.Kind.RESOLVE, now.due_on, now.paused_on is not None)


def test_a_mediator_sets_another_date_with_a_reason_that_mediators_alone_read(cast: Cast) -> None:
    case = walk(cast, "served").case
    dates.move(case, seen(case), today() + 50 * DAY, WHY, by=cast["mediator"])
    assert clock(case).due_on == today() + 50 * DAY
    reason = room(case, RoomKind.MEDIATORS).entries.get(kind=EntryKind.REASON)
    assert read_one(reason, by=cast["mediator2"]) == {"text": WHY}
    said = entries(case.chain, Event.CLOCK_MOVED)[-1].details
    assert {"clock": "resolve", "due_on": (today() + 50 * DAY).isoformat()}.items() <= said.items()


def test_whoever_raised_it_and_the_other_mediator_are_told(cast: Cast) -> None:
    case = walk(cast, "served").case
    Notice.objects.all().delete()
    dates.move(case, seen(case), today(), WHY, by=cast["mediator"])
    told = {(notice.user_id, notice.about) for notice in Notice.objects.all()}
    assert told == {(cast.user(login).pk, Event.CLOCK_MOVED) for login in ("member", "mediator2")}


def test_no_date_is_set_in_the_past(cast: Cast) -> None:
    case = walk(cast, "served").case
    with pytest.raises(NotOpen):
        dates.move(case, seen(case), today() - DAY, WHY, by=cast["mediator"])


def test_a_pause_puts_the_date_off_by_as_many_days(cast: Cast) -> None:
    case = walk(cast, "served").case
    due = clock(case).due_on
    dates.pause(case, seen(case), WHY, by=cast["mediator"])
    assert (clock(case).paused_on, clock(case).due_on) == (today(), due)
    Clock.objects.filter(case=case, paused_on=today()).update(paused_on=today() - 12 * DAY)
    dates.resume(case, seen(case), by=cast["mediator2"])
    assert (clock(case).paused_on, clock(case).due_on) == (None, due + 12 * DAY)


def test_another_date_ends_a_pause(cast: Cast) -> None:
    case = walk(cast, "served").case
    dates.pause(case, seen(case), WHY, by=cast["mediator"])
    dates.move(case, seen(case), today() + DAY, WHY, by=cast["mediator"])
    assert (clock(case).paused_on, clock(case).due_on) == (None, today() + DAY)


def test_pausing_twice_and_going_on_without_a_pause_are_refused(cast: Cast) -> None:
    case = walk(cast, "served").case
    with pytest.raises(NotOpen):
        dates.resume(case, seen(case), by=cast["mediator"])
    dates.pause(case, seen(case), WHY, by=cast["mediator"])
    with pytest.raises(NotOpen):
        dates.pause(case, seen(case), WHY, by=cast["mediator"])


def test_what_somebody_else_has_set_meanwhile_is_not_overwritten(cast: Cast) -> None:
    case = walk(cast, "served").case
    before = seen(case)
    dates.move(case, before, today() + 5 * DAY, WHY, by=cast["mediator"])
    with pytest.raises(SomebodyWasFaster):
        dates.move(case, before, today() + 9 * DAY, WHY, by=cast["mediator2"])
    with pytest.raises(SomebodyWasFaster):
        dates.pause(case, before, WHY, by=cast["mediator2"])
    assert clock(case).due_on == today() + 5 * DAY


@pytest.mark.parametrize("login", ["member", "respondent", "stranger", "secretary"])
def test_nobody_but_a_mediator_of_the_case_sets_its_dates(cast: Cast, login: str) -> None:
    case = walk(cast, "told").case
    with pytest.raises(NotYours):
        dates.move(case, seen(case), today(), WHY, by=cast[login])


def test_a_closed_case_keeps_its_dates(cast: Cast) -> None:
    going = walk(cast, "told")
    before = seen(going.case)
    going.take(Step.WITHDRAW, "member")
    with pytest.raises(Refused):
        dates.move(going.case, before, today(), WHY, by=cast["mediator"])


def test_a_date_moves_no_case(cast: Cast) -> None:
    case = walk(cast, "served").case
    dates.move(case, seen(case), today(), WHY, by=cast["mediator"])
    after = Case.objects.get(pk=case.pk)
    assert (after.stage, after.version, after.moved_at) == (case.stage, case.version, case.moved_at)
