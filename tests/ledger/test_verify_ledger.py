from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from caracol.ledger import triggers
from caracol.ledger.chain import record

pytestmark = pytest.mark.django_db


def test_a_good_ledger_is_counted() -> None:
    record("case/1", "concern:filed")
    record("case/1", "step:acknowledged")
    record("person/a", "person:joined")
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert said.getvalue() == "3 entries in 2 chains, all as they were written.\n"


def test_an_empty_ledger_is_good() -> None:
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert said.getvalue() == "0 entries in 0 chains, all as they were written.\n"


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
