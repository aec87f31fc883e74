"""Rooms as a table: nobody holds a key, or writes, but whom the design names."""

from __future__ import annotations

import pytest

from grievances.roles import Part
from grievances.rooms import INTAKE_READS, OUTSIDE_ANY_CASE, ROOMS, RoomKind, RoomRule

# The table of the design: the parts that hold a key, those that write messages, and what else is so of the room.
TABLE = """
DRAFT         reporter                              -                                     -
NAMES         reporter,mediator,intake              -                                     asked,recovery
PARTY         mediator                              mediator,intake                       owned,recovery
TABLE         reporter,harmed,respondent,mediator   reporter,harmed,respondent,mediator   agreed,recovery
MEDIATORS     mediator                              mediator                              recovery
IDENTITY      reporter                              -                                     -
PACKET        reporter,harmed,mediator              -                                     -
AGENDA        mediator                              -                                     -
CONVERSATION  -                                     -                                     -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
SO = ("owned", "asked", "agreed", "recovery")


def named(names: str) -> set[str]:
    return set() if names == "-" else set(names.split(","))


def so_of(rule: RoomRule) -> set[str]:
    return {name for name in SO if getattr(rule, name)}


@pytest.mark.parametrize(("kind", "keys", "writers", "so"), ROWS, ids=[row[0] for row in ROWS])
def test_a_room_is_as_the_design_has_it(kind: str, keys: str, writers: str, so: str) -> None:
    rule = ROOMS[RoomKind[kind]]
    assert (set(rule.keys), set(rule.writers), so_of(rule)) == (named(keys), named(writers), named(so))


def test_the_design_names_every_room_once() -> None:
    assert [row[0] for row in ROWS] == [kind.name for kind in RoomKind]
    assert set(ROOMS) == set(RoomKind)


def test_no_recovery_opens_what_is_the_reporters_alone() -> None:
    alone = {kind for kind, rule in ROOMS.items() if rule.keys == {Part.REPORTER}}
    assert alone == {RoomKind.DRAFT, RoomKind.IDENTITY}
    assert [kind for kind in alone if ROOMS[kind].recovery or ROOMS[kind].asked] == []


def test_two_rooms_stand_outside_any_case_and_intake_reads_the_reporters() -> None:
    assert (set(OUTSIDE_ANY_CASE), INTAKE_READS) == ({RoomKind.AGENDA, RoomKind.CONVERSATION}, Part.REPORTER)
