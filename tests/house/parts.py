"""The site's parts as real processes, for tests that ask them over HTTP, kill them and start them anew."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.services import free_port, until, url_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


def stores() -> dict[str, str]:
    """Return where this test's databases are, as the environment says it."""
    return {"DATABASE_URL": url_of("default"), "KEYS_DATABASE_URL": url_of("keys")}


def answer(port: int, path: str = "/health/") -> int:
    """Return the status of a page; 0 where nobody answers."""
    asking = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        asking.request("GET", path, headers={"Host": "localhost"})
        return asking.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        asking.close()


@contextmanager
def serving(folder: Path, *, well: int = 200, **environment: str) -> Iterator[tuple[int, int]]:
    """Serve by gunicorn, by its real configuration, with the databases of this test; yields the port and the pid."""
    port, pid = free_port(), folder / "pid"
    told = {**os.environ, "VAR_DIR": str(folder), **stores(), **environment}
    # By its script, as in production: of `python -m` it could not start another like itself.
    script = Path(sys.executable).with_name("gunicorn")
    command = [str(script), "--bind", f"127.0.0.1:{port}", "--pid", str(pid), "caracol.wsgi"]
    with subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: answer(port) == well)
            yield port, process.pid
        finally:
            process.terminate()
            # Another may have come in its place; whichever is gone already has removed the file.
            with suppress(FileNotFoundError, ProcessLookupError):
                os.kill(int(pid.read_text()), signal.SIGTERM)
            until(lambda: not answer(port))


def children(pid: int) -> set[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return {int(child) for child in listed.split()}
