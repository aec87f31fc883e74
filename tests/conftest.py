from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from caracol import env
from caracol.ledger import triggers
from caracol.limits import buckets as limit_buckets
from caracol.limits import redis_buckets
from grievances import access
from tests.bucket import Bucket, bucket_server
from tests.grievances.cast import Cast, the_code

# The same tries in every run, and none by a stopwatch: what Hypothesis itself does wherever it knows that it is in CI.
hypothesis.settings.load_profile("ci")

HERE = Path(__file__).parent
# The door (who comes in, and whose keys open what) is tried on PostgreSQL and Redis as well: these files, and folders.
# But for what is about SQLite itself, and says so in its name.
ON_BOTH = [
    HERE / part
    for part in """
    accounts ledger limits vault house/test_production.py house/test_safety.py house/test_headers.py
    grievances/test_attest.py grievances/test_guest_times.py grievances/test_organisation.py grievances/test_receipts.py
    grievances/test_sealing.py grievances/test_seat_guests.py grievances/test_stolen.py
    grievances/actions/test_new_keys.py grievances/actions/test_recovery.py grievances/actions/test_renewed.py
    grievances/actions/test_rooms.py grievances/management/test_recovery_kit.py grievances/views/test_recovery.py
    """.split()
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have `make test-services` run the tests of the door, before pytest chooses by marks."""
    for item in items:
        if "sqlite" not in item.name and any(item.path.is_relative_to(part) for part in ON_BOTH):
            item.add_marker("everywhere")


@pytest.fixture(autouse=True)
def full_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis, unlike the database, is not rolled back: each test has buckets of its own there, and one hour to try."""
    monkeypatch.setattr(redis_buckets, "HERE", f"caracol-tests:{secrets.token_hex(8)}:")
    hour = limit_buckets.hour()
    monkeypatch.setattr(limit_buckets, "hour", lambda: hour)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-matrix", action="store_true", help="write access_matrix.txt, jobs.txt anew (with -n 0)")
    parser.addoption("--write-readability", action="store_true", help="write docs/readability.md anew (with -n 0)")
    parser.addoption("--pictures", action="store_true", help="take the pictures of docs/guides anew (make pictures)")


@pytest.fixture(autouse=True)
def cheap_to_try(settings: Settings, tmp_path: Path) -> None:
    """Derive keys cheaply, serve plain static files, and remember files and permissions no longer than one test."""
    settings.ARGON2_PASSES = 1
    settings.ARGON2_KIBIBYTES = 8
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "files": {"BACKEND": "caracol.files.shelf.PrivateFolder", "OPTIONS": {"location": tmp_path / "files"}},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    access.permission.cache_clear()


@pytest.fixture(autouse=True)
def flushable_ledger(request: pytest.FixtureRequest, _django_db_marker: None) -> Iterator[None]:
    """A test that commits is cleaned up by a flush, which the ledger refuses; post_migrate brings the triggers back."""
    yield
    marked = request.node.get_closest_marker("django_db")
    if marked and marked.kwargs.get("transaction"):
        triggers.remove(connections["default"])


@pytest.fixture
def within_an_hour() -> Iterator[None]:
    """The clock stands still half-way through this hour: for what is told once an hour."""
    with time_machine.travel(timezone.now().replace(minute=30), tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """People for a case, and the Code under which it is filed."""
    the_code()
    return Cast()


@pytest.fixture(scope="session")
def buckets() -> Iterator[str]:
    """A server of buckets, in a process of its own."""
    with bucket_server() as address:
        yield address


@pytest.fixture
def stand_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[Bucket], None]:
    """Have sealed files stand in a bucket: for this process, and for those it starts."""

    def in_there(bucket: Bucket) -> None:
        monkeypatch.setenv("FILES_URL", bucket.url)
        files = {"BACKEND": "caracol.files.bucket.Bucket", "OPTIONS": env.bucket("FILES_URL")}
        settings.STORAGES = {**settings.STORAGES, "files": files}

    return in_there


@pytest.fixture
def bucket(buckets: str, stand_in: Callable[[Bucket], None]) -> Bucket:
    """A bucket of this test's own, in which sealed files stand."""
    made = Bucket(buckets)
    stand_in(made)
    return made
