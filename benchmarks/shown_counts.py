"""
How much of the true counts a release still shows, beside two other ways of protecting them, on the same made-up data.

    python -m benchmarks.shown_counts

The table stands in docs/statistics.md, and a test holds the two together. The same seed gives the same table.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from statistics import fmean

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caracol.settings")
    django.setup()

from grievances.demo.past import made_up
from grievances.models.release import LOWEST_THRESHOLD
from grievances.statistics.disclosure import ROUNDED_TO, Tallied, protect, rounded
from grievances.statistics.tables import OF_MATTERS

SIZES, PERIODS, SEED = (20, 50, 200, 1000), 60, 20261122
Cell = tuple[str, str]
Shown = Mapping[Cell, int]

CELLS: list[Cell] = [(table.name, category) for table in OF_MATTERS for category in table.categories]


def caracol(counted: list[Tallied]) -> Shown:
    """Return what a release shows."""
    cells = protect(counted, LOWEST_THRESHOLD, OF_MATTERS)
    return {(cell.table, cell.category): cell.count for cell in cells if cell.count and cell.status == "shown"}


def ten_and_five(counted: list[Tallied]) -> Shown:
    """Return what is shown where fewer than ten are suppressed and the rest is rounded to five."""
    return {cell: rounded(count) for cell, count in _true(counted).items() if count >= 2 * ROUNDED_TO}


def health_service(counted: list[Tallied]) -> Shown:
    """Return what is shown where nothing stays nothing, one to seven become five, and the rest is rounded to five."""
    return {cell: max(rounded(count), ROUNDED_TO) if count else 0 for cell, count in _true(counted).items()}


WAYS: Mapping[str, Callable[[list[Tallied]], Shown]] = {
    "Caracol": caracol,
    "ONS-style 10 and 5": ten_and_five,
    "NHS-style rounding": health_service,
}


def table() -> str:
    """Return the measured table as lines of Markdown."""
    lines = [
        "| matters a period | way | numbers shown | matters behind them | small numbers told apart from none |",
        "|---|---|---|---|---|",
    ]
    for size in SIZES:
        random = Random(f"{SEED} {size}")  # noqa: S311 - made-up numbers
        periods = [list(made_up(size, random)) for _each in range(PERIODS)]
        lines += [_line(size, way, show, periods) for way, show in WAYS.items()]
    return "\n".join(lines) + "\n"


def _line(size: int, way: str, show: Callable[[list[Tallied]], Shown], periods: list[list[Tallied]]) -> str:
    numbers: list[float] = []
    behind: list[float] = []
    told: list[bool] = []
    for counted in periods:
        true, shown = _true(counted), show(counted)
        numbers.append(len(shown) / len(CELLS))
        behind.append(sum(true[cell] for cell in shown) / sum(true.values()))
        small = [cell for cell in CELLS if 0 < true[cell] < LOWEST_THRESHOLD]
        told += [cell in shown for cell in small]
    apart = f"{fmean(told):.0%}" if told else "there are none"
    return f"| {size} | {way} | {fmean(numbers):.0%} | {fmean(behind):.0%} | {apart} |"


def _true(counted: list[Tallied]) -> dict[Cell, int]:
    counts = Counter((each.table, each.category) for each in counted)
    return {cell: counts[cell] for cell in CELLS}


if __name__ == "__main__":
    sys.stdout.write(table())
