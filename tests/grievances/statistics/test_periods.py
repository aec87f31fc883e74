from __future__ import annotations

import datetime as dt

import pytest

from grievances.statistics.periods import Half, halves_in, written


@pytest.mark.parametrize(
    ("day", "half"),
    [((2024, 1, 1), "2024-H1"), ((2024, 6, 30), "2024-H1"), ((2024, 7, 1), "2024-H2"), ((2024, 12, 31), "2024-H2")],
)
def test_every_day_lies_in_one_half_year(day: tuple[int, int, int], half: str) -> None:
    found = Half.of(dt.date(*day))
    assert str(found) == half
    assert found.begins <= dt.date(*day) <= found.ends
    assert Half.read(half) == found


def test_half_years_follow_one_another() -> None:
    halves = Half(2024, 2).until(Half(2026, 1))
    assert [str(half) for half in halves] == ["2024-H2", "2025-H1", "2025-H2", "2026-H1"]
    assert Half(2024, 2).until(Half(2024, 1)) == ()
    assert Half(2024, 2).ends + dt.timedelta(days=1) == Half(2025, 1).begins


def test_a_period_is_read_as_it_was_written() -> None:
    for halves in ((Half(2024, 2),), Half(2024, 2).until(Half(2025, 2))):
        assert halves_in(written(halves)) == halves
    assert written(Half(2024, 2).until(Half(2025, 2))) == "2024-H2/2025-H2"
