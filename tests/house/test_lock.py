from __future__ import annotations

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
LOCKS = ["base.txt", "dev.txt"]


def pins(lock: str) -> dict[str, str]:
    """Return each pinned line (name, version, platform) with its hashes, by the package's name."""
    text = (REQUIREMENTS / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    return {re.split("[=;<> ]", line, maxsplit=1)[0]: line for line in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_pinned_with_its_hashes(lock: str) -> None:
    loose = [name for name, line in pins(lock).items() if "==" not in line or "--hash=sha256:" not in line]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_registry_is_named(lock: str) -> None:
    text = (REQUIREMENTS / lock).read_text(encoding="utf-8")
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host| @ ", text) == []


def test_what_is_tested_is_what_runs() -> None:
    base, dev = pins("base.txt"), pins("dev.txt")
    assert {name: dev.get(name) for name in base} == base
