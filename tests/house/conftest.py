from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import redis
from django.conf import settings

from tests.house.parts import ROOT


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is served beside the pages, collected once as the image does; without it no page can name its style."""
    folder = str(tmp_path_factory.mktemp("static"))
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "STATIC_ROOT": folder})
    return folder


@pytest.fixture
def collected(static: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each process that this test starts find what was collected."""
    monkeypatch.setenv("STATIC_ROOT", static)


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """Redis, empty before and after."""
    with redis.Redis.from_url(settings.REDIS_URL) as found:
        found.flushdb()
        yield found
        found.flushdb()


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    """A new folder for each host."""

    def made() -> Iterator[Path]:
        for number in count():
            folder = tmp_path / f"host-{number}"
            folder.mkdir()
            yield folder

    return made()
