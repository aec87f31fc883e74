"""What deeds that turn a room's keys ask of the database: how often, and how often the case's chain is read whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connections

from grievances import access
from grievances.actions import papers, rooms, seats, words
from grievances.models import Consent, Room
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import room

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]


@contextmanager
def asked(said: list[tuple[str, Any]]) -> Iterator[None]:
    """Note every statement to either database; permissions are known, as they are from a site's first page on."""

    def note(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        said.append((sql, params))
        return execute(sql, params, *more)

    for codename in (access.OPEN, access.SERVE, access.TAKE_PART):
        access.permission_id(codename)
    with ExitStack() as both:
        for alias in ("default", "keys"):
            both.enter_context(connections[alias].execute_wrapper(note))
        yield


def read_whole(said: list[tuple[str, Any]], chain: str) -> int:
    """How often the whole chain was read: by its name alone."""
    whole = [params for sql, params in said if 'ORDER BY "ledger_entry"."chain"' in sql and "event" not in sql[-200:]]
    return len([params for params in whole if tuple(params) == (chain,)])


def test_turning_a_room_of_three_asks_everything_once(cast: Cast) -> None:
    held = Room.objects.select_related("case", "seat__user").get(
        pk=room(walk(cast, "mediation").case, RoomKind.PARTY, cast.user("member")).pk
    )
    assert (held.case is not None, held.grants.count()) == (True, 3)
    said: list[tuple[str, Any]] = []
    with asked(said):
        rooms.turn(held)
    # The chain, its names, the grants, the room's key in the key store; the room, its epoch, the end of the chain and
    # what is said there; the three people's chains at once, the grants; open offers, the organisation's chain.
    assert (len(said), read_whole(said, held.chain)) == (12, 1)


def accept(going: Walk) -> Callable[[], object]:
    going.take(Step.ASK, "intake", who=going.cast.user("mediator").handle)
    going.take(Step.ACCEPT, "mediator")
    going.take(Step.ASK, "intake", who=going.cast.user("mediator2").handle)
    return lambda: going.take(Step.ACCEPT, "mediator2")


def recuse(going: Walk) -> Callable[[], object]:
    return lambda: going.take(Step.RECUSE, "mediator2")


def leave(going: Walk) -> Callable[[], object]:
    return lambda: seats.leave(going.case, by=going.cast["respondent"])


def consent(going: Walk) -> Callable[[], object]:
    return lambda: papers.consent(going.case, Consent.To.ONE_ON_ONE, by=going.cast["member"])


def write(going: Walk) -> Callable[[], object]:
    own = room(going.case, RoomKind.PARTY, going.cast.user("member"))
    return lambda: words.say(own, {"text": "A message."}, by=going.cast["member"])


def begin(going: Walk) -> Callable[[], object]:
    going.agree(Consent.To.ONE_ON_ONE, "member", "respondent")
    return lambda: going.take(Step.BEGIN_ONE_ON_ONE, "mediator")


def confirm(going: Walk) -> Callable[[], object]:
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "Not ours."})
    return going.confirmed


# How many statements each made before it was looked at, and how many it may make now: one or two more than it does.
@pytest.mark.parametrize(
    ("until", "deed", "before", "now"),
    [
        # Two rooms are handed over, two turned for a newcomer, and two more as intake's part ends.
        ("taken_in", accept, 202, 140),
        # Five rooms are turned.
        ("mediation", recuse, 159, 111),
        # Two rooms are turned.
        ("mediation", leave, 111, 58),
        # The table is turned, since somebody comes to it.
        ("told", consent, 72, 48),
        ("told", write, 21, 20),
        ("told", begin, 23, 21),
        # The mediators' room is destroyed.
        ("mediation", confirm, 90, 84),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_a_deed_reads_its_chain_whole_once_and_asks_no_more_than_it_did(
    cast: Cast, until: str, deed: Callable[[Walk], Callable[[], object]], before: int, now: int
) -> None:
    going = walk(cast, until)
    done, said = deed(going), list[tuple[str, Any]]()
    with asked(said):
        done()
    assert len(said) <= now < before
    assert read_whole(said, going.case.chain) == 1
