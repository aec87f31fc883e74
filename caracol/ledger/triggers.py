"""
The database's own refusal to change the ledger: no UPDATE, DELETE, TRUNCATE or INSERT OR REPLACE.

A refused statement raises django.db.IntegrityError on both databases. A table rebuilt by a
migration loses its triggers, so `install` runs after every migrate, and a check looks for them.
"""

from __future__ import annotations

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "ledger_entry"
REFUSAL = "the ledger is append-only"

# On SQLite, INSERT OR REPLACE deletes the old row without firing a delete trigger (unless recursive
# triggers are on), hence the trigger before insert.
_SQLITE = {
    "ledger_no_update": f"CREATE TRIGGER ledger_no_update BEFORE UPDATE ON {TABLE}"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    "ledger_no_delete": f"CREATE TRIGGER ledger_no_delete BEFORE DELETE ON {TABLE}"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    "ledger_no_replace": f"CREATE TRIGGER ledger_no_replace BEFORE INSERT ON {TABLE}"  # noqa: S608 (our own constants)
    f" WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR (chain = NEW.chain AND number = NEW.number))"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
}

_REFUSE = f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END"
_FUNCTION = f"CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $${_REFUSE}$$"
_POSTGRESQL = {
    "ledger_no_change": f"CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON {TABLE}"
    " FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "ledger_no_truncate": f"CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON {TABLE}"
    " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place, anew where they already stand."""
    with transaction.atomic(using=connection.alias):
        remove(connection)
        if connection.vendor == "postgresql":
            _run(connection, _FUNCTION)
        for statement in _triggers(connection).values():
            _run(connection, statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """
    Take the triggers away: for undoing the migration, and for tests.

    A test that commits is cleaned up by flushing every table, which the triggers refuse. Such a
    test removes them at its end, before the flush; Django sends post_migrate after a flush, which
    installs them again.
    """
    table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    for name in _triggers(connection):
        _run(connection, f"DROP TRIGGER IF EXISTS {name}{table}")


def present(connection: BaseDatabaseWrapper) -> bool:
    """Return whether every trigger stands, is switched on and says what it should."""
    if connection.vendor == "postgresql":
        return _present_on_postgresql(connection)
    stored = _rows(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s")
    return _SQLITE.items() <= dict(stored).items()


def has_table(connection: BaseDatabaseWrapper) -> bool:
    """Return whether this database has been migrated far enough to have a ledger."""
    return TABLE in connection.introspection.table_names()


def _present_on_postgresql(connection: BaseDatabaseWrapper) -> bool:
    stored = _rows(
        connection,
        "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A')",
    )
    return dict.fromkeys(_POSTGRESQL, _REFUSE).items() <= dict(stored).items()


def _triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE


def _run(connection: BaseDatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(connection: BaseDatabaseWrapper, query: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [TABLE])
        rows: list[tuple[str, str]] = cursor.fetchall()
    return rows
