"""
Expunging cases whose day has come: whether it stays linear, and how long any of them holds its lock.

    python -m benchmarks.expunging DATABASE SIZES

Half of them are sealed cases with rooms, seats, consents and a chain; half are of the past without words. They are
added for it, and gone afterwards.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from statistics import median

import django

if __name__ == "__main__":
    django.setup()

from benchmarks.seed import add_past
from grievances.actions import expunging
from grievances.deadlines import today
from grievances.demo import bulk
from grievances.demo.cast import with_keys
from grievances.demo.courses import COURSES
from grievances.models import Case

SIZES = (500, 2000)
# The first of the demo's courses ends closed, with every room there is but one.
CLOSED = COURSES[:1]


def expunge(count: int) -> list[float]:
    """Add so many cases, and return how many seconds each took to expunge, with what is cleared after each batch."""
    people = with_keys("light", "beside")
    crowd = bulk.crowd()
    before = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    bulk.make(count // 2, crowd, list(people.values()), CLOSED)
    add_past(count - count // 2, [actor.user for actor in (*crowd[:2], *people.values())])
    due = Case.objects.filter(pk__gt=before)
    due.update(expunge_on=today() - dt.timedelta(days=1))
    pks, taken = list(due.order_by("pk").values_list("pk", flat=True)), list[float]()
    for start in range(0, len(pks), expunging.AT_ONCE):
        for pk in pks[start : start + expunging.AT_ONCE]:
            begun = time.perf_counter()
            expunging.expunge_case(pk)
            taken.append(time.perf_counter() - begun)
        expunging.clear()
    return taken


def main(database: str, sizes: str) -> None:
    """Print what was measured."""
    title = f"{database}, {sizes.rsplit(',', maxsplit=1)[-1]} cases beside them"
    lines = [
        f"| Expunged, {title} | median ms, sealed | median ms, past | longest ms (goal 1000) |",
        "|---|---|---|---|",
    ]
    for count in SIZES:
        taken = expunge(count)
        sealed, past = median(taken[: count // 2]) * 1000, median(taken[count // 2 :]) * 1000
        lines.append(f"| {count} | {sealed:.1f} | {past:.1f} | {max(taken) * 1000:.0f} |")
    sys.stdout.write("\n".join([*lines, ""]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
