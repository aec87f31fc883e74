from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from caracol.ledger.chain import entries
from grievances.actions.seats import bar, invite_support
from grievances.actions.words import note_opening, read_paper, say
from grievances.events import Event
from grievances.exceptions import NotYours
from grievances.models import Conflict, Notice, Opening, Paper
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


@pytest.mark.usefixtures("within_an_hour")
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


def told(cast: Cast) -> set[str]:
    """Return who has been told that somebody wrote, and did not look yet."""
    people = {actor.user.pk: login for login, actor in cast.actors.items()}
    waiting = Notice.objects.filter(event=Event.ENTRY_WRITTEN, read_at=None)
    return {people[notice.user_id] for notice in waiting}


def test_whoever_else_can_open_the_room_is_told_that_somebody_wrote(cast: Cast) -> None:
    going = walk(cast, "told")
    invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    say(going.case.rooms.get(seat__reporter=True), WORDS, by=cast["member"])
    assert told(cast) == {"friend", "mediator", "mediator2"}


def test_a_note_among_mediators_is_told_to_the_other_one_alone(cast: Cast) -> None:
    going = walk(cast, "told")
    say(going.case.rooms.get(kind=RoomKind.MEDIATORS), WORDS, by=cast["mediator"])
    assert told(cast) == {"mediator2"}


def test_ten_messages_are_told_once_until_somebody_looks(cast: Cast) -> None:
    going = walk(cast, "told")
    room = going.case.rooms.get(kind=RoomKind.MEDIATORS)
    for _ in range(10):
        say(room, WORDS, by=cast["mediator"])
    assert Notice.objects.filter(event=Event.ENTRY_WRITTEN).count() == 1
    Notice.objects.update(read_at=timezone.now())
    say(room, WORDS, by=cast["mediator"])
    assert Notice.objects.filter(event=Event.ENTRY_WRITTEN).count() == 2


def test_who_is_barred_since_is_told_nothing(cast: Cast) -> None:
    going = walk(cast, "told")
    bar(going.case, cast.user("mediator2"), Conflict.Source.REPORTER)
    say(going.case.rooms.get(kind=RoomKind.MEDIATORS), WORDS, by=cast["mediator"])
    assert told(cast) == set()
