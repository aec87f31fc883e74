"""Every attack that `docs/statistics.md` lists, tried against releases as they are, and as they must never be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grievances.models.release import Status
from grievances.statistics.auditor import audit
from grievances.statistics.disclosure import (
    FEWEST_MATTERS,
    LADDER,
    Cell,
    Published,
    foot_of,
    highest,
    lowest,
    protect,
)
from grievances.statistics.periods import Half
from grievances.statistics.tables import OUTCOME, SURVEY, TOTAL, UNPUBLISHED, Population, Table
from tests.grievances.statistics.made import FIRST, SECOND, USUAL, Counts, published, tallied

THIRD = Half(2025, 1)
NOTHING_FITS = " : no counts at all could lie behind it"
EVERYBODY_IN_IT = "{} : its shown numbers say of every matter where it stands"
# Made up: two tables of the same matters, with and without a category that is never published.
OPEN = Table("open", "", Population.MATTERS, {"a": "", "b": ""}, rest="never shown")
CLOSED = Table("closed", "", Population.MATTERS, {"c": "", "d": ""}, rest=None)
CLOSED_COUNTS: Counts = {CLOSED: {"c": 12, "d": 2}}
PARTS = Table("parts", "", Population.MATTERS, {"e": "", "f": ""}, rest=None)


def whys(releases: list[Published], *tables: Table) -> set[str]:
    return {f"{doubt.table} {doubt.category}: {doubt.why}" for doubt in audit(releases, tables)}


def with_total(release: Published, table: Table, count: int) -> Published:
    """Return a release that says how many there are in a table, rounded to five."""
    cells = [
        Cell(cell.table, TOTAL, Status.SHOWN, count) if (cell.table, cell.category) == (table.name, TOTAL) else cell
        for cell in release.cells
    ]
    return replace(release, cells=tuple(cells))


# What is released as it should be


@pytest.mark.parametrize("threshold", [5, 10])
def test_a_release_made_by_the_rules_is_proven(threshold: int) -> None:
    assert audit([published(USUAL, FIRST, threshold=threshold)]) == []


def test_releases_one_after_the_other_are_proven_together() -> None:
    releases = [published(USUAL, half) for half in (FIRST, SECOND, THIRD)]
    assert audit(releases) == []


def test_a_release_of_half_years_carried_over_is_proven() -> None:
    assert audit([published(USUAL, FIRST), published(USUAL, SECOND, THIRD)]) == []


def without(release: Published, *tables: Table) -> Published:
    """Return a release as it was before these tables were added."""
    names = {table.name for table in tables}
    return replace(release, cells=tuple(cell for cell in release.cells if cell.table not in names))


def test_a_release_from_before_a_table_was_added_stops_no_later_one() -> None:
    before, after = without(published(USUAL, FIRST), SURVEY, OUTCOME), published(USUAL, SECOND)
    assert audit([before, after]) == []


def test_the_newest_has_every_table_and_an_old_one_has_a_table_whole_or_not_at_all() -> None:
    whole = published(USUAL, FIRST)
    assert [doubt.table for doubt in audit([whole, without(published(USUAL, SECOND), OUTCOME)])] == ["outcome"]
    cut = replace(whole, cells=whole.cells[1:])
    assert [doubt.table for doubt in audit([cut, published(USUAL, SECOND)])] == ["outcome"]


def test_an_old_release_without_a_table_is_still_attacked_for_what_it_has() -> None:
    before = without(published(CLOSED_COUNTS, FIRST, tables=[OPEN, CLOSED]), OPEN)
    after = published({OPEN: {"a": 12}, CLOSED: {}}, SECOND, tables=[OPEN, CLOSED])
    assert EVERYBODY_IN_IT.format("closed") in whys([before, after], OPEN, CLOSED)


# Attacks


def test_subtracting_from_a_total() -> None:
    counts: Counts = {CLOSED: {"c": 20, "d": 3}}
    release = published(counts, FIRST, tables=[CLOSED])
    assert whys([release], CLOSED) == {EVERYBODY_IN_IT.format("closed")}
    assert "closed d: it cannot be 0" in whys([with_total(release, CLOSED, 25)], CLOSED)


def test_a_total_that_leaves_no_room_for_what_is_never_published() -> None:
    roomy = with_total(published({OPEN: {"a": 20, UNPUBLISHED: 20}}, FIRST, tables=[OPEN]), OPEN, 40)
    assert audit([roomy], [OPEN]) == []
    tight = with_total(published({OPEN: {"a": 20, UNPUBLISHED: 1}}, FIRST, tables=[OPEN]), OPEN, 20)
    assert EVERYBODY_IN_IT.format("open") in whys([tight], OPEN)


def test_tables_that_share_a_population() -> None:
    """One table tells how many there are at the least, and the other has no room for them but in its hidden number."""
    counts: Counts = {CLOSED: {"c": 13, "d": 8}, PARTS: {"e": 17, "f": 4}}
    doubts = whys([published(counts, FIRST, tables=[CLOSED, PARTS])], CLOSED, PARTS)
    assert {f"parts f: it cannot be {value}" for value in range(4)} <= doubts
    assert "parts f: it cannot be 4" not in doubts


def test_with_a_category_never_published_the_other_table_tells_nothing() -> None:
    counts: Counts = {CLOSED: {"c": 13, "d": 8}, OPEN: {"a": 17, "b": 4}}
    doubts = whys([published(counts, FIRST, tables=[CLOSED, OPEN])], CLOSED, OPEN)
    assert doubts == {EVERYBODY_IN_IT.format("closed")}


def test_complements() -> None:
    """The same matters told once whole, and once without some of them: the difference is a hidden number."""
    whole, without = replace(PARTS, name="whole", categories={"all": ""}), replace(PARTS, name="without")
    counts: Counts = {whole: {"all": 25}, without: {"e": 20, "f": 5}}
    tables = [whole, without]
    hidden = [
        replace(cell, status=Status.HIDDEN, count=None) if cell.category == "f" else cell
        for cell in published(counts, FIRST, tables=tables).cells
    ]
    footed = [
        foot_of("without", [cell for cell in hidden if cell.category == "e"], 5)
        if (cell.table, cell.category) == ("without", TOTAL)
        else cell
        for cell in hidden
    ]
    release = Published("2024-H1", (FIRST,), 5, tuple(footed))
    assert "without f: it cannot be 0" in whys([release], *tables)


def test_overlapping_periods() -> None:
    """The same half-year alone and within a longer release: the rest of it could be worked out."""
    alone = published({OPEN: {"a": 3, "b": 20}}, FIRST, tables=[OPEN])
    longer = published({OPEN: {"a": 6, "b": 20}}, FIRST, SECOND, tables=[OPEN])
    assert audit([alone], [OPEN]) == audit([longer], [OPEN]) == []
    assert whys([alone, longer], OPEN) == {NOTHING_FITS}


def test_the_same_half_year_with_a_lower_threshold() -> None:
    counts: Counts = {OPEN: {"a": 7, "b": 20}}
    high = published(counts, FIRST, tables=[OPEN], threshold=10)
    low = replace(published(counts, FIRST, tables=[OPEN]), name="again")
    assert audit([high], [OPEN]) == audit([low], [OPEN]) == []
    assert {f"open a: it cannot be {value}" for value in (0, 1, 2, 3, 4, 8, 9)} <= whys([high, low], OPEN)


def test_successive_releases() -> None:
    """The same half-year released anew after an edit: rounding that falls otherwise tells what was edited."""
    before = published({OPEN: {"a": 12, "b": 3}}, FIRST, tables=[OPEN])
    after = replace(published({OPEN: {"a": 13, "b": 3}}, FIRST, tables=[OPEN]), name="again")
    assert audit([before], [OPEN]) == audit([after], [OPEN]) == []
    assert whys([before, after], OPEN) == {NOTHING_FITS}


def test_rounding_that_is_no_rounding() -> None:
    exact = published({OPEN: {"a": 20}}, FIRST, tables=[OPEN])
    cells = tuple(replace(cell, count=21) if cell.category == "a" else cell for cell in exact.cells)
    assert whys([replace(exact, cells=cells)], OPEN) == {"open a: it is no number that is ever shown"}


def test_a_number_below_the_threshold() -> None:
    low = published({OPEN: {"a": 20, "b": 7}}, FIRST, tables=[OPEN], threshold=5)
    assert audit([low], [OPEN]) == []
    assert whys([replace(low, threshold=10)], OPEN) >= {"open b: it is no number that is ever shown"}


def test_group_disclosure() -> None:
    """All matters in one category: whoever was counted at all is known to be in it."""
    counts: Counts = {CLOSED: {"c": 25, "d": 0}, OPEN: {"a": 25}}
    doubts = whys([published(counts, FIRST, tables=[CLOSED, OPEN])], CLOSED, OPEN)
    assert doubts == {EVERYBODY_IN_IT.format("closed")}


def test_an_insider_who_knows_a_hidden_matter() -> None:
    """Beside a total, whoever knows the one hidden matter could tell that there is no other."""
    three = replace(CLOSED, categories={"c": "", "d": "", "e": ""})
    release = published({three: {"c": 8, "d": 8, "e": 1}}, FIRST, tables=[three])
    doubts = whys([with_total(release, three, 15)], three)
    assert "closed e: it cannot be 2, for somebody who knows 1 of its matters" in doubts
    assert "closed e: it cannot be 1, for somebody who knows 1 of its matters" not in doubts


@pytest.mark.parametrize("known", [1, 2, 3, 4])
def test_an_insider_of_a_real_release_learns_nothing_of_the_others(known: int) -> None:
    counts = {**USUAL, OUTCOME: {"resolved": 12, "broken": known, UNPUBLISHED: 4}}
    assert audit([published(counts, FIRST)]) == []


def test_a_foot_worked_out_from_the_true_total() -> None:
    """A ladder over all that was counted says that there are fewer than its next rung."""
    release = published(USUAL, FIRST)
    true_total = sum(USUAL[OUTCOME].values())
    rung = next(rung for rung in LADDER if rung <= true_total)
    cells = tuple(
        replace(cell, count=rung) if (cell.table, cell.category) == ("outcome", TOTAL) else cell
        for cell in release.cells
    )
    assert rung == 20
    assert whys([replace(release, cells=cells)], OUTCOME) >= {"outcome total: it says more than the shown numbers"}


def test_that_a_release_is_there_at_all() -> None:
    """Ten matters and one category: whoever reads that the release is there knows the hidden number."""
    one = Table("one", "", Population.MATTERS, {"only": ""}, rest=None)
    release = published({one: {"only": 4}}, FIRST, tables=[one])
    assert whys([release], one) == {NOTHING_FITS}
    assert audit([published({OPEN: {"a": 4, UNPUBLISHED: 6}}, FIRST, tables=[OPEN])], [OPEN]) == []


def test_that_a_half_year_was_carried_over() -> None:
    """It tells that there were fewer than ten in the first; of no hidden number does it tell anything."""
    carried = published({OPEN: {"a": 12, "b": 3, UNPUBLISHED: 2}}, FIRST, SECOND, THIRD, tables=[OPEN])
    assert audit([carried], [OPEN]) == []


def test_a_line_left_out_or_added() -> None:
    release, odd = published(USUAL, FIRST), {"outcome : its lines are not those of the table"}
    assert whys([replace(release, cells=release.cells[1:])], OUTCOME) == odd
    added = (*release.cells, Cell(OUTCOME.name, UNPUBLISHED, Status.SHOWN, 5))
    assert whys([replace(release, cells=added)], OUTCOME) == odd


# Against trying everything


def worlds(release: Published, tables: list[Table]) -> Iterator[dict[tuple[str, str], int]]:
    """Yield every set of counts up to a small size that a release of one half-year could stand for."""
    largest = sum(highest(cell.count or 2) for cell in release.cells if cell.category != TOTAL) + FEWEST_MATTERS
    for matters in range(FEWEST_MATTERS, largest + 1):
        sorted_out = [list(_sorted_out(release, table, matters)) for table in tables]
        for chosen in product(*sorted_out):
            yield {place: count for counts in chosen for place, count in counts.items()}


def _sorted_out(release: Published, table: Table, matters: int) -> Iterator[dict[tuple[str, str], int]]:
    said = {cell.category: cell for cell in release.cells if cell.table == table.name}
    foot = said[TOTAL]
    low, high = (lowest(foot.count or 0, 5), highest(foot.count or 0)) if foot.status == Status.SHOWN else (0, matters)
    for counts in product(*(_could_be(said[category]) for category in table.categories)):
        rest = matters - sum(counts)
        if rest >= 0 and (table.rest is not None or rest == 0) and low <= matters <= high:
            yield {(table.name, category): count for category, count in zip(table.categories, counts, strict=True)}


def _could_be(cell: Cell) -> range:
    return range(5) if cell.count is None else range(lowest(cell.count, 5), highest(cell.count) + 1)


small = st.integers(0, 8)


@settings(max_examples=40, deadline=None)
@given(
    first=st.tuples(small, small),
    second=st.tuples(small, small),
    rests=st.tuples(small, small),
    total=st.booleans(),
    closed=st.booleans(),
)
def test_the_auditor_and_trying_everything_find_the_same_numbers_free(
    first: tuple[int, int], second: tuple[int, int], rests: tuple[int, int], *, total: bool, closed: bool
) -> None:
    one = replace(CLOSED, rest=None if closed else "never shown")
    tables = [one, OPEN]
    counts: Counts = {
        one: {"c": first[0], "d": first[1], UNPUBLISHED: rests[0]},
        OPEN: {"a": second[0], "b": second[1], UNPUBLISHED: rests[1]},
    }
    release = Published("2024-H1", (FIRST,), 5, protect(tallied(counts), 5, tables))
    if total:
        release = with_total(release, one, 10)
    tried = list(worlds(release, tables))
    hidden = [(cell.table, cell.category) for cell in release.cells if cell.status is Status.HIDDEN]
    stuck = {
        f"{table} {category}: it cannot be {value}"
        for table, category in hidden
        for value in range(5)
        if not any(world[table, category] == value for world in tried)
    }
    found = {why for why in whys([release], *tables) if "it cannot be" in why and "knows" not in why}
    if tried:
        assert found == stuck
    else:
        assert whys([release], *tables) == {NOTHING_FITS}
