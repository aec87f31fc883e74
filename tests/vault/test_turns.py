from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from caracol.vault import box, turns
from caracol.vault.turns import IS_KNOWN, Busy, Turns
from tests.services import PATIENCE_SECONDS, until


class Room:
    """Where turns are spent: counts who is inside, and lets nobody out before `open`."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.open = threading.Event()
        self.inside = self.most = 0
        self._counting = threading.Lock()

    def visit(self, *, known: bool) -> str:
        token = IS_KNOWN.set(lambda: known)
        try:
            with self.turns.one():
                self._count(1)
                self.open.wait(timeout=PATIENCE_SECONDS)
                self._count(-1)
        except Busy:
            return "busy"
        finally:
            IS_KNOWN.reset(token)
        return "done"

    def _count(self, change: int) -> None:
        with self._counting:
            self.inside += change
            self.most = max(self.most, self.inside)


def results(visits: list[Future[str]]) -> list[str]:
    return sorted(visit.result(timeout=PATIENCE_SECONDS) for visit in visits)


def test_no_more_than_so_many_at_once_and_all_come_through() -> None:
    room = Room(Turns(at_once=2, patience=PATIENCE_SECONDS))
    with ThreadPoolExecutor(6) as people:
        visits = [people.submit(room.visit, known=True) for _ in range(6)]
        until(lambda: room.inside == 2)
        room.open.set()
        assert results(visits) == ["done"] * 6
    assert room.most == 2


def test_a_flood_of_strangers_leaves_a_turn_to_who_is_known() -> None:
    room = Room(Turns(at_once=2, patience=PATIENCE_SECONDS))
    with ThreadPoolExecutor(8) as people:
        strangers = [people.submit(room.visit, known=False) for _ in range(5)]
        until(lambda: (room.inside, len(room.turns._lines[False])) == (1, 4))
        friend = people.submit(room.visit, known=True)
        until(lambda: room.inside == 2)
        room.open.set()
        assert friend.result(timeout=PATIENCE_SECONDS) == "done"
        assert results(strangers) == ["done"] * 5


def test_a_full_line_is_told_at_once() -> None:
    """Whoever is told so while everybody else still stands in line, with all this patience, was told at once."""
    room = Room(Turns(at_once=2, patience=PATIENCE_SECONDS))
    with ThreadPoolExecutor(6) as people:
        visits = [people.submit(room.visit, known=False) for _ in range(5)]
        until(lambda: len(room.turns._lines[False]) == 4)
        assert (room.visit(known=False), len(room.turns._lines[False])) == ("busy", 4)
        room.open.set()
        assert results(visits) == ["done"] * 5


def test_whoever_waits_too_long_is_told_so() -> None:
    room = Room(Turns(at_once=2, patience=0.1))
    with ThreadPoolExecutor(6) as people:
        first = people.submit(room.visit, known=False)
        until(lambda: room.inside == 1)
        assert results([people.submit(room.visit, known=False) for _ in range(4)]) == ["busy"] * 4
        assert len(room.turns._lines[False]) == 0
        room.open.set()
        assert results([first]) == ["done"]


def test_where_there_is_one_turn_strangers_get_it_too() -> None:
    room = Room(Turns(at_once=1))
    room.open.set()
    assert [room.visit(known=known) for known in (False, True, False)] == ["done"] * 3


def test_a_turn_comes_back_when_what_was_done_in_it_failed() -> None:
    few = Turns(at_once=1, patience=0.1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), few.one():
            raise ZeroDivisionError


@pytest.fixture
def full() -> Iterator[None]:
    """Every turn of this process is taken for as long as a test."""
    process, turns.argon2 = turns.argon2, Turns(at_once=1, patience=0.01)
    with turns.argon2.one():
        yield
    turns.argon2 = process


def test_every_argon2_waits_for_a_turn(full: None) -> None:
    hashed = "argon2$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21l$" + "A" * 43
    for derive in (
        lambda: box.stretch("a password", box.new_salt(), passes=1, kibibytes=8),
        lambda: make_password("a password"),
        lambda: check_password("a password", hashed),
    ):
        with pytest.raises(Busy):
            derive()


def test_the_process_gives_as_many_turns_as_the_settings_say() -> None:
    assert turns.argon2.at_once == settings.ARGON2_AT_ONCE == 2
