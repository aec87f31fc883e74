"""PostgreSQL, Redis and a worker, instead of the embedded default."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections

from caracol.celery import app

pytestmark = [pytest.mark.services, pytest.mark.django_db(databases=["default", "keys"])]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 40


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker in a process of its own, stopped at the end."""
    command = [sys.executable, "-m", "celery", "--app", "caracol", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    with subprocess.Popen(command, cwd=ROOT) as process:
        yield process
        process.terminate()


@pytest.mark.parametrize("alias", ["default", "keys"])
def test_both_databases_are_postgresql(alias: str) -> None:
    assert connections[alias].vendor == "postgresql"
    assert connections[alias].introspection.table_names() != []


def test_the_cache_is_redis() -> None:
    cache.set("kept-by-a-test", "kept", timeout=5)
    assert cache.get("kept-by-a-test") == "kept"
    assert cache.delete("kept-by-a-test")


def test_a_worker_answers(worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    answers: list[dict[str, Any]] = []
    while not answers and worker.poll() is None and time.monotonic() < deadline:
        answers = app.control.ping(timeout=1) or []
    assert len(answers) == 1
