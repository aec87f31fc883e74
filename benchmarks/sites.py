"""The sites that are measured: one for each database and size, seeded once and kept."""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
KEPT_IN = Path(os.environ.get("BENCH_DIR", ROOT / "var" / "bench"))
SERVER = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
SECRETS = {
    name: f"the {name.lower()} of measurements, and of nothing else"
    for name in ("SECRET_KEY", "CONTACT_KEY", "LEDGER_KEY")
}


@dataclass(frozen=True)
class Site:
    """One database with so many cases."""

    database: str
    cases: int

    @property
    def var(self) -> Path:
        """Its folder."""
        return KEPT_IN / f"{self.database}-{self.cases}"

    @property
    def name(self) -> str:
        """What its PostgreSQL database is called."""
        return f"caracol_bench_{self.cases}"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in order to work on it."""
        told = {**os.environ, **SECRETS, "DEMO": "1", "VAR_DIR": str(self.var), "ALLOWED_HOSTS": "localhost,127.0.0.1"}
        for unwanted in ("REDIS_URL", "DATABASE_URL", "KEYS_DATABASE_URL"):
            told.pop(unwanted, None)
        if self.database == "postgresql":
            told |= {"DATABASE_URL": f"{SERVER}/{self.name}", "KEYS_DATABASE_URL": f"{SERVER}/{self.name}_keys"}
        return told

    @property
    def seeded(self) -> Path:
        """The file that says that it is seeded."""
        return self.var / "seeded"

    def create(self) -> None:
        """Make its folder and its empty databases."""
        self.var.mkdir(parents=True, exist_ok=True)
        if self.database == "postgresql":
            with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
                for name in (self.name, f"{self.name}_keys"):
                    server.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
                    server.execute(f'CREATE DATABASE "{name}"'.encode())


def connect(site: Site) -> str:
    """Connect this process, which works on another size of the same database, to `site` too; returns the alias."""
    from django.db import connections  # noqa: PLC0415 - this module serves before Django is set up, too

    alias = f"cases{site.cases}"
    told = copy.deepcopy(connections.settings["default"])
    told["NAME"] = site.name if site.database == "postgresql" else site.var / "caracol.sqlite3"
    connections.settings[alias] = told
    return alias
