from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from caracol.letters import cadences
from caracol.letters.cadences import due_until, last_time
from caracol.letters.models import Cadence
from caracol.vault.box import SealBroken
from tests.grievances.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

When = Cadence.When
NEW_YORK, HONOLULU = ZoneInfo("America/New_York"), ZoneInfo("Pacific/Honolulu")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_who_never_chose_is_written_to_never(cast: Cast) -> None:
    kept = cadences.cadence_of(cast.user("member"))
    assert (kept.when, due_until(kept, utc("2026-11-22 12:00"))) == (When.NEVER, None)


def test_at_once_means_up_to_now() -> None:
    now = utc("2026-11-22 12:00")
    assert due_until(Cadence(when=When.AT_ONCE, zone="UTC"), now) == now


def test_daily_means_up_to_the_last_time_of_the_hour_in_ones_own_zone() -> None:
    now = utc("2026-11-22 12:00")
    assert due_until(Cadence(when=When.DAILY, hour=6, zone="America/Chicago"), now) == now
    assert due_until(Cadence(when=When.DAILY, hour=7, zone="America/Chicago"), now) == utc("2026-11-21 13:00")


def test_the_hour_itself_counts_and_the_second_before_it_does_not() -> None:
    assert last_time(8, NEW_YORK, utc("2026-11-22 13:00")) == utc("2026-11-22 13:00")
    assert last_time(8, NEW_YORK, utc("2026-11-22 12:59:59")) == utc("2026-11-21 13:00")


@pytest.mark.parametrize(("hour", "zone"), [(0, NEW_YORK), (1, NEW_YORK), (2, NEW_YORK), (8, NEW_YORK), (2, HONOLULU)])
@pytest.mark.parametrize("change", ["2026-03-08", "2026-11-01"])
def test_the_hour_comes_once_on_each_day_also_when_the_clocks_change(change: str, hour: int, zone: ZoneInfo) -> None:
    begin = utc(f"{change} 00:00") - dt.timedelta(days=2)
    minutes = [begin + dt.timedelta(minutes=15 * quarter) for quarter in range(5 * 24 * 4)]
    times = {last_time(hour, zone, now) for now in minutes}
    days = [at.astimezone(zone).date() for at in times]
    assert len(days) == len(set(days))
    first, last = minutes[0].astimezone(zone).date(), minutes[-1].astimezone(zone).date()
    assert set(days) >= {first + dt.timedelta(days=n) for n in range(1, (last - first).days)}


def test_an_hour_that_a_day_skips_counts_from_where_the_clock_jumps() -> None:
    assert last_time(2, NEW_YORK, utc("2026-03-08 12:00")) == utc("2026-03-08 07:00")


def test_of_an_hour_that_comes_twice_the_first_counts() -> None:
    assert last_time(1, NEW_YORK, utc("2026-11-01 12:00")) == utc("2026-11-01 05:00")


def test_letters_go_to_the_address_chosen_for_them_else_to_the_one_somebody_came_with(cast: Cast) -> None:
    member = cast.user("member")
    assert cadences.address_of(member) == "member@example.org"
    cadences.choose(member, When.DAILY, address="quiet@example.net", hour=8, zone="UTC")
    assert cadences.address_of(member) == "quiet@example.net"


def test_the_address_is_sealed_and_bound_to_its_person(cast: Cast) -> None:
    for login in ("member", "respondent"):
        cadences.choose(cast.user(login), When.DAILY, address=f"{login}@example.net", hour=8, zone="UTC")
    theirs = Cadence.objects.get(user=cast.user("respondent"))
    assert b"example" not in bytes(theirs.sealed)
    Cadence.objects.filter(user=cast.user("member")).update(sealed=theirs.sealed)
    with pytest.raises(SealBroken):
        cadences.address_of(cast.user("member"))
