from __future__ import annotations

import datetime as dt

import pytest

from caracol.ledger.chain import entries
from grievances.actions.words import note_opening, read_paper, say
from grievances.events import Event
from grievances.exceptions import NotYours
from grievances.models import Opening, Paper
from grievances.rooms import RoomKind
from grievances.sealing import read_one
from tests.grievances.cast import ACCOUNT, Cast, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

WORDS = {"text": "Could we talk on Monday?"}


def test_what_is_said_is_read_by_whoever_holds_a_key(cast: Cast) -> None:
    going = walk(cast, "served")
    room = going.case.rooms.get(kind=RoomKind.PARTY)
    entry = say(room, WORDS, by=cast["member"])
    assert read_one(entry, by=cast["mediator"]) == WORDS


def test_nobody_writes_without_a_key_and_a_part_that_writes(cast: Cast) -> None:
    going = walk(cast, "told")
    rooms = {room.kind: room for room in going.case.rooms.filter(destroyed_at=None).exclude(kind=RoomKind.PARTY)}
    own = going.case.rooms.get(seat__reporter=True)
    refused = [
        (own, "respondent"),
        (own, "stranger"),
        (own, "intake"),
        (rooms[RoomKind.TABLE], "member"),
        (rooms[RoomKind.MEDIATORS], "member"),
        (rooms[RoomKind.NAMES], "mediator"),
    ]
    for room, login in refused:
        with pytest.raises(NotYours):
            say(room, WORDS, by=cast[login])


def test_an_opening_is_recorded_anew_in_the_next_hour(cast: Cast) -> None:
    going = walk(cast, "filed")
    room = going.case.rooms.get(kind=RoomKind.PARTY)
    note_opening(room, cast["member"])
    note_opening(room, cast["member"])
    assert len(entries(room.chain, Event.ROOM_OPENED)) == 1
    made = Opening.objects.get()
    Opening.objects.filter(pk=made.pk).update(hour=made.hour - dt.timedelta(hours=1))
    note_opening(room, cast["member"])
    assert len(entries(room.chain, Event.ROOM_OPENED)) == 2


def test_a_text_is_none_to_whoever_holds_no_key_to_it(cast: Cast) -> None:
    going = walk(cast, "told")
    paper = Paper.objects.get(case=going.case)
    assert read_paper(paper, by=cast["mediator2"]) == {"text": ACCOUNT}
    assert read_paper(paper, by=cast["stranger"]) is None
    assert not Opening.objects.filter(user=cast.user("stranger")).exists()
