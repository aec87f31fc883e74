"""A copy of a database put back where this site reads it, as whoever has the copy can."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from caracol import backups


@contextmanager
def restored(alias: str, copy: Path) -> Iterator[None]:
    """Have everything read and write a restored copy instead of the database, until the end of the block."""
    here = connections[alias]
    there = here.copy(alias)
    with _laid_out(alias, copy) as name:
        there.settings_dict["NAME"] = name
        connections[alias] = there
        try:
            yield
        finally:
            there.close()
            connections[alias] = here


@contextmanager
def _laid_out(alias: str, copy: Path) -> Iterator[str]:
    """Yield the name of a database that holds what the copy does: SQLite's is the copy, PostgreSQL's a new one."""
    if connections[alias].vendor == "sqlite":
        yield str(copy)
        return
    name = f"{connections[alias].settings_dict['NAME']}_restored"
    with connections[alias].cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    said = backups.environment_of({**connections[alias].settings_dict, "NAME": name})
    order = ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={name}", str(copy)]
    subprocess.run(order, env={**os.environ, **said}, check=True)
    try:
        yield name
    finally:
        with connections[alias].cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')
