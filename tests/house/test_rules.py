from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = [path for app in ("caracol", "conduct", "grievances") for path in sorted((ROOT / app).rglob("*.py"))]


def complaints(line: str, *, where: str) -> str:
    """Return what ruff says of a file that holds only this line, of banned names alone."""
    command = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--quiet", "--stdin-filename", where, "-"]
    return subprocess.run(command, cwd=ROOT, input=line, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("line", ["from guardian.shortcuts import get_perms\n", "import guardian.core\n"])
def test_only_the_one_door_asks_guardian(line: str) -> None:
    assert "Only grievances.access asks guardian" in complaints(line, where="grievances/views/case.py")
    assert complaints(line, where="grievances/access.py") == ""


def test_no_grant_is_made_without_its_key() -> None:
    careless = [str(path.relative_to(ROOT)) for path in OURS if "assign_perm" in path.read_text(encoding="utf-8")]
    assert careless == []
