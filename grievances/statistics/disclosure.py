"""
Disclosure control: what of a count is shown. Each number is looked at alone, so that what is hidden tells nothing.

Fewer than the threshold of matters, or of different reporters, is hidden, zero included; the rest is rounded to five.
There are no totals: only an "at least", worked out from what is shown and from nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grievances.models.release import Status
from grievances.statistics.periods import Half
from grievances.statistics.tables import TABLES, TOTAL, Table

ROUNDED_TO = 5
# A period with fewer matters is carried into the next.
FEWEST_MATTERS = 10
LADDER = (1000, 500, 200, 100, 50, 20, 10)


class Tallied(NamedTuple):
    """One matter in one table: its category, and a mark that is the same for the same reporter, within this table."""

    table: str
    category: str
    mark: str


class Counted(NamedTuple):
    """How many matters there are in one category of a table, and of how many different reporters."""

    matters: int
    reporters: int


NOTHING = Counted(0, 0)


@dataclass(frozen=True)
class Cell:
    """One line of a release; `count` is None where it is hidden, or where nothing can be said."""

    table: str
    category: str
    status: Status
    count: int | None


@dataclass(frozen=True)
class Published:
    """All that a release says: to everybody, and to the auditor, who has nothing else."""

    name: str
    halves: tuple[Half, ...]
    threshold: int
    cells: tuple[Cell, ...]


def protect(counted: Iterable[Tallied], threshold: int, tables: Sequence[Table] = TABLES) -> tuple[Cell, ...]:
    """Return what is published of these counts: for each table its categories, and the line at its foot."""
    marks: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for each in counted:
        marks[each.table, each.category].append(each.mark)
    counts = {where: Counted(len(each), len(set(each))) for where, each in marks.items()}
    return protect_counts(counts, threshold, tables)


def protect_counts(
    counts: Mapping[tuple[str, str], Counted], threshold: int, tables: Sequence[Table] = TABLES
) -> tuple[Cell, ...]:
    """Return what `protect` does, of what was counted already, by table and category; where nothing was is no key."""
    cells: list[Cell] = []
    for table in tables:
        found = [(category, counts.get((table.name, category), NOTHING)) for category in table.categories]
        shown = [_cell(table.name, category, counted, threshold) for category, counted in found]
        cells += [*shown, foot_of(table.name, shown, threshold)]
    return tuple(cells)


def cell_of(table: str, category: str, marks: Sequence[str], threshold: int) -> Cell:
    """Return the line of one category, one mark for each of its matters: looked at alone."""
    return _cell(table, category, Counted(len(marks), len(set(marks))), threshold)


def _cell(table: str, category: str, counted: Counted, threshold: int) -> Cell:
    if min(counted) < threshold:
        return Cell(table, category, Status.HIDDEN, None)
    return Cell(table, category, Status.SHOWN, rounded(counted.matters))


def foot_of(table: str, cells: Iterable[Cell], threshold: int) -> Cell:
    """Return the "at least" of a table: from the cells that are shown alone, as whoever reads them could do it."""
    least = sum(lowest(cell.count, threshold) for cell in cells if cell.count is not None)
    return Cell(table, TOTAL, Status.AT_LEAST, next((rung for rung in LADDER if rung <= least), None))


def rounded(count: int) -> int:
    """Return the count to the nearest five."""
    return ROUNDED_TO * ((count + ROUNDED_TO // 2) // ROUNDED_TO)


def lowest(shown: int, threshold: int) -> int:
    """Return the smallest count that a shown number can stand for."""
    return max(shown - ROUNDED_TO // 2, threshold)


def highest(shown: int) -> int:
    """Return the largest count that a shown number can stand for."""
    return shown + ROUNDED_TO // 2
