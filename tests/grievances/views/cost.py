from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def cost(browser: Client, address: str) -> int:
    """Return how many queries a page takes the second time it is looked at: the first may note that it was."""
    assert browser.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    return len(queries)
