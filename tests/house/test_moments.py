from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from caracol import moments
from caracol.templatetags.moments import kept, kept_for_machines

ROOT = Path(__file__).resolve().parents[2]
# A quarter to ten in the evening here, and the next day already in the world.
EVENING = dt.datetime(2031, 1, 9, 2, 45, 17, 123, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2031, 1, 8, 5, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


def test_otherwise_the_moment_itself_is_kept() -> None:
    assert moments.kept() == EVENING == timezone.now()


def test_by_the_day_the_start_of_the_day_here_is_kept() -> None:
    with moments.by_the_day():
        assert moments.kept() == MIDNIGHT
    assert moments.kept() == EVENING


def test_whose_deed_it_is_may_be_found_out_on_the_way() -> None:
    guest = False
    with moments.by_the_day(lambda: guest):
        before = moments.kept()
        guest = True
        assert (before, moments.kept()) == (EVENING, MIDNIGHT)


def test_what_lapses_after_a_day_alone_holds_to_the_end_of_the_last_day() -> None:
    assert moments.after(EVENING, 7) == EVENING + dt.timedelta(days=7)
    last = timezone.localtime(moments.after(MIDNIGHT, 7))
    assert (last.date(), last.hour, last.minute) == (dt.date(2031, 1, 15), 23, 59)


@pytest.mark.parametrize(
    ("moment", "shown", "for_machines"),
    [
        (EVENING, "Jan. 8, 2031, 9:45 p.m.", "2031-01-08T21:45:17.000123-05:00"),
        (MIDNIGHT, "Jan. 8, 2031", "2031-01-08"),
    ],
)
def test_a_day_alone_is_shown_as_a_day(moment: dt.datetime, shown: str, for_machines: str) -> None:
    assert (kept(moment), kept_for_machines(moment)) == (shown, for_machines)


# Where the clock itself is looked at: to compare with it, by a worker for nobody, or for members alone.
LOOK_AT_THE_CLOCK = {
    "grievances/actions/afterwards.py",
    "grievances/actions/by_letter.py",
    "grievances/actions/clocks.py",
    "grievances/actions/conversations.py",
    "grievances/actions/recovery.py",
    "grievances/actions/sessions.py",
    "grievances/actions/shelf.py",
    "grievances/facts.py",
    "grievances/forms/sessions.py",
    "grievances/planned.py",
    "grievances/waiting.py",
}


def test_what_the_case_work_keeps_it_asks_for_here() -> None:
    files = [path for path in (ROOT / "grievances").rglob("*.py") if not {"demo", "migrations"} & set(path.parts)]
    looking = {str(path.relative_to(ROOT)) for path in files if "timezone.now" in path.read_text(encoding="utf-8")}
    assert looking == LOOK_AT_THE_CLOCK
