"""What left of a release: the ledger says on which day, who took it, as what, for whom and why, by closed answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from caracol import moments
from caracol.ledger.chain import entries, record
from grievances.models import Recipient, Thing
from grievances.statistics.disclosure import Published
from grievances.statistics.releases import CHAIN

SHARED = "statistics:release:shared"


@dataclass(frozen=True)
class Taken:
    """A release that somebody took to share it: on which day, who by their handle, as what and for whom."""

    on: dt.date
    handle: str
    thing: Thing
    whom: Recipient


def shared(release: Published, handle: str, answers: Mapping[str, str]) -> None:
    """Let the ledger say that somebody took a release to share it; on which day, and not at what hour."""
    with moments.by_the_day():
        record(CHAIN, SHARED, actor=handle, release=release.name, **answers)


def shares(release: Published) -> list[Taken]:
    """Return each time a release was taken to share it, the oldest first. Raises Tampered."""
    told = [entry for entry in entries(CHAIN) if entry.event == SHARED and entry.details["release"] == release.name]
    return [
        Taken(
            timezone.localdate(each.at),
            each.actor,
            Thing(str(each.details["thing"])),
            Recipient(str(each.details["whom"])),
        )
        for each in told
    ]
