from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievances.models.release import Status
from grievances.statistics.disclosure import LADDER, Cell, Tallied, cell_of, foot_of, highest, lowest, protect, rounded
from grievances.statistics.tables import OUTCOME, TABLES, TOTAL, UNPUBLISHED


def different(count: int) -> list[str]:
    return [str(number) for number in range(count)]


@pytest.mark.parametrize("count", range(5))
def test_fewer_than_five_matters_are_hidden_and_none_looks_the_same(count: int) -> None:
    assert cell_of("t", "c", different(count), 5) == Cell("t", "c", Status.HIDDEN, None)


@pytest.mark.parametrize(("count", "shown"), [(5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (998, 1000)])
def test_the_rest_is_rounded_to_five(count: int, shown: int) -> None:
    assert cell_of("t", "c", different(count), 5) == Cell("t", "c", Status.SHOWN, shown)


def test_however_many_matters_of_fewer_than_five_reporters_are_hidden() -> None:
    assert cell_of("t", "c", [*different(4), *["the same"] * 40][4:], 5).status is Status.HIDDEN
    assert cell_of("t", "c", [*different(3), *["the same"] * 40], 5).status is Status.HIDDEN
    assert cell_of("t", "c", [*different(4), *["the same"] * 40], 5).count == 45


@pytest.mark.parametrize("threshold", [5, 10, 15, 20])
def test_a_shown_number_never_stands_for_fewer_than_three_counts(threshold: int) -> None:
    shown = {rounded(count) for count in range(threshold, 100)}
    assert min(highest(each) - lowest(each, threshold) for each in shown) == 2


@given(count=st.integers(5, 2000), threshold=st.sampled_from([5, 10, 15]))
def test_a_count_lies_within_what_its_shown_number_stands_for(count: int, threshold: int) -> None:
    if count >= threshold:
        assert lowest(rounded(count), threshold) <= count <= highest(rounded(count))


@pytest.mark.parametrize(
    ("shown", "least"), [([], None), ([5], None), ([5, 5], 10), ([10], None), ([15], 10), ([20, 5], 20), ([5000], 1000)]
)
def test_at_least_is_worked_out_from_the_shown_numbers(shown: list[int], least: int | None) -> None:
    cells = [Cell("t", str(place), Status.SHOWN, count) for place, count in enumerate(shown)]
    assert foot_of("t", cells, 5) == Cell("t", TOTAL, Status.AT_LEAST, least)
    assert least is None or least in LADDER


@given(hidden=st.integers(0, 4), unpublished=st.integers(0, 60))
def test_at_least_says_the_same_whatever_is_hidden_or_never_published(hidden: int, unpublished: int) -> None:
    shown = [Tallied(OUTCOME.name, "withdrawn", mark) for mark in different(12)]
    more = [Tallied(OUTCOME.name, "broken", mark) for mark in different(hidden)]
    more += [Tallied(OUTCOME.name, UNPUBLISHED, mark) for mark in different(unpublished)]
    assert protect([*shown, *more], 5) == protect(shown, 5)


def test_each_cell_is_looked_at_alone() -> None:
    def withdrawn(others: int) -> list[Cell]:
        counted = [Tallied(OUTCOME.name, "withdrawn", mark) for mark in different(6)]
        counted += [Tallied(OUTCOME.name, "broken", mark) for mark in different(others)]
        return [cell for cell in protect(counted, 5) if cell.category == "withdrawn"]

    assert withdrawn(0) == withdrawn(3) == withdrawn(90)


def test_every_table_has_one_category_that_no_release_has_a_line_for() -> None:
    lines = [(cell.table, cell.category) for cell in protect([], 5)]
    wanted = [(table.name, category) for table in TABLES for category in (*table.categories, TOTAL)]
    assert lines == wanted
    assert [table.name for table in TABLES if table.rest is None or UNPUBLISHED in table.categories] == []
