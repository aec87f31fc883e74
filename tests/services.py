"""What the tests ask of the real services that they talk to."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connections

PATIENCE_SECONDS = 60
# Each test process has a stretch of ports to itself, below those that the system gives to whoever asks for any; begun
# anywhere in it, so that another run on the same machine meets others.
FIRST_PORT = 12_000 + 1_000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_tried = count(os.getpid())


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "It did not come about in time."
        time.sleep(0.1)


def free_port() -> int:
    """Return a port that nobody listens at, and that nobody else is given."""
    while True:
        port = FIRST_PORT + next(_tried) % 1_000
        with suppress(OSError), socket.socket() as listening:
            listening.bind(("127.0.0.1", port))
            return port


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def url_of(alias: str) -> str:
    """Return the address of the database that this test uses."""
    name = connections[alias].settings_dict["NAME"]
    given = urlsplit(os.environ["DATABASE_URL" if alias == "default" else "KEYS_DATABASE_URL"])
    return given._replace(path=f"/{name}").geturl()


def broker_is_idle() -> bool:
    with redis.Redis.from_url(settings.REDIS_URL) as found:
        return not found.llen("celery") and not found.hlen("unacked")
