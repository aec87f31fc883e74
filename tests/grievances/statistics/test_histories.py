"""
Histories made up by chance: half-year after half-year of matters, and all that happens to them afterwards.

Whatever they are, each release is proven together with those before it, and none changes any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grievances.models.release import Status
from grievances.statistics.auditor import audit
from grievances.statistics.disclosure import FEWEST_MATTERS, Published, Tallied, protect
from grievances.statistics.periods import Half
from grievances.statistics.tables import OF_MATTERS, OUTCOME, TABLES, UNPUBLISHED

HALVES = Half(2024, 1).until(Half(2026, 1))
MEMBERS = tuple(f"member {number}" for number in range(30))
histories = st.builds(Random, st.integers(0, 2**32))


@dataclass
class Matter:
    """One case: what it would count as now, and whether it has been counted."""

    reporter: str
    counts_as: dict[str, str]
    counted: bool = False


@dataclass
class History:
    """A caucus over some years: its matters, the tallies that wait, and what was released."""

    random: Random
    busy: int
    matters: list[Matter] = field(default_factory=list)
    tallies: list[Tallied] = field(default_factory=list)
    held: tuple[Half, ...] = ()
    released: list[Published] = field(default_factory=list)

    def live(self, half: Half) -> None:
        """Let a half-year pass, and release it if there is enough."""
        for _each in range(self.random.randint(0, self.busy)):
            self.file()
        for _each in range(self.busy):
            self.random.choice((self.close, self.close, self.close, self.edit, self.mark, self.reopen, self.delete))()
        self.held = (*self.held, half)
        if len([each for each in self.tallies if each.table == OUTCOME.name]) >= FEWEST_MATTERS:
            threshold = self.random.choice((5, 5, 10)) if not self.released else self.released[-1].threshold
            cells = protect(self.tallies, threshold)
            self.released.append(Published(str(half), self.held, threshold, cells))
            self.tallies, self.held = [], ()

    def file(self) -> None:
        # Some raise much, most little; some come with a receipt.
        reporter = self.random.choice((*MEMBERS, *MEMBERS[:3] * 5, *["receipt"] * 6))
        self.matters.append(Matter(reporter, self.somehow()))

    def somehow(self) -> dict[str, str]:
        """Return what a matter counts as: mostly the same few kinds."""
        kinds = {table: [*table.categories, UNPUBLISHED] for table in OF_MATTERS}
        return {table.name: self.random.choice((*kinds[table], *kinds[table][:2] * 4)) for table in OF_MATTERS}

    def close(self) -> None:
        if waiting := [each for each in self.matters if not each.counted]:
            matter = self.random.choice(waiting)
            matter.counted = True
            self.tallies += [Tallied(table, each, matter.reporter) for table, each in matter.counts_as.items()]

    def edit(self) -> None:
        if self.matters:
            self.random.choice(self.matters).counts_as = self.somehow()

    def mark(self) -> None:
        if self.matters:
            matter = self.random.choice(self.matters)
            matter.counts_as = {**matter.counts_as, self.random.choice(OF_MATTERS).name: UNPUBLISHED}

    def reopen(self) -> None:
        """Open a counted one again, for it to close anew: it is not counted twice."""

    def delete(self) -> None:
        if self.matters:
            self.matters.remove(self.random.choice(self.matters))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(random=histories, busy=st.sampled_from((4, 12, 30, 80, 250)))
def test_every_release_is_proven_together_with_all_before_it(random: Random, busy: int) -> None:
    history = History(random, busy)
    for half in HALVES:
        before = list(history.released)
        history.live(half)
        assert history.released[: len(before)] == before
    assert audit(history.released) == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(random=histories, busy=st.sampled_from((30, 80)))
def test_another_history_with_other_hidden_numbers_publishes_the_very_same(random: Random, busy: int) -> None:
    """What the proof says, done: every hidden number is made another one, and no line of any release changes."""
    history = History(random, busy)
    for half in HALVES:
        history.live(half)
        if not history.tallies and history.released and history.released[-1].name == str(half):
            release = history.released[-1]
            assert protect(another_world(release, random), release.threshold) == release.cells


def another_world(release: Published, random: Random) -> list[Tallied]:
    """Return counts that differ from the true ones in all that is hidden, as `docs/statistics.md` makes them up."""
    counted: list[Tallied] = []
    for table in TABLES:
        turn = 0
        for cell in release.cells:
            if cell.table != table.name or cell.status is Status.AT_LEAST:
                continue
            count = (
                max(cell.count, release.threshold) if cell.count is not None else random.randrange(release.threshold)
            )
            for _each in range(count):
                counted.append(Tallied(table.name, cell.category, MEMBERS[turn % len(MEMBERS)]))
                turn += 1
    return counted
