"""Half-years: the only periods there are, by the office's calendar."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(20[0-9]{2})-H([12])", re.ASCII)


@dataclass(frozen=True, order=True)
class Half:
    """One half of a year, written "2026-H1"."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-H{self.number}"

    @classmethod
    def of(cls, day: dt.date) -> Half:
        """Return the half-year in which a day lies."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @classmethod
    def read(cls, text: str) -> Half:
        """Return the half-year that `text` names. Raises ValueError for any other form."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise ValueError(text)
        return cls(int(written[1]), int(written[2]))

    @property
    def next(self) -> Half:
        """The half-year after this one."""
        return Half(self.year, 2) if self.number == 1 else Half(self.year + 1, 1)

    @property
    def begins(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, 1 if self.number == 1 else 7, 1)

    @property
    def ends(self) -> dt.date:
        """Its last day."""
        return self.next.begins - dt.timedelta(days=1)

    def until(self, last: Half) -> tuple[Half, ...]:
        """Return the half-years from this one to `last`, both included; none where `last` is earlier."""
        found, half = [], self
        while half <= last:
            found.append(half)
            half = half.next
        return tuple(found)


def written(halves: tuple[Half, ...]) -> str:
    """Return the period that these half-years, one after the other, make up: "2026-H1", or "2026-H1/2026-H2"."""
    return str(halves[0]) if len(halves) == 1 else f"{halves[0]}/{halves[-1]}"


def halves_in(period: str) -> tuple[Half, ...]:
    """Return the half-years that a written period covers. Raises ValueError."""
    first, _slash, last = period.partition("/")
    return Half.read(first).until(Half.read(last or first))
