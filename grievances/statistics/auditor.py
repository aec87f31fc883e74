"""
The auditor: attacks a release, together with all before it, as somebody would who has read every line of them.

It takes from the releases alone what is known of the counts behind them: numbers rounded to five, hidden numbers, the
"at least" lines, that the tables of one period sort the same matters, that a release is there at all and was not there
for the half-years that were carried over. Then it asks, by exact whole-number programming, whether every hidden number
could still be any of 0, 1, 2 … up to the threshold, also for somebody who knows some of its matters. One answer "no"
refuses the release as a whole. The auditor never chooses what to hide: choosing by the numbers would tell of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grievances.models.release import Status
from grievances.statistics.disclosure import (
    FEWEST_MATTERS,
    ROUNDED_TO,
    Cell,
    Published,
    foot_of,
    highest,
    lowest,
    rounded,
)
from grievances.statistics.periods import Half
from grievances.statistics.program import Bounds, Program
from grievances.statistics.tables import TABLES, TOTAL, Population, Table


@dataclass(frozen=True)
class Doubt:
    """One thing a release would give away. Empty `category` stands for the table, empty `table` for the release."""

    release: str
    table: str
    category: str
    why: str

    def __str__(self) -> str:
        place = " ".join(word for word in (self.release, self.table, self.category) if word)
        return f"{place}: {self.why}"


def audit(releases: Sequence[Published], tables: Sequence[Table] = TABLES) -> list[Doubt]:
    """
    Return what these releases, the last of them the newest, would give away; an empty list proves that they do not.

    A release from before a table was added lacks it whole, and says nothing of it; the newest has them all.
    """
    malformed = [
        doubt for release in releases for doubt in _misprints(release, tables, may_lack=release is not releases[-1])
    ]
    if malformed:
        return malformed
    return [doubt for together in _clusters(releases) for doubt in _Attack(together, tables).doubts()]


def _misprints(release: Published, tables: Sequence[Table], *, may_lack: bool) -> Iterator[Doubt]:
    """Yield every line that is not as the rules would have it: then what it tells is not what the proof speaks of."""
    for cell in release.cells:
        if (cell.status is Status.SHOWN) != (cell.count is not None) and cell.category != TOTAL:
            yield Doubt(release.name, cell.table, cell.category, "it is neither shown nor hidden")
        if cell.status is Status.SHOWN and cell.count is not None and not _is_round(cell.count, release.threshold):
            yield Doubt(release.name, cell.table, cell.category, "it is no number that is ever shown")
    for table in tables:
        said = [cell for cell in release.cells if cell.table == table.name]
        if not said and may_lack:
            continue
        if sorted(cell.category for cell in said) != sorted([*table.categories, TOTAL]):
            yield Doubt(release.name, table.name, "", "its lines are not those of the table")
            continue
        foot = next(cell for cell in said if cell.category == TOTAL)
        rest = [cell for cell in said if cell is not foot]
        if foot.status is Status.AT_LEAST and foot != foot_of(table.name, rest, release.threshold):
            yield Doubt(release.name, table.name, TOTAL, "it says more than the shown numbers")


def _is_round(count: int, threshold: int) -> bool:
    return count % ROUNDED_TO == 0 and count >= rounded(threshold)


def _clusters(releases: Sequence[Published]) -> list[list[Published]]:
    """
    Return the releases grouped so that those which share a half-year, and so matters, stand together.

    A matter counts once, in one half-year: between releases that share none, nothing can be reckoned.
    """
    clusters: list[list[Published]] = []
    for release in releases:
        touching = [each for each in clusters if any(set(one.halves) & set(release.halves) for one in each)]
        joined = [one for each in touching for one in each]
        clusters = [each for each in clusters if each not in touching] + [[*joined, release]]
    return clusters


@dataclass
class _Attack:
    """The program of all that is known of some releases, and the questions put to it."""

    releases: Sequence[Published]
    tables: Sequence[Table]
    program: Program = field(default_factory=Program)
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    # Of how many matters of a table no shown number speaks.
    unsaid: dict[tuple[str, str], int] = field(default_factory=dict)
    _matters: dict[tuple[Half, Population], int] = field(default_factory=dict)
    _parts: dict[tuple[Half, str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for half in sorted({half for release in self.releases for half in release.halves}):
            self._count_half(half)
        for release in self.releases:
            self._read_existence(release)
            for table in self._tables_of(release):
                self._read_table(release, table)

    def doubts(self) -> Iterator[Doubt]:
        """Yield every hidden number that is not free, and every table whose shown numbers are all there is."""
        if self.program.world({}) is None:
            names = ", ".join(release.name for release in self.releases)
            yield Doubt(names, "", "", "no counts at all could lie behind it")
            return
        for release in self.releases:
            for cell in release.cells:
                if cell.status is Status.HIDDEN:
                    yield from self._not_free(release, cell)
            for table in self._tables_of(release):
                more = {self.unsaid[release.name, table.name]: (release.threshold, None)}
                if self.program.world(more) is None:
                    yield Doubt(release.name, table.name, "", "its shown numbers say of every matter where it stands")

    def _not_free(self, release: Published, cell: Cell) -> Iterator[Doubt]:
        place = self.counts[release.name, cell.table, cell.category]
        for known in range(release.threshold):
            insider = self._known_everywhere(release, cell.table, known)
            for value in range(known, release.threshold):
                if self.program.world({**insider, place: (value, value)}) is None:
                    knowing = f", for somebody who knows {known} of its matters" if known else ""
                    yield Doubt(release.name, cell.table, cell.category, f"it cannot be {value}{knowing}")

    def _known_everywhere(self, release: Published, name: str, known: int) -> dict[int, Bounds]:
        """
        Return what somebody adds who knows this many matters of a cell, and where else they were counted.

        As many as that in every category of every table: that is more than any such person knows, and so enough.
        """
        population = next(table.of for table in self.tables if table.name == name)
        same = [table for table in self._tables_of(release) if table.of is population]
        places = [self.counts[release.name, table.name, category] for table in same for category in table.categories]
        places += [self._rest(release, table) for table in same if table.rest is not None]
        return dict.fromkeys(places, (known, None)) if known else {}

    def _tables_of(self, release: Published) -> list[Table]:
        """Return the tables of which a release has lines."""
        printed = {cell.table for cell in release.cells}
        return [table for table in self.tables if table.name in printed]

    def _rest(self, release: Published, table: Table) -> int:
        return self.counts[release.name, table.name, ""]

    def _count_half(self, half: Half) -> None:
        for population in Population:
            self._matters[half, population] = self.program.number()
        for table in self.tables:
            parts = [(half, table.name, category) for category in _all_categories(table)]
            for part in parts:
                self._parts[part] = self.program.number()
            self.program.line([self._parts[part] for part in parts], [self._matters[half, table.of]])

    def _read_existence(self, release: Published) -> None:
        """A release stands for ten matters; that it was carried over, for fewer than ten until its last half-year."""
        for last in range(1, len(release.halves) + 1):
            matters = [self._matters[half, Population.MATTERS] for half in release.halves[:last]]
            if last == len(release.halves):
                self.program.line(matters, low=FEWEST_MATTERS, high=None)
            else:
                self.program.line(matters, high=FEWEST_MATTERS - 1)

    def _read_table(self, release: Published, table: Table) -> None:
        said = {cell.category: cell for cell in release.cells if cell.table == table.name}
        for category in _all_categories(table):
            place = self.program.number(*_bounds(said.get(category), release.threshold))
            self.program.line([place], [self._parts[half, table.name, category] for half in release.halves])
            self.counts[release.name, table.name, category] = place
        matters = [self._matters[half, table.of] for half in release.halves]
        low, high = _bounds(said[TOTAL], release.threshold)
        self.program.line(matters, low=low, high=high)
        shown = [self.counts[release.name, table.name, cell.category] for cell in _shown(said.values())]
        unsaid = self.program.number()
        self.program.line([unsaid, *shown], matters)
        self.unsaid[release.name, table.name] = unsaid


def _all_categories(table: Table) -> list[str]:
    return [*table.categories, ""] if table.rest is not None else list(table.categories)


def _shown(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.status is Status.SHOWN and cell.category != TOTAL]


def _bounds(cell: Cell | None, threshold: int) -> Bounds:
    """
    Return what a line says of the count behind it; nothing is said of what is never published.

    A hidden number is taken to be below the threshold, although it may be hidden for its few reporters too: whoever
    is not deceived by the stricter reading is not by the other.
    """
    if cell is None:
        return 0, None
    if cell.status is Status.HIDDEN:
        return 0, threshold - 1
    if cell.status is Status.AT_LEAST:
        return cell.count or 0, None
    return lowest(cell.count or 0, threshold), highest(cell.count or 0)
