"""The real gunicorn on the real services: what the container asks of it, and a restart that nobody notices."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from redis import Redis

from caracol.celery import DUE
from caracol.watch import done
from tests.house.parts import ROOT, answer, children, serving
from tests.services import until, url_of

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True, databases=["default", "keys"]),
    pytest.mark.usefixtures("collected"),
]

# In each of these many threads, one request after another.
ASKING = 4


@contextmanager
def asked_all_the_time(port: int) -> Iterator[Counter[int]]:
    """Ask for a page over and over meanwhile; yields how often each status came."""
    got: Counter[int] = Counter()
    ending = threading.Event()

    def ask() -> None:
        while not ending.is_set():
            got[answer(port, "/accounts/login/")] += 1

    asking = [threading.Thread(target=ask) for _ in range(ASKING)]
    for thread in asking:
        thread.start()
    try:
        yield got
    finally:
        ending.set()
        for thread in asking:
            thread.join()


def read_anew(master: int, _pid: Path) -> None:
    """Have gunicorn start new workers, and end the old ones once they have answered."""
    before = children(master)
    os.kill(master, signal.SIGHUP)
    until(lambda: bool(children(master)) and not children(master) & before)


def replaced(master: int, pid: Path) -> None:
    """Start another gunicorn on the same socket, as a new version is, and then end the old one."""
    fresh = pid.with_name("pid.2")
    os.kill(master, signal.SIGUSR2)
    until(lambda: fresh.exists() and bool(children(int(fresh.read_text()))))
    newer = fresh.read_text()
    os.kill(master, signal.SIGTERM)
    until(lambda: written_in(pid) == newer)


def written_in(file: Path) -> str:
    """Return what stands in a file, which may be gone at any moment."""
    with suppress(FileNotFoundError):
        return file.read_text()
    return ""


@pytest.mark.parametrize("restart", [read_anew, replaced])
def test_a_restart_loses_no_request(tmp_path: Path, restart: Callable[[int, Path], None]) -> None:
    with serving(tmp_path) as (port, master), asked_all_the_time(port) as got:
        until(lambda: got.total() > 20)
        restart(master, tmp_path / "pid")
        since = got.total()
        until(lambda: got.total() > since + 20)
    assert set(got) == {200}


def test_told_to_end_it_first_answers_what_it_was_asked(tmp_path: Path) -> None:
    with serving(tmp_path) as (port, master), socket.create_connection(("127.0.0.1", port)) as asking:
        asking.sendall(
            b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\n"
        )
        assert asking.recv(100).startswith(b"HTTP/1.1 100 Continue")
        os.kill(master, signal.SIGTERM)
        asking.sendall(b"login=a")
        assert asking.recv(100).startswith(b"HTTP/1.1 403")


def says_it_is_well(port: int) -> bool:
    """Return what the container's own health check says, of the port that is served here."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    _cmd, _python, *given = compose["services"]["web"]["healthcheck"]["test"]
    command = [sys.executable, *(word.replace(":8000/", f":{port}/") for word in given)]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0


def test_the_containers_health_check_says_whether_all_parts_answer(tmp_path: Path) -> None:
    with serving(tmp_path) as (port, _master):
        assert says_it_is_well(port)
    with serving(tmp_path, well=503, REDIS_URL="redis://:word@127.0.0.1:1/0") as (port, _master):
        assert not says_it_is_well(port)


def test_beat_and_a_worker_do_every_job_at_their_start(tmp_path: Path) -> None:
    """By the commands of the compose file; a clock that was just started waits with none."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    stores = {"DATABASE_URL": url_of("default"), "KEYS_DATABASE_URL": url_of("keys"), "VAR_DIR": str(tmp_path)}
    with ExitStack() as stack, Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()
        stack.callback(broker.flushdb)
        for part in ("worker", "beat"):
            given = re.sub(r"/\w+/beat", str(tmp_path / "beat"), compose["services"][part]["command"])
            command = [sys.executable, "-m", *given.split()]
            process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, env={**os.environ, **stores}))
            stack.callback(process.terminate)
        until(lambda: set(DUE) <= set(done.last()))
