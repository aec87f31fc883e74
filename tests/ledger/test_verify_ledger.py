from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from caracol.ledger import triggers
from caracol.ledger.chain import record
from caracol.ledger.checkpoints import latest
from tests.ledger.writer import database_writer, night

pytestmark = pytest.mark.django_db

NONE_YET = "There is no checkpoint yet: nothing shows whether the end of a chain was cut off."
CHANGED = "chain case/1, entry 1: it was changed, or not written by this site"
CHANGED_CHECKPOINT = "chain checkpoint, entry 1: it was changed, or not written by this site"
CUT = "chain checkpoint, entry 1: of what was recorded by 2026-11-02, something is gone or was added"


def test_a_good_ledger_is_counted() -> None:
    record("case/1", "concern:filed")
    record("case/1", "step:acknowledged")
    record("person/a", "person:joined")
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert said.getvalue() == f"3 entries in 2 chains, all as they were written.\n{NONE_YET}\n"


def test_an_empty_ledger_is_good() -> None:
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert said.getvalue() == f"0 entries in 0 chains, all as they were written.\n{NONE_YET}\n"


def test_the_first_broken_entry_is_named_and_the_command_exits_1() -> None:
    for number in ("1", "2"):
        record(f"case/{number}", "concern:filed")
        record(f"case/{number}", "step:acknowledged")
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET actor = 'p9' WHERE number = 2")
    with pytest.raises(CommandError) as refused:
        call_command("verify_ledger")
    assert str(refused.value) == "chain case/1, entry 2: it was changed, or not written by this site"
    assert refused.value.returncode == 1


def test_the_last_checkpoint_is_told_as_steering_sees_it() -> None:
    record("case/1", "concern:filed")
    night(0)
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert said.getvalue().splitlines() == [
        "2 entries in 2 chains, all as they were written.",
        f"The last checkpoint is of 2026-11-02: {latest(1)[0].shown}",
    ]


@pytest.mark.parametrize(
    ("what", "where", "why"),
    [
        ("UPDATE ledger_entry SET event = 'concern:kept' WHERE", "chain = 'case/1' AND number = 1", CHANGED),
        ("DELETE FROM ledger_entry WHERE", "chain = 'case/1' AND number = 2", "chain case/1, entry 2: it is missing"),
        ("DELETE FROM ledger_entry WHERE", "chain = 'case/1' AND number = 3", CUT),
        ("DELETE FROM ledger_entry WHERE", "chain = 'case/2'", CUT),
        ("DELETE FROM ledger_entry WHERE", "chain <> 'checkpoint'", CUT),
        ("UPDATE ledger_entry SET facts = '{}' WHERE", "chain = 'checkpoint'", CHANGED_CHECKPOINT),
    ],
    ids=["edited", "taken out", "cut off", "a whole case gone", "everything gone", "a checkpoint edited"],
)
def test_whatever_was_done_before_the_last_checkpoint_is_named_and_exits_1(what: str, where: str, why: str) -> None:
    for chain in ("case/1", "case/1", "case/1", "case/2"):
        record(chain, "concern:filed")
    night(0)
    record("case/1", "step:taken") if "number = 2" in where else None
    with database_writer() as execute:
        execute(f"{what} {where}")
    with pytest.raises(CommandError) as refused:
        call_command("verify_ledger")
    assert (str(refused.value), refused.value.returncode) == (why, 1)


def test_a_forged_entry_is_named() -> None:
    record("case/1", "concern:filed")
    columns = "chain, at, event, actor, facts, previous, mac"
    with database_writer() as execute:
        execute(f"INSERT INTO ledger_entry (number, {columns}) SELECT 2, {columns} FROM ledger_entry")  # noqa: S608
    with pytest.raises(CommandError, match="chain case/1, entry 2: it does not follow from the entry before it"):
        call_command("verify_ledger")


def test_a_checkpoint_taken_away_is_missed_where_its_hash_was_noted() -> None:
    record("case/1", "concern:filed")
    night(0)
    noted = latest(1)[0].shown
    call_command("verify_ledger", "--noted", noted, stdout=StringIO())
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE chain = 'checkpoint'")
    call_command("verify_ledger", stdout=StringIO())
    with pytest.raises(CommandError) as refused:
        call_command("verify_ledger", "--noted", noted)
    assert str(refused.value) == f"chain checkpoint: no checkpoint with the hash noted as {noted}"
