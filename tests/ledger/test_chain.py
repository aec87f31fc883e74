from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from caracol.ledger import chain, ends
from caracol.ledger.chain import Fault, Tampered, entries, first_fault, record
from caracol.ledger.models import Entry
from tests.ledger.writer import database_writer

pytestmark = pytest.mark.django_db

CHANGED = "it was changed, or not written by this site"
UNLINKED = "it does not follow from the entry before it"
MISSING = "it is missing"

facts = st.dictionaries(
    st.text(min_size=1).filter(lambda name: name not in {"chain", "event", "actor"}),
    st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.lists(st.text(), max_size=3)),
    max_size=4,
)


@pytest.fixture
def three() -> list[Entry]:
    record("case/1", "concern:filed", actor="p1", articles=["3.4"], urgent=False)
    record("case/1", "step:acknowledged", actor="p2")
    record("case/1", "case:closed", actor="p2", outcome="resolved")
    return entries("case/1")


# --- Writing ---


def test_numbers_count_from_one_in_each_chain() -> None:
    written = [record(name, "person:joined") for name in ("person/a", "person/b", "person/a")]
    assert [(entry.chain, entry.number) for entry in written] == [("person/a", 1), ("person/b", 1), ("person/a", 2)]


def test_an_entry_says_who_did_what_when_and_with_which_facts() -> None:
    before = datetime.now(tz=UTC)
    record(
        "case/1",
        "seat:given",
        actor="p2",
        seat="mediator",
        number_of_seats=2,
        by_offer=True,
        until=None,
        rooms=["table"],
    )
    entry = entries("case/1")[0]
    assert (entry.event, entry.actor) == ("seat:given", "p2")
    assert entry.details == {
        "seat": "mediator",
        "number_of_seats": 2,
        "by_offer": True,
        "until": None,
        "rooms": ["table"],
    }
    assert before <= entry.at <= datetime.now(tz=UTC)
    assert str(entry) == "case/1 1: seat:given"


def test_the_first_entry_follows_from_zeros_and_the_next_from_its_mac(three: list[Entry]) -> None:
    assert [bytes(entry.previous) for entry in three] == [bytes(32), bytes(three[0].mac), bytes(three[1].mac)]


@given(facts)
def test_whatever_facts_are_recorded_come_back_verified(facts: dict[str, Any]) -> None:
    with transaction.atomic():
        written = record("case/1", "something", **facts)
        assert entries("case/1", "something")[-1].details == facts
        assert written.details == facts
        transaction.set_rollback(True)


@pytest.mark.parametrize("fact", [1.5, b"bytes", {"a": 1}, [1], ("a",), datetime(2026, 1, 1, tzinfo=UTC)])
def test_a_fact_of_another_type_is_refused(fact: Any) -> None:
    with pytest.raises(TypeError, match="for sum"):
        record("case/1", "something", sum=fact)
    assert entries("case/1") == []


def test_an_entry_goes_with_the_deed_it_records() -> None:
    with transaction.atomic():
        record("case/1", "step:taken")
        transaction.set_rollback(True)
    assert entries("case/1") == []
    assert record("case/1", "step:taken").number == 1


class Rivals:
    """Others who write to the same chain after its last entry was read and before the next is written."""

    def __init__(self, how_many: int) -> None:
        self.left = how_many
        self.writing = False

    def __call__(self, execute: Any, sql: str, *others: Any) -> Any:
        if sql.lstrip().startswith("INSERT") and self.left and not self.writing:
            self.left -= 1
            self.writing = True
            record("case/1", "rival:came")
            self.writing = False
        return execute(sql, *others)


def test_an_entry_whose_number_is_taken_meanwhile_is_tried_again() -> None:
    record("case/1", "concern:filed")
    rivals = Rivals(3)
    with connection.execute_wrapper(rivals):
        record("case/1", "step:taken")
    assert rivals.left == 0
    assert [entry.event for entry in entries("case/1")] == ["concern:filed", *["rival:came"] * 3, "step:taken"]


def test_an_entry_that_never_gets_through_fails_loudly() -> None:
    with connection.execute_wrapper(Rivals(chain.MOST_RACES + 1)), pytest.raises(IntegrityError):
        record("case/1", "step:taken")
    assert {entry.event for entry in entries("case/1")} == {"rival:came"}


def test_a_number_that_is_taken_undoes_nothing_of_the_deed() -> None:
    record("case/2", "step:taken")
    with connection.execute_wrapper(Rivals(1)):
        record("case/1", "step:taken")
    assert [entry.number for entry in entries(["case/1", "case/2"])] == [1, 2, 1]


# --- Reading ---


def test_entries_come_in_order_in_one_query(
    three: list[Entry], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    record("case/0", "concern:filed")
    record("case/2", "concern:filed")
    with django_assert_num_queries(1):
        read = [(entry.chain, entry.number) for entry in entries(["case/1", "case/0"])]
    assert read == [("case/0", 1), ("case/1", 1), ("case/1", 2), ("case/1", 3)]


def test_entries_can_be_asked_for_by_event(three: list[Entry]) -> None:
    read = [entry.event for entry in entries("case/1", "case:closed", "concern:filed")]
    assert read == ["concern:filed", "case:closed"]


@pytest.mark.parametrize("asked", ["case/1", [], ["case/1", "case/2"]])
def test_chains_without_entries_read_as_nothing(asked: str | list[str]) -> None:
    assert (entries(asked), first_fault(asked if isinstance(asked, list) else [asked])) == ([], None)


def test_what_follows_on_an_entry_is_read_alone(
    three: list[Entry], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    record("case/0", "concern:filed")
    with django_assert_num_queries(3):
        read = [chain.entries_after(entry) for entry in three]
    assert read == [three[1:], three[2:], []]


def test_nothing_follows_on_an_entry_that_was_rolled_back(three: list[Entry]) -> None:
    with transaction.atomic():
        gone = record("case/1", "case:reopened")
        before = chain.entries_after(gone)
        transaction.set_rollback(True)
    assert (before, chain.entries_after(gone)) == ([], None)
    record("case/1", "rival:came")
    record("case/1", "rival:came")
    assert (chain.entries_after(gone), [each.number for each in chain.entries_after(three[2]) or []]) == (None, [4, 5])


@pytest.mark.parametrize(
    ("done", "why"),
    [
        ("UPDATE ledger_entry SET actor = 'p9' WHERE number = 3", CHANGED),
        ("UPDATE ledger_entry SET previous = mac WHERE number = 2", UNLINKED),
        ("DELETE FROM ledger_entry WHERE number = 2", MISSING),
    ],
)
def test_what_follows_is_believed_only_where_it_is_whole(three: list[Entry], done: str, why: str) -> None:
    with database_writer() as execute:
        execute(done)
    with pytest.raises(Tampered, match=why):
        chain.entries_after(three[0])


# --- Finding what was done to it ---


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("chain", "case/0"),
        ("at", "2026-01-01 00:00:00+00:00"),
        ("event", "step:refused"),
        ("actor", "p9"),
        ("facts", '{"outcome":"harmless"}'),
        ("mac", bytes(32)),
    ],
)
def test_any_column_edited_is_found(three: list[Entry], column: str, value: object) -> None:
    with database_writer() as execute:
        execute(f"UPDATE ledger_entry SET {column} = %s WHERE number = 1", [value])  # noqa: S608
    found = "case/0" if column == "chain" else "case/1"
    assert first_fault() == Fault(found, 1, CHANGED)
    with pytest.raises(Tampered) as tampered:
        entries(found)
    assert (tampered.value.chain, tampered.value.number, tampered.value.why) == (found, 1, CHANGED)


def test_an_edited_entry_is_found_when_read_alone(three: list[Entry]) -> None:
    with database_writer() as execute:
        execute("UPDATE ledger_entry SET actor = 'p9' WHERE number = 2")
    assert [entry.number for entry in entries("case/1", "case:closed")] == [3]
    with pytest.raises(Tampered):
        entries("case/1", "step:acknowledged")


def test_an_entry_taken_out_is_found(three: list[Entry]) -> None:
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE number = 2")
    assert first_fault() == Fault("case/1", 2, MISSING)
    with pytest.raises(Tampered, match=MISSING):
        entries("case/1")


def test_a_chain_without_its_beginning_is_found(three: list[Entry]) -> None:
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE number = 1")
    assert first_fault() == Fault("case/1", 1, MISSING)


def test_entries_moved_up_to_close_a_gap_are_found(three: list[Entry]) -> None:
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE number = 2")
        execute("UPDATE ledger_entry SET number = 2 WHERE number = 3")
    assert first_fault() == Fault("case/1", 2, UNLINKED)


def test_entries_that_changed_places_are_found(three: list[Entry]) -> None:
    with database_writer() as execute:
        execute("UPDATE ledger_entry SET number = 9 WHERE number = 2")
        execute("UPDATE ledger_entry SET number = 2 WHERE number = 3")
        execute("UPDATE ledger_entry SET number = 3 WHERE number = 9")
    assert first_fault() == Fault("case/1", 2, UNLINKED)


def test_an_entry_forged_with_another_key_is_found(three: list[Entry], settings: Any) -> None:
    ours = settings.LEDGER_KEY
    settings.LEDGER_KEY = "somebody else's key, of a good length"
    record("case/1", "role:given", actor="p9")
    settings.LEDGER_KEY = ours
    assert first_fault() == Fault("case/1", 4, CHANGED)
    with pytest.raises(Tampered):
        entries("case/1", "role:given")


def test_a_chain_copied_under_another_name_is_found(three: list[Entry]) -> None:
    columns = "number, at, event, actor, facts, previous, mac"
    with database_writer() as execute:
        execute(f"INSERT INTO ledger_entry (chain, {columns}) SELECT 'case/2', {columns} FROM ledger_entry")  # noqa: S608
    assert first_fault() == Fault("case/2", 1, CHANGED)
    assert first_fault(["case/1"]) is None


def test_a_good_chain_has_no_fault_whatever_the_others_have(three: list[Entry]) -> None:
    record("case/2", "concern:filed")
    with database_writer() as execute:
        execute("UPDATE ledger_entry SET actor = 'p9' WHERE chain = 'case/2'")
    assert first_fault(["case/1"]) is None
    assert str(first_fault()) == f"chain case/2, entry 1: {CHANGED}"


def test_a_mac_covers_every_column_and_the_site_s_key(three: list[Entry], settings: Any) -> None:
    """An entry's columns each change its mac, one at a time; so does the key."""
    entry = three[2]
    changes: dict[str, object] = {
        "chain": "case/2",
        "number": 4,
        "at": entry.at + timedelta(microseconds=1),
        "event": "other",
        "actor": "p9",
        "facts": "{}",
        "previous": bytes(32),
    }
    macs = {chain.mac_of(Entry(**{**columns(entry), name: value})) for name, value in changes.items()}
    settings.LEDGER_KEY = "somebody else's key, of a good length"
    macs |= {chain.mac_of(entry), bytes(entry.mac)}
    assert len(macs) == len(changes) + 2
    assert set(changes) == set(columns(entry)) - {"id", "mac"}


def columns(entry: Entry) -> dict[str, Any]:
    return {field.attname: getattr(entry, field.attname) for field in Entry._meta.concrete_fields}


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_many_writing_at_once_in_one_chain_make_one_good_chain() -> None:
    start = threading.Barrier(4)

    def write() -> None:
        start.wait(timeout=10)
        for _ in range(5):
            with transaction.atomic(), ends.in_mind():
                entries("case/1")
                record("case/1", "step:taken")
                record("case/1", "step:taken")
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    assert [entry.number for entry in entries("case/1")] == list(range(1, 41))


def test_whole_chains_recorded_at_once_hold_like_any_other() -> None:
    told = [chain.Told("case:filed", "a1", {"stage": "intake"}), chain.Told("case:closed")]
    assert chain.record_many({"case/one": told, "case/two": told[:1]}) == 3
    record("case/one", "case:reopened")
    assert [(entry.chain, entry.number, entry.event) for entry in entries(["case/one", "case/two"])] == [
        ("case/one", 1, "case:filed"),
        ("case/one", 2, "case:closed"),
        ("case/one", 3, "case:reopened"),
        ("case/two", 1, "case:filed"),
    ]
    assert first_fault() is None


def test_a_chain_that_is_there_is_not_recorded_over() -> None:
    record("case/one", "case:filed")
    with pytest.raises(IntegrityError), transaction.atomic():
        chain.record_many({"case/one": [chain.Told("case:forged")]})
    assert [entry.event for entry in entries("case/one")] == ["case:filed"]
