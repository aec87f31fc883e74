"""What was there on any night can neither be cut off nor taken out unseen."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection, transaction

from caracol.ledger import chain, checkpoints
from caracol.ledger.chain import Fault, Tampered, entries, record
from caracol.ledger.checkpoints import CHAIN, Checkpoint, first_fault, latest, stands
from caracol.ledger.models import Entry
from tests.ledger.writer import database_writer, night

pytestmark = pytest.mark.django_db

FIRST_GONE = Fault(CHAIN, 1, "of what was recorded by 2026-11-02, something is gone or was added")
SECOND_GONE = Fault(CHAIN, 2, "of what was recorded by 2026-11-03, something is gone or was added")


@pytest.fixture
def two_nights() -> None:
    record("case/1", "concern:filed")
    record("case/1", "case:closed")
    record("case/2", "concern:filed")
    night(0)
    record("case/1", "case:reopened")
    night(1)
    record("case/1", "step:taken")


def test_a_night_is_sealed_once_whoever_asks() -> None:
    assert [night(0), night(0), night(1), night(0)] == [True, False, True, False]
    assert [made.night for made in latest(9)] == [dt.date(2026, 11, 3), dt.date(2026, 11, 2)]


def test_after_nights_without_one_the_next_covers_them_too() -> None:
    night(0)
    record("case/1", "concern:filed")
    assert night(7)
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE chain = 'case/1'")
    assert first_fault() == Fault(CHAIN, 2, "of what was recorded by 2026-11-09, something is gone or was added")


def test_of_two_workers_one_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = checkpoints._settled

    def the_other_is_faster() -> int:
        monkeypatch.setattr(checkpoints, "_settled", settled)
        assert night(1)
        return settled()

    night(0)
    monkeypatch.setattr(checkpoints, "_settled", the_other_is_faster)
    assert not night(1)
    assert [made.night.day for made in latest(9)] == [3, 2]
    assert (chain.first_fault(), first_fault()) == (None, None)


def test_a_quiet_night_looks_like_any_other(two_nights: None) -> None:
    for number in range(100):
        record(f"case/new-{number}", "concern:filed")
    night(2)
    night(3)
    assert {len(made.shown) for made in latest(9)} == {39}
    assert len({made.shown for made in latest(9)}) == 4
    told = [(entry.event, entry.actor, sizes_of(entry.details)) for entry in entries(CHAIN)[-2:]]
    assert told == [(MADE, "", {"digest": 64, "salt": 32, "upto": 0})] * 2


MADE = "ledger:checkpoint:made"


def sizes_of(facts: Mapping[str, object]) -> dict[str, int]:
    """Return how long each text among the facts is, and 0 for a number: up to which row it reaches grows by itself."""
    return {name: len(fact) if isinstance(fact, str) else 0 for name, fact in facts.items()}


def test_two_nights_on_which_the_same_was_there_read_otherwise(settings: Any) -> None:
    """Nobody can try out what would lead to a hash: neither without the key, nor with it and without the salt."""
    first, second = (_sealed_alone() for _ in range(2))
    settings.LEDGER_KEY = "somebody else's key, of a good length"
    assert len({first, second, _sealed_alone()}) == 3


def _sealed_alone() -> str:
    night(0)
    shown = latest(1)[0].shown
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry")
    return shown


def test_an_untouched_ledger_agrees_with_its_nights(two_nights: None) -> None:
    assert (chain.first_fault(), first_fault()) == (None, None)


def test_the_end_of_a_chain_that_was_there_on_a_night_is_missed(two_nights: None) -> None:
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE chain = 'case/1' AND number >= 3")
    assert (chain.first_fault(), first_fault()) == (None, SECOND_GONE)


def test_a_whole_case_that_was_there_on_a_night_is_missed(two_nights: None) -> None:
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE chain = 'case/2'")
    assert (chain.first_fault(), first_fault()) == (None, FIRST_GONE)


def test_a_cut_is_missed_on_every_later_night_too(two_nights: None) -> None:
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE chain = 'case/2'")
    night(2)
    night(3)
    assert first_fault() == FIRST_GONE


def test_what_was_written_again_after_a_cut_is_not_what_was_there(two_nights: None) -> None:
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE chain = 'case/2'")
    record("case/2", "concern:filed")
    assert first_fault() == FIRST_GONE


def test_a_row_slipped_in_below_a_night_is_noticed(two_nights: None) -> None:
    record("case/3", "concern:filed")
    with database_writer() as execute:
        execute("UPDATE ledger_entry SET id = -1 WHERE chain = 'case/3'")
        execute("UPDATE ledger_entry SET id = id + 1000 WHERE chain = 'case/2'")
    assert first_fault() == FIRST_GONE


def test_a_checkpoint_edited_or_taken_out_of_the_middle_shows_in_its_own_chain(two_nights: None) -> None:
    with database_writer() as execute:
        execute("UPDATE ledger_entry SET facts = '{}' WHERE chain = %s AND number = 1", [CHAIN])
    with pytest.raises(Tampered):
        first_fault()
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE chain = %s AND number = 1", [CHAIN])
    assert chain.first_fault() == Fault(CHAIN, 1, "it is missing")


def test_the_last_checkpoint_taken_away_with_what_it_covers_is_missed_by_whoever_noted_it(two_nights: None) -> None:
    first, noted = (made.shown for made in reversed(latest(2)))
    with database_writer() as execute:
        execute("DELETE FROM ledger_entry WHERE chain = %s AND number = 2", [CHAIN])
        execute("DELETE FROM ledger_entry WHERE chain = 'case/1' AND number >= 3")
    assert (chain.first_fault(), first_fault()) == (None, None)
    assert (stands(first), stands(noted)) == (True, False)
    assert night(1)
    assert not stands(noted)


def test_a_note_is_compared_as_people_write_it(two_nights: None) -> None:
    shown = latest(1)[0].shown
    assert stands(shown.upper().replace(" ", "-")) is stands(shown) is True
    assert not stands("")
    assert not stands(shown[:-1])


def test_each_night_reads_what_came_since_and_no_more(two_nights: None, monkeypatch: pytest.MonkeyPatch) -> None:
    spans: list[tuple[int, int]] = []
    digest = checkpoints._digest

    def noted(since: int, upto: int) -> str:
        spans.append((since, upto))
        return digest(since, upto)

    monkeypatch.setattr(checkpoints, "_digest", noted)
    night(2)
    # The step of that day, and the checkpoint of the night before.
    assert [Entry.objects.filter(id__gt=since, id__lte=upto).count() for since, upto in spans] == [2]


def test_what_is_shown_of_a_night_is_its_date_and_its_hash(two_nights: None) -> None:
    assert latest(1) == [Checkpoint(dt.date(2026, 11, 3), latest(1)[0].shown)]


def test_only_so_many_nights_are_read_as_are_asked_for(two_nights: None) -> None:
    assert [made.night.day for made in latest(1)] == [3]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_whoever_is_still_writing_at_midnight_is_waited_for() -> None:
    """A row whose number was drawn before the checkpoint, and which is committed after it, would stand below it."""
    written, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            record("case/slow", "step:taken")
            written.set()
            may_end.wait(timeout=10)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    written.wait(timeout=10)
    record("case/quick", "step:taken")
    threading.Timer(0.5, may_end.set).start()
    assert night(0)
    writer.join(timeout=10)
    assert Entry.objects.filter(chain="case/slow").count() == 1
    assert entries(CHAIN)[0].details["upto"] == Entry.objects.get(chain="case/quick").pk
    assert first_fault() is None
