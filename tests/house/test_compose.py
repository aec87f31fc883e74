"""The files that a site of several parts is started from, held to their formats and to what they promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
OURS = {"migrate", "web", "worker", "beat", "backup", "backup_keys"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def tool(name: str, *given: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / name), *given]
    return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)


def of_each(compose: dict[str, Any], key: str) -> dict[str, set[str]]:
    return {name: set(service.get(key, [])) for name, service in compose["services"].items()}


def test_it_has_every_part(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, "proxy", "postgres", "keys", "redis"}


def test_the_key_store_is_kept_apart(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["keys"]["volumes"] == ["keys:/var/lib/postgresql/data"]
    assert services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql/data"]
    folders = {name: services[name]["volumes"] for name in ("backup", "backup_keys")}
    assert folders == {"backup": ["./backups/database:/backups"], "backup_keys": ["./backups/keys:/backups"]}
    assert services["keys"]["secrets"] != services["postgres"]["secrets"]


def test_each_part_reaches_only_what_it_needs(compose: dict[str, Any]) -> None:
    assert of_each(compose, "networks") == {
        "proxy": {"outside", "front"},
        "web": {"front", "stores", "keystore"},
        "migrate": {"stores", "keystore"},
        "worker": {"outside", "stores", "keystore"},
        "beat": {"stores"},
        "backup": {"stores"},
        "backup_keys": {"stores", "keystore"},
        "postgres": {"stores"},
        "redis": {"stores"},
        "keys": {"keystore"},
    }
    inside = {name for name, network in compose["networks"].items() if network and network["internal"]}
    assert inside == {"front", "stores", "keystore"}


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert ports == {"proxy": ["80:8080", "443:8443"]}
    assert "--requirepass" in compose["services"]["redis"]["command"]


@pytest.mark.parametrize("part", sorted({*OURS, "proxy", "postgres", "keys", "redis"}))
def test_each_part_has_as_little_power_as_it_can(compose: dict[str, Any], part: str) -> None:
    service = compose["services"][part]
    assert (service["read_only"], service["cap_drop"], "cap_add" in service) == (True, ["ALL"], False)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("user") != "root"
    assert not service.get("privileged")


def test_every_image_has_a_user_of_its_own_and_a_version(compose: dict[str, Any]) -> None:
    said = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = [stage for stage in re.split(r"^FROM ", said, flags=re.MULTILINE)[1:] if "AS build" not in stage]
    assert ["USER 1000" in stage for stage in stages] == [False, True, True]
    images = {service["image"] for service in compose["services"].values() if "build" not in service}
    images |= set(re.findall(r"^FROM ([\w./]+:\S+)", said, re.MULTILINE))
    assert {image.partition(":")[0] for image in images} == {"postgres", "redis", "python", "caddy"}
    assert [image for image in images if image.endswith(":latest") or ":" not in image] == []


def test_every_part_that_stays_says_whether_it_is_well(compose: dict[str, Any]) -> None:
    silent = {name for name, service in compose["services"].items() if "healthcheck" not in service}
    assert silent == {"migrate", "backup", "backup_keys"}


def test_migrations_are_applied_before_anything_serves(compose: dict[str, Any]) -> None:
    for part in OURS - {"migrate"}:
        assert compose["services"][part]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    stores = compose["services"]["migrate"]["depends_on"]
    assert stores == {name: {"condition": "service_healthy"} for name in ("postgres", "keys", "redis")}


def test_every_secret_comes_from_a_file(compose: dict[str, Any]) -> None:
    used = {name for service in compose["services"].values() for name in service.get("secrets", [])}
    assert used == set(compose["secrets"])
    for service in compose["services"].values():
        for name, value in service["environment"].items() if "environment" in service else []:
            assert name.endswith("_FILE") == value.startswith("/run/secrets/"), name


def test_the_image_holds_all_that_the_site_reads() -> None:
    copied = set(re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    wanted = {name for line in copied for name in line.split()}
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    assert wanted == kept
    assert [name for name in wanted if not (ROOT / name).exists()] == []
    assert {"caracol", "conduct", "grievances", "locale", "templates", "static"} <= wanted


def test_the_proxy_writes_no_log_of_who_asked_for_what() -> None:
    said = (ROOT / "Caddyfile").read_text(encoding="utf-8")
    site = said.partition("{$SITE_HOST}")[2]
    assert not re.search(r"^\s*log\b", site, re.MULTILINE)
    assert "exclude http.log.error http.handlers.reverse_proxy http.log.access" in said
    assert "respond @within 404" in site


def test_the_proxy_holds_a_whole_form_before_it_hands_it_on() -> None:
    held = re.search(r"^\s*request_buffers (\d+)MiB$", (ROOT / "Caddyfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert held
    assert int(held[1]) * 1024 * 1024 >= settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_the_checks_of_these_files_find_what_is_wrong() -> None:
    """`make check` runs them over the files as they are; here each is given one that is not right."""
    wrong = "services: {web: {image: caracol, networking: [front]}}"
    assert tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "-", text=wrong).returncode == 1
    assert "DL3006" in tool("hadolint", "-", text="FROM python\nUSER 10001:10001\n").stdout
