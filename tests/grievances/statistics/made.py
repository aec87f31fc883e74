"""Numbers made up for tests: as tallies in the database, or as a release that was never stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grievances.models import Tally
from grievances.statistics.disclosure import Published, Tallied, protect
from grievances.statistics.periods import Half
from grievances.statistics.tables import (
    ACKNOWLEDGED,
    ARTICLE,
    CONVERSATIONS,
    DURATION,
    OF_MATTERS,
    OUTCOME,
    SURVEY,
    TABLES,
    UNPUBLISHED,
    Table,
)

FIRST, SECOND = Half(2024, 1), Half(2024, 2)
Counts = Mapping[Table, Mapping[str, int]]
# A half-year with enough matters, of which some numbers are shown and some hidden.
USUAL: Counts = {
    OUTCOME: {"resolved": 12, "withdrawn": 7, "national": 2, "broken": 0, UNPUBLISHED: 3},
    ARTICLE: {"article_5": 11, "article_2": 6, "article_7": 4, UNPUBLISHED: 3},
    ACKNOWLEDGED: {"in_time": 16, "late": 3, UNPUBLISHED: 5},
    DURATION: {"to_30_days": 9, "to_90_days": 11, "over_90_days": 2, UNPUBLISHED: 2},
    CONVERSATIONS: {"recorded": 8},
    SURVEY: {"fair": 6, "partly_fair": 3},
}
FEW: Counts = {table: {UNPUBLISHED: 4} for table in OF_MATTERS}


def tallied(counts: Counts, *, people: int = 1000) -> Iterator[Tallied]:
    """Yield what is counted, by so many different reporters, who take turns."""
    for table, categories in counts.items():
        turn = 0
        for category, count in categories.items():
            for _each in range(count):
                yield Tallied(table.name, category, f"reporter-{turn % people}")
                turn += 1


def store(half: Half, counts: Counts, *, people: int = 1000) -> None:
    """Store what is counted as the tallies of a half-year."""
    Tally.objects.bulk_create(
        Tally(half=str(half), table=each.table, category=each.category, mark=each.mark)
        for each in tallied(counts, people=people)
    )


def published(counts: Counts, *halves: Half, tables: Sequence[Table] = TABLES, threshold: int = 5) -> Published:
    """Return the release that these counts give."""
    cells = protect(tallied(counts), threshold, tables)
    return Published(str(halves[-1]), halves, threshold, cells)
