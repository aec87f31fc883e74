"""The written table: one line for each address and method, one column for each visitor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.matrix.world import VISITORS

TABLE = Path(__file__).parents[1] / "access_matrix.txt"
MISSING = "?"

Key = tuple[str, str]


def lines() -> list[str]:
    """Return what is written, without the comments at its head."""
    return [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]


def expected() -> dict[Key, list[str]]:
    """Return the answers to each visitor, by method and row."""
    table: dict[Key, list[str]] = {}
    for line in lines()[1:]:
        row, *answers = line.rsplit(maxsplit=len(VISITORS))
        method, name = row.split(maxsplit=1)
        table[method, name] = answers
    return table


def write(visitor: str, got: Mapping[Key, str]) -> None:
    """Write one visitor's column anew, and with it the rows that there are now, in the order of the URLconf."""
    known, column = _columns(), VISITORS.index(visitor)
    head = [line for line in TABLE.read_text().splitlines() if line.startswith("#")]
    wide = max(len(name) for _method, name in got) + 2
    body = [f"method {'page':<{wide - 1}}" + "".join(f"{each:>11}" for each in VISITORS)]
    for method, name in got:
        answers = known.get((method, name), [MISSING] * len(VISITORS))
        answers[column] = got[method, name]
        body.append(f"{method:<5} {name:<{wide}}" + "".join(f"{each:>11}" for each in answers))
    TABLE.write_text("\n".join([*head, *body]) + "\n")


def _columns() -> dict[Key, list[str]]:
    """Return the table as it is written, in the columns that there are now, whatever columns it was written for."""
    named = lines()[0].split()[2:]
    table: dict[Key, list[str]] = {}
    for line in lines()[1:]:
        row, *answers = line.rsplit(maxsplit=len(named))
        method, name = row.split(maxsplit=1)
        said = dict(zip(named, answers, strict=True))
        table[method, name] = [said.get(each, MISSING) for each in VISITORS]
    return table
