from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from caracol.ledger import triggers
from grievances import access
from tests.grievances.cast import Cast, the_code


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-matrix", action="store_true", help="write tests/access_matrix.txt anew (with -n 0)")


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
    access.permission_id.cache_clear()


@pytest.fixture(autouse=True)
def flushable_ledger(request: pytest.FixtureRequest, _django_db_marker: None) -> Iterator[None]:
    """A test that commits is cleaned up by a flush, which the ledger refuses; post_migrate brings the triggers back."""
    yield
    marked = request.node.get_closest_marker("django_db")
    if marked and marked.kwargs.get("transaction"):
        triggers.remove(connections["default"])


@pytest.fixture
def cast(db: None) -> Cast:
    """People for a case, and the Code under which it is filed."""
    the_code()
    return Cast()
