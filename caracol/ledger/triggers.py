"""
The database's own refusal to change the ledger, and other tables written once: no UPDATE, DELETE, TRUNCATE or REPLACE.

A refused statement raises django.db.IntegrityError on both databases. A table rebuilt by a
migration loses its triggers, so `install` runs after every migrate, and a check looks for them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "ledger_entry"
REFUSAL = "the ledger is append-only"


@dataclass(frozen=True)
class Guarded:
    """A table whose rows never change: what its triggers are called, and which columns tell one row from another."""

    table: str
    prefix: str
    unique: tuple[str, ...]
    refusal: str


_LEDGER = Guarded(TABLE, "ledger", ("chain", "number"), REFUSAL)
_guarded: dict[str, Guarded] = {TABLE: _LEDGER}


def guard(table: str, *, unique: tuple[str, ...]) -> None:
    """Have the rows of another table, once written, refused to everybody who would change them, like the ledger's."""
    _guarded[table] = Guarded(table, table, unique, f"{table} is written once")


def _sqlite(guarded: Guarded) -> dict[str, str]:
    # On SQLite, INSERT OR REPLACE deletes the old row without firing a delete trigger (unless recursive
    # triggers are on), hence the trigger before insert.
    prefix, table, refuse = guarded.prefix, guarded.table, f"SELECT RAISE(ABORT, '{guarded.refusal}')"
    same = " AND ".join(f"{column} = NEW.{column}" for column in guarded.unique)
    there = f"SELECT 1 FROM {table} WHERE id = NEW.id OR ({same})"  # noqa: S608 (our own constants)
    return {
        f"{prefix}_no_update": f"CREATE TRIGGER {prefix}_no_update BEFORE UPDATE ON {table} BEGIN {refuse}; END",
        f"{prefix}_no_delete": f"CREATE TRIGGER {prefix}_no_delete BEFORE DELETE ON {table} BEGIN {refuse}; END",
        f"{prefix}_no_replace": f"CREATE TRIGGER {prefix}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS ({there}) BEGIN {refuse}; END",
    }


def _refuse(guarded: Guarded) -> str:
    return f"BEGIN RAISE EXCEPTION '{guarded.refusal}' USING ERRCODE = 'integrity_constraint_violation'; END"


def _function(guarded: Guarded) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {guarded.prefix}_refuse() RETURNS trigger"
        f" LANGUAGE plpgsql AS $${_refuse(guarded)}$$"
    )


def _postgresql(guarded: Guarded) -> dict[str, str]:
    prefix, table = guarded.prefix, guarded.table
    return {
        f"{prefix}_no_change": f"CREATE TRIGGER {prefix}_no_change BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {prefix}_refuse()",
        f"{prefix}_no_truncate": f"CREATE TRIGGER {prefix}_no_truncate BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {prefix}_refuse()",
    }


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place on every guarded table there is, anew where they already stand."""
    with transaction.atomic(using=connection.alias):
        remove(connection)
        for guarded in _there(connection):
            if connection.vendor == "postgresql":
                _run(connection, _function(guarded))
            for statement in _triggers(connection, guarded).values():
                _run(connection, statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """
    Take the triggers away: for undoing the migration, and for tests.

    A test that commits is cleaned up by flushing every table, which the triggers refuse. Such a
    test removes them at its end, before the flush; Django sends post_migrate after a flush, which
    installs them again.
    """
    for guarded in _there(connection):
        table = f" ON {guarded.table}" if connection.vendor == "postgresql" else ""
        for name in _triggers(connection, guarded):
            _run(connection, f"DROP TRIGGER IF EXISTS {name}{table}")


def present(connection: BaseDatabaseWrapper) -> bool:
    """Return whether every trigger stands, is switched on and says what it should."""
    return all(_stands(connection, guarded) for guarded in _there(connection))


def has_table(connection: BaseDatabaseWrapper) -> bool:
    """Return whether this database has been migrated far enough to have a ledger."""
    return TABLE in connection.introspection.table_names()


def _there(connection: BaseDatabaseWrapper) -> list[Guarded]:
    tables = set(connection.introspection.table_names())
    return [guarded for guarded in _guarded.values() if guarded.table in tables]


def _stands(connection: BaseDatabaseWrapper, guarded: Guarded) -> bool:
    if connection.vendor == "postgresql":
        return _stands_on_postgresql(connection, guarded)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    return _sqlite(guarded).items() <= dict(_rows(connection, query, guarded.table)).items()


def _stands_on_postgresql(connection: BaseDatabaseWrapper, guarded: Guarded) -> bool:
    query = (
        "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A')"
    )
    stored = dict(_rows(connection, query, guarded.table))
    return dict.fromkeys(_postgresql(guarded), _refuse(guarded)).items() <= stored.items()


def _triggers(connection: BaseDatabaseWrapper, guarded: Guarded) -> dict[str, str]:
    return _postgresql(guarded) if connection.vendor == "postgresql" else _sqlite(guarded)


def _run(connection: BaseDatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(connection: BaseDatabaseWrapper, query: str, table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        rows: list[tuple[str, str]] = cursor.fetchall()
    return rows
