"""
Whole-number programs, solved by HiGHS: finding a world, all in whole numbers, in which everything said is true.

HiGHS reckons in floating point. What it finds is rounded, and counts only if every line of it holds in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import highspy

Bounds = tuple[int, int | None]


@dataclass
class Program:
    """Whole numbers from `low` up to `high` (None: without end), and lines that sums of them keep to."""

    columns: list[Bounds] = field(default_factory=list)
    lines: list[tuple[dict[int, int], int, int | None]] = field(default_factory=list)
    _solvers: dict[bool, highspy.Highs] = field(default_factory=dict)

    def number(self, low: int = 0, high: int | None = None) -> int:
        """Add a whole number, and return its place."""
        self.columns.append((low, high))
        return len(self.columns) - 1

    def line(self, plus: Iterable[int], minus: Iterable[int] = (), low: int = 0, high: int | None = 0) -> None:
        """Let the sum of some numbers, less the sum of others, lie between `low` and `high`; at first, be nothing."""
        terms: dict[int, int] = {}
        for places, sign in ((plus, 1), (minus, -1)):
            for place in places:
                terms[place] = terms.get(place, 0) + sign
        self.lines.append((terms, low, high))

    def world(self, narrowed: Mapping[int, Bounds]) -> list[int] | None:
        """Return a number for every place, with some of them bound more narrowly, or None where there is no world."""
        bounds = {place: _both(self.columns[place], more) for place, more in narrowed.items()}
        if any(high is not None and low > high for low, high in bounds.values()):
            return None
        # In fractions first, since that is quick: mostly they turn out whole, and where there are none, nothing is.
        for whole in (False, True):
            found = self._solved(bounds, whole=whole)
            if found is None or self._is_true(found, bounds):
                return found
        return None

    def _solved(self, bounds: Mapping[int, Bounds], *, whole: bool) -> list[int] | None:
        solver = self._solvers.get(whole) or self._built(whole=whole)
        for place, (low, high) in bounds.items():
            solver.changeColBounds(place, low, _end(high))
        solver.run()
        optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = [round(value) for value in solver.getSolution().col_value] if optimal else None
        for place in bounds:
            low, high = self.columns[place]
            solver.changeColBounds(place, low, _end(high))
        return found

    def _is_true(self, found: list[int], bounds: Mapping[int, Bounds]) -> bool:
        kept = all(_within(each, *bounds.get(place, self.columns[place])) for place, each in enumerate(found))
        return kept and all(
            _within(sum(sign * found[place] for place, sign in terms.items()), low, high)
            for terms, low, high in self.lines
        )

    def _built(self, *, whole: bool) -> highspy.Highs:
        solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its stubs leave the constructor out
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        for low, high in self.columns:
            solver.addCol(0.0, low, _end(high), 0, [], [])
        for place in range(len(self.columns) if whole else 0):
            solver.changeColIntegrality(place, highspy.HighsVarType.kInteger)
        for terms, low, high in self.lines:
            solver.addRow(low, _end(high), len(terms), list(terms), [float(sign) for sign in terms.values()])
        self._solvers[whole] = solver
        return solver


def _both(one: Bounds, other: Bounds) -> Bounds:
    ends = [end for end in (one[1], other[1]) if end is not None]
    return max(one[0], other[0]), min(ends, default=None)


def _within(value: int, low: int, high: int | None) -> bool:
    return low <= value and (high is None or value <= high)


def _end(high: int | None) -> float:
    return highspy.kHighsInf if high is None else float(high)
