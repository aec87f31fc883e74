"""A threshold that is too low, or lower than it was when numbers were last released, stops the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.models import Max

from grievances.models.release import LOWEST_THRESHOLD, Release
from grievances.statistics.disclosure import ROUNDED_TO


def threshold_stands(**_: Any) -> list[CheckMessage]:
    """Return an error for a threshold below five, or between two fives."""
    threshold = settings.STATISTICS_THRESHOLD
    if threshold >= LOWEST_THRESHOLD and threshold % ROUNDED_TO == 0:
        return []
    return [
        Error(
            f"STATISTICS_THRESHOLD is {threshold}. Set it to {LOWEST_THRESHOLD}, or to a higher multiple of "
            f"{ROUNDED_TO}: between them, the lowest number shown would tell the count exactly.",
            id="statistics.E001",
        )
    ]


def threshold_only_rises(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return an error for a threshold lower than that of a release there is."""
    table = Release._meta.db_table
    if "default" not in (databases or ()) or table not in connections["default"].introspection.table_names():
        return []
    highest = Release.objects.aggregate(highest=Max("threshold"))["highest"] or LOWEST_THRESHOLD
    if highest <= settings.STATISTICS_THRESHOLD:
        return []
    return [
        Error(
            f"STATISTICS_THRESHOLD is {settings.STATISTICS_THRESHOLD}, and numbers were released with {highest}. "
            f"It can only be raised: set it to {highest} or more.",
            id="statistics.E002",
        )
    ]
