"""Where chains end is kept in mind for one deed, and is never what an entry rests on."""

from __future__ import annotations

from contextvars import Context
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from caracol.ledger import ends
from caracol.ledger.chain import entries, first_fault, record
from caracol.ledger.models import Entry

pytestmark = pytest.mark.django_db


def rival(event: str = "rival:came") -> None:
    """Somebody else writes to the chain, whose deed is not this one."""
    Context().run(record, "case/1", event)


def events() -> list[str]:
    assert first_fault() is None
    return [entry.event for entry in entries("case/1")]


def statements(*told: str, read: bool) -> list[str]:
    """The first words of what is asked when these are recorded in one deed, after the chain is read or not."""
    with ends.in_mind():
        if read:
            entries("case/1")
        with CaptureQueriesContext(connection) as asked:
            for event in told:
                record("case/1", event)
    return [each["sql"].split()[0] for each in asked]


def test_the_end_of_a_chain_that_was_read_is_not_asked_for_again() -> None:
    record("case/1", "concern:filed")
    assert statements("step:taken", "step:taken", read=True) == ["INSERT", "INSERT"]
    assert statements("step:taken", "step:taken", read=False) == ["SELECT", "INSERT", "INSERT"]
    assert events() == ["concern:filed", *["step:taken"] * 4]


def test_the_end_is_asked_for_where_somebody_else_wrote_meanwhile() -> None:
    record("case/1", "concern:filed")
    with ends.in_mind():
        entries("case/1")
        rival()
        record("case/1", "step:taken")
        rival()
        rival()
        record("case/1", "step:taken")
    assert events() == ["concern:filed", "rival:came", "step:taken", "rival:came", "rival:came", "step:taken"]


def test_nothing_is_written_after_an_entry_that_was_rolled_back() -> None:
    record("case/1", "concern:filed")
    with ends.in_mind():
        with transaction.atomic():
            record("case/1", "step:undone")
            record("case/1", "step:undone")
            transaction.set_rollback(True)
        record("case/1", "step:taken")
    assert events() == ["concern:filed", "step:taken"]


def test_nor_after_one_in_whose_place_there_is_another() -> None:
    record("case/1", "concern:filed")
    with ends.in_mind():
        with transaction.atomic():
            record("case/1", "step:undone")
            transaction.set_rollback(True)
        rival()
        record("case/1", "step:taken")
    assert events() == ["concern:filed", "rival:came", "step:taken"]


def test_a_chain_whose_every_entry_was_rolled_back_begins_anew() -> None:
    with ends.in_mind():
        with transaction.atomic():
            record("case/1", "concern:filed")
            transaction.set_rollback(True)
        record("case/1", "concern:begun")
    assert events() == ["concern:begun"]


def test_what_was_kept_in_mind_is_forgotten_with_the_deed() -> None:
    with ends.in_mind():
        with ends.in_mind():
            written = record("case/1", "concern:filed")
        seen = ends.taken("case/1")
        record("case/1", "step:taken")
    assert (seen, ends.taken("case/1")) == ((1, bytes(written.mac)), None)


@pytest.mark.parametrize(("column", "value"), [("chain", "case/2"), ("number", 4), ("previous", bytes(32))])
def test_the_database_takes_no_entry_that_follows_on_nothing(column: str, value: object) -> None:
    record("case/1", "concern:filed")
    last = record("case/1", "step:taken")
    columns: dict[str, Any] = {"chain": "case/1", "number": 3, "event": "step:taken", "facts": "{}", "mac": bytes(32)}
    columns |= {"at": last.at, "previous": bytes(last.mac)}
    with pytest.raises(IntegrityError):
        Entry.objects.append(Entry(**{**columns, column: value}))
    before = Entry.objects.count()
    Entry.objects.append(Entry(**columns))
    assert (before, Entry.objects.count()) == (2, 3)
