"""
A release worked out from the tallies of a million matters, beside the bare GROUP BY.

    python -m benchmarks.numbers DATABASE SIZES
"""

from __future__ import annotations

import random
import resource
import secrets
import sys

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.db import connection, transaction

from benchmarks.timing import interleaved, table
from caracol import rows
from grievances.demo.past import OFTEN
from grievances.models import Tally
from grievances.statistics import releases
from grievances.statistics.disclosure import protect_counts
from grievances.statistics.periods import Half
from grievances.statistics.tables import OF_MATTERS, UNPUBLISHED

MOST, HALF, REPORTERS, AT_ONCE = 1_000_000, "2019-H1", 20_000, 50_000
GROUPED = """
 SELECT "table", category, COUNT(*), COUNT(DISTINCT mark)
 FROM grievances_tally WHERE half = %s GROUP BY "table", category
"""


def tally(matters: int) -> None:
    """Write this many matters of one half-year, each in every table of matters."""
    drawn, tallies = random.Random(7), rows.Table(Tally)  # noqa: S311 - made-up numbers
    for told in OF_MATTERS:
        often = OFTEN[told]
        kinds, weights = [*often, UNPUBLISHED], [*often.values(), 100 - sum(often.values())]
        for start in range(0, matters, AT_ONCE):
            chosen = drawn.choices(kinds, weights, k=min(AT_ONCE, matters - start))
            tallies.write(
                tallies.row(
                    id=secrets.randbelow(2**62),
                    half=HALF,
                    table=told.name,
                    category=category,
                    mark=f"{drawn.randrange(REPORTERS):064x}",
                )
                for category in chosen
            )


def grouped() -> list[tuple[str, str, int, int]]:
    """Return what a release is made of, by hand."""
    with connection.cursor() as cursor:
        cursor.execute(GROUPED, [HALF])
        return list(cursor.fetchall())


def main(database: str, sizes: str) -> None:
    """Print what was measured."""
    matters = min(MOST, 10 * int(sizes.rsplit(",", maxsplit=1)[-1]))
    half = Half.read(HALF)
    with transaction.atomic():
        tally(matters)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        def worked_out() -> object:
            return protect_counts(releases.counted_in([half]), settings.STATISTICS_THRESHOLD)

        taken = interleaved({"GROUP BY by hand": grouped, "a release worked out": worked_out}, 3, warm=1)
        added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        transaction.set_rollback(True)
    lines = table(f"{matters} matters, {database}", taken, "GROUP BY by hand", {"a release worked out": "1.5"})
    sys.stdout.write("\n".join([*lines, f"Peak memory grew by {added:.0f} MiB.", ""]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
