"""
Cases in bulk (`demo --cases`), beside the bare crypto and the bare inserts that they are made of.

    python -m benchmarks.seeding DATABASE SIZES
"""

from __future__ import annotations

import hmac
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import django

if __name__ == "__main__":
    django.setup()

from django.db import transaction

from benchmarks.timing import interleaved, table
from caracol import rows
from caracol.vault import box
from grievances.demo import bulk
from grievances.demo.cast import with_keys
from grievances.demo.courses import COURSES

CASES, ROUNDS = 250, 3
CIPHERS = ("new_box_pair", "seal", "lock", "sign", "new_key")
Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
Written = tuple[rows.Table, list[rows.Row], str]


class Heard:
    """What the making of cases called: ciphers, and rows that it wrote."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.written: list[Written] = []

    def cipher(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((deed, args, kwargs))
            return deed(*args, **kwargs)

        return called

    @contextmanager
    def listening(self) -> Iterator[None]:
        write, macs = rows.Table.write, self.cipher(hmac.digest)

        def noted(table_: rows.Table, new: Iterable[rows.Row], using: str = "default") -> None:
            kept = list(new)
            self.written.append((table_, kept, using))
            write(table_, kept, using)

        ciphers: dict[str, Any] = {name: self.cipher(getattr(box, name)) for name in CIPHERS}
        with (
            patch.multiple(box, spec=None, **ciphers),
            patch("hmac.digest", macs),
            patch.object(rows.Table, "write", noted),
        ):
            yield

    def bare(self) -> None:
        """Call every cipher again, and insert every row again, then take them back."""
        for deed, args, kwargs in self.calls:
            deed(*args, **kwargs)
        with transaction.atomic():
            for table_, new, using in self.written:
                if using == "default":
                    table_.write(new)
            transaction.set_rollback(True)


def main(database: str, sizes: str) -> None:
    """Print what was measured."""
    people = with_keys("light", "beside")
    crowd = bulk.crowd()
    serving = list(people.values())

    def whole() -> None:
        with transaction.atomic():
            bulk.make(CASES, crowd, serving, COURSES)
            transaction.set_rollback(True)

    heard = Heard()
    with heard.listening():
        whole()
    taken = interleaved({"bare crypto and inserts": heard.bare, "demo --cases": whole}, ROUNDS, warm=1)
    title = f"{CASES} sealed cases, {database}, {sizes.rsplit(',', maxsplit=1)[-1]} cases beside them"
    lines = table(title, taken, "bare crypto and inserts", {"demo --cases": "1.2"})
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
