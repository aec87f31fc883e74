"""Somebody who writes to the database past every model, and the nights that pass meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine
from django.db import connection

from caracol.ledger import checkpoints, triggers

# An hour after midnight in New York, when the first checkpoint of a test is made.
FIRST_NIGHT = datetime(2026, 11, 2, 6, tzinfo=UTC)


@contextmanager
def database_writer() -> Iterator[Callable[..., None]]:
    """Somebody who can write to the database and take its triggers away, but has no key."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        yield cursor.execute
    triggers.install(connection)


def night(number: int) -> bool:
    """Let the job of this night run, and return whether it made a checkpoint."""
    with time_machine.travel(FIRST_NIGHT + timedelta(days=number), tick=False):
        return checkpoints.make()
