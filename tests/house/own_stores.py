"""PostgreSQL and Redis of a test's own, which it may stop and start as it likes: the machine's are left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.services import free_port, listens, until

DATABASES = ("caracol", "keys")


def _newest_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    assert found, "PostgreSQL's own programs are not here."
    return found[-1]


class Cluster:
    """A cluster with the databases "caracol" and "keys", run by the user postgres where we are root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self._bin = folder, free_port(), _newest_bin()
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self._run("initdb", "--auth", "trust", "--username", "postgres", "--no-sync")
        self.start()

    def url(self, database: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "--wait", "--log", f"{self.folder}/log", "--options", options, "start")

    def stop(self, mode: str) -> None:
        """Stop it: "fast" ends what is under way, "immediate" is as if the power went."""
        self._run("pg_ctl", "--wait", "--mode", mode, "stop")

    def copy(self, source: str, database: str) -> None:
        """Make a database that holds all that another, by its address, holds."""
        create = [str(self._bin / "createdb"), f"--maintenance-db={self.url('postgres')}", database]
        subprocess.run(create, check=True)
        dump = [str(self._bin / "pg_dump"), "--format=custom", source]
        dumped = subprocess.run(dump, check=True, stdout=subprocess.PIPE).stdout
        restore = [str(self._bin / "pg_restore"), "--no-owner", f"--dbname={self.url(database)}"]
        subprocess.run(restore, check=True, input=dumped)

    def _run(self, program: str, *given: str) -> None:
        command = [*self._as, str(self._bin / program), f"--pgdata={self.folder}/data", *given]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL)


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Run a cluster in a folder of its own, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="caracol-cluster-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        cluster = Cluster(folder)
        try:
            yield cluster
        finally:
            cluster.stop("immediate")
    finally:
        shutil.rmtree(folder)


class OwnRedis:
    """A Redis that keeps nothing when it stops, as ours does."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        until(lambda: listens(self.port))

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as found:
            found.flushall()
