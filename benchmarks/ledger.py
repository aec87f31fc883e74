"""
The ledger: recording beside a plain insert, and how many entries a second are verified.

    python -m benchmarks.ledger DATABASE SIZES
"""

from __future__ import annotations

import secrets
import sys
from statistics import median
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection, transaction

from benchmarks.timing import interleaved, ratio, table
from caracol.ledger import chain
from caracol.ledger.models import Entry

ROUNDS, CHAINS = 150, 400


def recording(title: str) -> list[str]:
    """Return the lines about appending one event to a chain of forty, beside inserting the like by hand."""
    plain, ours = f"bench/{secrets.token_hex(8)}", f"bench/{secrets.token_hex(8)}"
    for _each in range(40):
        chain.record(ours, "case:step", stage="intake", version=1)
    numbers = iter(range(1, 10_000))
    facts, mac = '{"stage":"intake","version":1}', bytes(32)
    into = "INSERT INTO ledger_entry (chain, number, at, event, actor, facts, previous, mac) VALUES "
    now = Entry.objects.filter(chain=ours)[0].at

    def by_hand() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            row: list[Any] = [plain, next(numbers), now, "case:step", "", facts, mac, mac]
            cursor.execute(into + "(%s, %s, %s, %s, %s, %s, %s, %s)", row)

    def by_orm() -> None:
        with transaction.atomic():
            row = {"chain": plain, "number": next(numbers), "at": now, "event": "case:step", "facts": facts}
            Entry.objects.append(Entry(**row, previous=mac, mac=mac))

    def recorded() -> None:
        with transaction.atomic():
            chain.record(ours, "case:step", stage="intake", version=1)

    # What was inserted by hand is no true chain: nothing of it stays.
    with transaction.atomic():
        taken = interleaved({"insert by hand": by_hand, "insert by the ORM": by_orm, "recorded": recorded}, ROUNDS)
        transaction.set_rollback(True)
    return table(f"One event, {title}", taken, "insert by hand", {"recorded": "1.5"})


def verifying(title: str) -> list[str]:
    """Return the lines about walking some chains, and four times as many."""
    names = list(
        Entry.objects.filter(number=1, chain__startswith="case/").values_list("chain", flat=True)[: 4 * CHAINS]
    )
    few, many = names[:CHAINS], names
    count = {len(some): Entry.objects.filter(chain__in=some).count() for some in (few, many)}
    taken = interleaved({"few": lambda: chain.first_fault(few), "many": lambda: chain.first_fault(many)}, 5, warm=1)
    a_second = {name: count[len(some)] / median(taken[name]) for name, some in (("few", few), ("many", many))}
    linear = ratio(taken, "many", "few") / (count[len(many)] / count[len(few)])
    return [
        f"| Verified, {title} | entries | entries a second | goal |",
        "|---|---|---|---|",
        *(
            f"| {len(some)} chains | {count[len(some)]} | {a_second[name]:,.0f} | 20,000 |"
            for name, some in (("few", few), ("many", many))
        ),
        "",
        f"Four times as many chains take {linear:.2f} times as long for each entry (1 is linear).",
        "",
    ]


def main(database: str, sizes: str) -> None:
    """Print what was measured."""
    title = f"{database}, {sizes.rsplit(',', maxsplit=1)[-1]} cases"
    sys.stdout.write("\n".join([*recording(title), *verifying(title)]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
