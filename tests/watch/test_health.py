from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from redis import RedisError

from caracol.watch import health

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

WELL, NOT_WELL = (200, b"ok"), (503, b"unavailable")


@pytest.fixture(autouse=True)
def _asks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_MIGRATED", set())


def asked() -> tuple[int, bytes]:
    answer = Client().get("/health/")
    return answer.status_code, answer.content


def test_a_site_that_can_serve_says_ok_and_nothing_else() -> None:
    answer = Client().get("/health/")
    assert (answer.status_code, answer.content, answer.cookies.output()) == (200, b"ok", "")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Vary" not in answer.headers


def test_it_asks_for_no_session_and_two_words_of_the_databases(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    assert asked() == WELL
    client = Client()
    client.cookies["caracol-session"] = "a session that somebody has"
    with django_assert_num_queries(1), django_assert_num_queries(1, using="keys"):
        client.get("/health/")


@pytest.mark.parametrize("alias", ["default", "keys"])
def test_a_database_that_is_away_is_not_well(alias: str) -> None:
    def away(_execute: Callable[..., Any], *_given: Any) -> NoReturn:
        raise OperationalError("could not connect to quetzal-nobody-may-read")

    with connections[alias].execute_wrapper(away):
        assert asked() == NOT_WELL
    assert asked() == WELL


@pytest.mark.parametrize("alias", ["default", "keys"])
def test_a_migration_that_is_still_to_come_is_not_well(alias: str) -> None:
    MigrationRecorder(connections[alias]).record_unapplied("watch", "0001_jobs_done")
    assert asked() == NOT_WELL
    MigrationRecorder(connections[alias]).record_applied("watch", "0001_jobs_done")
    assert asked() == WELL


def test_a_redis_that_is_away_is_not_well(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> NoReturn:
        raise RedisError

    settings.REDIS_URL = "redis://:word@redis:6379/0"
    monkeypatch.setattr(health, "_redis", lambda _url: SimpleNamespace(ping=away))
    assert asked() == NOT_WELL
    monkeypatch.setattr(health, "_redis", lambda _url: SimpleNamespace(ping=lambda: True))
    assert asked() == WELL


def test_it_is_asked_past_the_proxy_and_by_any_name(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client(headers={"host": "web:8000"}).get("/health/").status_code == 200
    assert Client().get("/code/").status_code == 301
