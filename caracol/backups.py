"""
Copies of the database and of the key store: each by itself, since both together open what neither does alone.

A copy of the key store brings destroyed keys back, so that none is kept for longer than a week.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connections
from django.utils import timezone

from caracol.vault.routers import KEYS

KEPT = dt.timedelta(days=7)
_STAMP = "%Y%m%dT%H%M%SZ"
_NAMES = {"default": "caracol", KEYS: "keys"}


class BackupFailed(Exception):
    """No copy was made; the message says why, and holds no password."""


def copy(alias: str, folder: Path) -> Path:
    """
    Write a copy of a database, as it stands, into a folder, and return its path; for nobody else to read.

    SQLite's goes by its own online backup, PostgreSQL's by pg_dump (custom format). Raises BackupFailed, and leaves
    nothing behind then, as inside a transaction, in which SQLite would wait for itself.
    """
    if connections[alias].in_atomic_block:
        raise BackupFailed("A copy is made outside any transaction.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    on_sqlite = connections[alias].vendor == "sqlite"
    stamp = timezone.now().astimezone(dt.UTC).strftime(_STAMP)
    made = folder / f"{_NAMES[alias]}-{stamp}.{'sqlite3' if on_sqlite else 'dump'}"
    part = made.with_suffix(".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        (_copy_sqlite if on_sqlite else _dump)(alias, part)
        part.replace(made)
    finally:
        part.unlink(missing_ok=True)
    return made


def too_old(folder: Path) -> list[Path]:
    """Return the copies of the key store in a folder that are older than a week, the oldest first."""
    now = timezone.now()
    return sorted(path for path, made in _of_keys(folder) if now - made > KEPT)


def rotate(folder: Path) -> int:
    """Remove the copies of the key store that are older than a week; returns how many."""
    old = too_old(folder)
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _of_keys(folder: Path) -> Iterator[tuple[Path, dt.datetime]]:
    """Yield the copies of the key store, finished or not, each with when it was made by its name, or by its file."""
    for path in folder.glob(f"{_NAMES[KEYS]}-*"):
        try:
            made = dt.datetime.strptime(path.stem.partition("-")[2], _STAMP).replace(tzinfo=dt.UTC)
        except ValueError:
            made = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        yield path, made


def _copy_sqlite(alias: str, to: Path) -> None:
    connections[alias].ensure_connection()
    with closing(sqlite3.connect(to)) as target:
        connections[alias].connection.backup(target)


def _dump(alias: str, to: Path) -> None:
    said = connections[alias].settings_dict
    # By the environment: arguments can be read by everybody on the machine.
    told = {**os.environ, **environment_of(said)}
    order = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={to}"]
    try:
        done = subprocess.run(order, env=told, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    except FileNotFoundError:
        raise BackupFailed("pg_dump is not here: install PostgreSQL's client (postgresql-client).") from None
    if done.returncode:
        raise BackupFailed(f"pg_dump: {done.stderr.strip()}")


def environment_of(said: dict[str, Any]) -> dict[str, str]:
    """Return how PostgreSQL's own programs are told which database to reach, from Django's settings of it."""
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    return {variable: str(said[name]) for variable, name in names.items() if said.get(name)}
