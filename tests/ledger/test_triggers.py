from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from caracol.ledger import triggers
from caracol.ledger.chain import entries, first_fault, record
from caracol.ledger.models import Entry

pytestmark = pytest.mark.django_db

COLUMNS = "chain, number, at, event, actor, facts, previous, mac"
COPY = f"SELECT {COLUMNS} FROM ledger_entry WHERE number = 1"  # noqa: S608
MOVED = "SELECT id, 'case/9', 9, at, event, actor, facts, previous, mac FROM ledger_entry WHERE number = 1"
EVERYWHERE = [
    "UPDATE ledger_entry SET actor = 'p9'",
    "UPDATE ledger_entry SET number = 7 WHERE number = 2",
    "DELETE FROM ledger_entry",
    "DELETE FROM ledger_entry WHERE number = 2",
    f"INSERT INTO ledger_entry ({COLUMNS}) {COPY}",
    f"INSERT INTO ledger_entry ({COLUMNS}) {COPY} ON CONFLICT (chain, number) DO UPDATE SET actor = 'p9'",
]
SQLITE = [
    *EVERYWHERE,
    f"INSERT OR REPLACE INTO ledger_entry ({COLUMNS}) {COPY}",
    "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE number = 1",
    f"INSERT OR REPLACE INTO ledger_entry (id, {COLUMNS}) {MOVED}",
    f"REPLACE INTO ledger_entry ({COLUMNS}) {COPY}",
    f"INSERT OR IGNORE INTO ledger_entry ({COLUMNS}) {COPY}",
    "UPDATE OR REPLACE ledger_entry SET number = 1 WHERE number = 2",
    "UPDATE OR IGNORE ledger_entry SET actor = 'p9'",
]
POSTGRESQL = [
    *EVERYWHERE,
    "TRUNCATE ledger_entry",
    "TRUNCATE ledger_entry RESTART IDENTITY CASCADE",
    "MERGE INTO ledger_entry USING (SELECT 1 AS n) AS one ON number = n WHEN MATCHED THEN DELETE",
]


@pytest.fixture
def two() -> list[Entry]:
    record("case/1", "concern:filed", actor="p1")
    record("case/1", "step:acknowledged", actor="p2")
    return entries("case/1")


def run(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize("statement", SQLITE)
def test_sqlite_refuses_to_change_the_ledger(two: list[Entry], statement: str) -> None:
    with pytest.raises(IntegrityError, match=triggers.REFUSAL):
        run(statement)
    assert entries("case/1") == two
    assert first_fault() is None


@pytest.mark.services
@pytest.mark.parametrize("statement", POSTGRESQL)
def test_postgresql_refuses_to_change_the_ledger(two: list[Entry], statement: str) -> None:
    with pytest.raises(IntegrityError):
        run(statement)
    assert entries("case/1") == two
    assert first_fault() is None


def whole_life() -> None:
    """Triggers stand after the migrations; taken away they are missed; installed again, twice, they stand."""
    assert triggers.present(connection)
    triggers.remove(connection)
    assert not triggers.present(connection)
    triggers.install(connection)
    triggers.install(connection)
    assert triggers.present(connection)


def test_triggers_come_and_go_on_sqlite() -> None:
    whole_life()


@pytest.mark.services
def test_triggers_come_and_go_on_postgresql() -> None:
    whole_life()


def test_a_trigger_hollowed_out_on_sqlite_does_not_count_as_present() -> None:
    run(
        "DROP TRIGGER ledger_no_update",
        "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT 1; END",
    )
    assert not triggers.present(connection)


@pytest.mark.services
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_no_change",
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_a_trigger_hollowed_out_on_postgresql_does_not_count_as_present(statement: str) -> None:
    run(statement)
    assert not triggers.present(connection)


def test_migrating_brings_lost_triggers_back() -> None:
    triggers.remove(connection)
    call_command("migrate", verbosity=0, skip_checks=True)
    assert triggers.present(connection)


@pytest.mark.django_db(databases=["default", "keys"])
def test_a_database_without_a_ledger_is_left_alone() -> None:
    call_command("migrate", database="keys", verbosity=0, skip_checks=True)
