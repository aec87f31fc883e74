from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]


def run(deed: str, var: Path) -> dict[str, Any]:
    """Do one of the deeds of `site.py` on the site in `var`, and return its report."""
    environment = {**os.environ, "DEMO": "1", "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "caracol.settings"}
    command = [sys.executable, "-m", "tests.grievances.demo.site", deed]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@dataclass(frozen=True)
class Site:
    """The demo's folder and what building it said."""

    var: Path
    report: dict[str, Any]

    def copied(self, to: Path) -> Path:
        """Return a copy of the site's folder."""
        return shutil.copytree(self.var, to / "copy")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The demo, built once for all the processes that tests run in."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    var, told = shared / "demo-site", shared / "demo-site.json"
    with (shared / "demo-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            told.write_text(json.dumps(run("build", var)), encoding="utf-8")
    return Site(var, json.loads(told.read_text(encoding="utf-8")))
