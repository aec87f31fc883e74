from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from caracol.accounts import people
from caracol.accounts.models import User

PASSWORD = "a snail climbs slowly"


@pytest.fixture(autouse=True)
def own_database(settings: Settings) -> None:
    """Each test starts with full buckets: in the database, which is rolled back, whatever else is there."""
    settings.REDIS_URL = ""


@pytest.fixture
def still_clock() -> Iterator[None]:
    """The clock stands still, so that what is said of a wait is exact however slow the machine is."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def ana(db: None) -> User:
    return people.join(login="ana", name="Ana", email="ana@example.org", password=PASSWORD)
