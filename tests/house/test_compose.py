from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def test_it_has_every_part(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"migrate", "web", "worker", "beat", "postgres", "keys", "redis"}


def test_the_key_store_is_kept_apart(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["keys"]["volumes"] == ["keys:/var/lib/postgresql/data"]
    assert services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql/data"]
    assert services["keys"]["secrets"] != services["postgres"]["secrets"]


def test_every_secret_comes_from_a_file(compose: dict[str, Any]) -> None:
    used = {name for service in compose["services"].values() for name in service.get("secrets", [])}
    assert used == set(compose["secrets"])
    for service in compose["services"].values():
        for name, value in service["environment"].items() if "environment" in service else []:
            assert name.endswith("_FILE") == value.startswith("/run/secrets/"), name


def test_no_password_stands_in_it_and_no_port_is_open_to_the_world(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8000:8000"]
    assert "--requirepass" in compose["services"]["redis"]["command"]
