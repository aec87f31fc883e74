"""A whole site on stores of its own: web, worker and beat, each of which can be killed and started anew."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import yaml

from tests.house.own_stores import Cluster, OwnRedis
from tests.house.parts import ROOT, answer
from tests.services import free_port, until

# People with weak Argon2, so that they log in quickly, and cases for each to write in.
PEOPLE = """
import json, sys, django
django.setup()
from django.conf import settings
settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES = 1, 8
from tests.grievances.cast import Cast, the_code, walk
the_code()
cast = Cast()
made = [walk(cast, "served").case for _each in range(int(sys.argv[1]))]
print(json.dumps([f"/cases/{case.reference}/rooms/{case.rooms.get(seat__reporter=True).token}/" for case in made]))
"""


def _commands(folder: Path) -> dict[str, list[str]]:
    """Return how the compose file starts worker and beat."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return {
        part: re.sub(r"/\w+/beat", str(folder / "beat"), compose["services"][part]["command"]).split()
        for part in ("worker", "beat")
    }


@dataclass
class Site:
    """The parts, by name, and the addresses of the rooms that are written in (see `room`)."""

    cluster: Cluster
    redis: OwnRedis
    folder: Path
    static: str
    port: int = field(default_factory=free_port)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    rooms: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DATABASE_URL": self.cluster.url("caracol"),
            "KEYS_DATABASE_URL": self.cluster.url("keys"),
            "REDIS_URL": self.redis.url,
            "VAR_DIR": str(self.folder),
            "STATIC_ROOT": self.static,
            # So that a test can be asked from many addresses.
            "PROXIES": "1",
        }
        return {**os.environ, **own}

    def run(self, *command: str) -> str:
        """Run a command of the site's; return what it prints."""
        given = [sys.executable, *command]
        return subprocess.run(given, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True).stdout

    def people(self, cases: int) -> None:
        """Have the people of a case, and so many cases of theirs."""
        self.rooms = json.loads(self.run("-c", PEOPLE, str(cases)))

    def start(self, part: str) -> None:
        """Start a part, in a group of its own."""
        gunicorn = ["--bind", f"127.0.0.1:{self.port}", "caracol.wsgi"]
        given = ["gunicorn", *gunicorn] if part == "web" else _commands(self.folder)[part]
        command = [sys.executable, "-m", *given]
        self.parts[part] = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)

    def kill(self, part: str) -> None:
        """End a part at once, with all its processes, and without a word."""
        process = self.parts.pop(part)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def down(self) -> None:
        """Kill whatever runs."""
        for part in list(self.parts):
            self.kill(part)

    def is_well(self) -> bool:
        return answer(self.port) == 200

    def jobs_done(self) -> dict[str, float]:
        """Return when each job was last done, in seconds since 1970."""
        with psycopg.connect(self.cluster.url("caracol")) as connection:
            found = connection.execute("SELECT name, extract(epoch FROM at)::float FROM watch_jobdone").fetchall()
        return dict(found)


@contextmanager
def own_site(cluster: Cluster, redis: OwnRedis, folder: Path, static: str) -> Iterator[Site]:
    """A site without people, none of whose parts runs yet; what runs at the end is killed."""
    site = Site(cluster, redis, folder, static)
    with ExitStack() as stack:
        stack.callback(site.down)
        yield site


def up(site: Site) -> None:
    """Start what is not running, and wait until it serves."""
    for part in ("web", "worker", "beat"):
        if part not in site.parts:
            site.start(part)
    until(site.is_well)
