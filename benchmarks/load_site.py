"""The site that a load is put on: gunicorn, a worker and a clock, on databases made for it and dropped again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
REDIS = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/15")
NAMES = ("caracol_load", "caracol_load_keys")
PATIENCE_SECONDS = 60
SECRETS = {
    name: f"the {name.lower()} of measurements, and of nothing else"
    for name in ("SECRET_KEY", "CONTACT_KEY", "LEDGER_KEY")
}
FILLED = (
    "migrate --verbosity 0",
    "migrate --database keys --verbosity 0",
    "collectstatic --noinput --verbosity 0",
    "load_code conduct/code.toml",
    "recovery_kit --demo",
)


@dataclass
class Site:
    """The site, and the process that others of it are born from."""

    port: int
    web: int

    def web_kibibytes(self) -> int:
        """Return the memory that all web processes hold."""
        return sum(_resident(pid) for pid in [self.web, *_children(self.web)])


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0])


@contextmanager
def _databases() -> Iterator[None]:
    def each(command: str) -> None:
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            for name in NAMES:
                server.execute(command.format(name).encode())

    each('DROP DATABASE IF EXISTS "{}" WITH (FORCE)')
    each('CREATE DATABASE "{}"')
    yield
    each('DROP DATABASE "{}" WITH (FORCE)')


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _answers(port: int) -> bool:
    with suppress(OSError):
        asking = HTTPConnection("127.0.0.1", port, timeout=5)
        asking.request("GET", "/health/", headers={"Host": "localhost"})
        return asking.getresponse().status == 200
    return False


@contextmanager
def site_of_its_own(cases: int) -> Iterator[Site]:
    """Build the demo with so many cases more, and serve it."""
    with ExitStack() as stack:
        stack.enter_context(_databases())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="caracol-load-", ignore_cleanup_errors=True))
        stores = {"DATABASE_URL": f"{SERVER}/{NAMES[0]}", "KEYS_DATABASE_URL": f"{SERVER}/{NAMES[1]}"}
        own = {"VAR_DIR": folder, "DEMO": "1", "REDIS_URL": REDIS, "ALLOWED_HOSTS": "localhost", "PROXIES": "1"}
        environment = {**os.environ, **SECRETS, **stores, **own}
        for command in (*FILLED, f"demo --cases {cases}"):
            given = [sys.executable, "manage.py", *command.split()]
            subprocess.run(given, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        port = _free_port()
        started = []
        for part in (
            f"gunicorn --bind 127.0.0.1:{port} caracol.wsgi",
            "celery --app caracol worker --concurrency 2 --loglevel WARNING",
            f"celery --app caracol beat --loglevel WARNING --schedule {folder}/beat",
        ):
            given = [sys.executable, "-m", *part.split()]
            quiet = subprocess.DEVNULL
            process = subprocess.Popen(given, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)  # noqa: S603
            stack.enter_context(process)
            stack.callback(process.terminate)
            started.append(process)
        ending = time.monotonic() + PATIENCE_SECONDS
        while not _answers(port):
            if time.monotonic() > ending:
                raise TimeoutError("The site does not answer.")
            time.sleep(0.2)
        yield Site(port, started[0].pid)
