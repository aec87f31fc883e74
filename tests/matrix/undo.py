from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from django.core.cache import cache
from django.db import transaction
from django.test import Client


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Undo whatever happens in the block: in both databases, in the cache, and to the browser's cookies."""
    cookies = copy(client.cookies)
    before = [(alias, transaction.savepoint(using=alias)) for alias in ("default", "keys")]
    yield
    for alias, point in before:
        # What failed within may have left the whole transaction marked as broken.
        transaction.set_rollback(False, using=alias)
        transaction.savepoint_rollback(point, using=alias)
    client.cookies = cookies
    cache.clear()
