from __future__ import annotations

import pytest
from pytest_django import Settings

from caracol import checks

PRODUCTION = {"DEMO": False, "ALLOWED_HOSTS": ["concerns.example.org"], "REDIS_URL": "redis://:word@redis:6379/0"}


def refused(settings: Settings, **changes: object) -> list[str]:
    for name, value in {**PRODUCTION, **changes}.items():
        setattr(settings, name, value)
    return [sentence.split(".")[0] for sentence in checks.refusals()]


def test_production_starts(settings: Settings) -> None:
    assert refused(settings) == []


def test_the_demo_starts_on_this_machine(settings: Settings) -> None:
    assert refused(settings, DEMO=True, ALLOWED_HOSTS=["localhost", "127.0.0.1"], REDIS_URL="redis://localhost") == []


@pytest.mark.parametrize("host", ["concerns.example.org", "*", "0.0.0.0", "127.0.0.2"])  # noqa: S104 -- refused
def test_the_demo_answers_nowhere_else(settings: Settings, host: str) -> None:
    assert len(refused(settings, DEMO=True, ALLOWED_HOSTS=["localhost", host])) == 1


@pytest.mark.parametrize("hosts", [[], ["*"], ["concerns.example.org", "*"]])
def test_production_names_its_hosts(settings: Settings, hosts: list[str]) -> None:
    assert refused(settings, ALLOWED_HOSTS=hosts) == [
        "Set ALLOWED_HOSTS to the names this site answers to, separated by commas; a star is not a name"
    ]


@pytest.mark.parametrize("url", ["redis://redis:6379/0", "redis://user@redis:6379/0", "rediss://:@redis/0"])
def test_production_gives_redis_a_password(settings: Settings, url: str) -> None:
    assert refused(settings, REDIS_URL=url) == ["REDIS_URL has no password"]
