"""The database is believed only where the ledger agrees."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from caracol.ledger import triggers
from caracol.ledger.chain import Tampered, record
from grievances import access
from grievances.actions import rooms
from grievances.attest import attested, one_deed
from grievances.events import Event
from grievances.exceptions import Unverified
from grievances.models import Pseudonym, Seat
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import room, sql

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_the_ledger_says_who_holds_a_key_until_it_says_that_it_was_taken(cast: Cast) -> None:
    going = walk(cast, "served")
    names, name = room(going.case, RoomKind.NAMES), Pseudonym.of(going.case.chain, cast.user("mediator"))
    before = name in attested(going.case.chain).holders[names.token]
    going.take(Step.RECUSE, "mediator")
    assert (before, name in attested(going.case.chain).holders[names.token]) == (True, False)


def test_the_ledger_says_to_whom_a_key_was_offered_and_with_what(cast: Cast) -> None:
    going = walk(cast, "filed")
    offer, own = going.case.offers.get(), room(going.case, RoomKind.PARTY, cast.user("member"))
    asked = Pseudonym.of(going.case.chain, cast.user("intake"))
    assert attested(going.case.chain).offered == {own.token: {(asked, offer.token)}}


def test_the_ledger_states_each_epochs_public_key_and_no_other(cast: Cast) -> None:
    going = walk(cast, "filed")
    names, said = room(going.case, RoomKind.NAMES), attested(going.case.chain)
    stored = bytes(names.epochs.get(number=1).public_key)
    assert said.public_key(names.token, 1, stored) == stored
    for epoch, key in ((1, bytes(32)), (9, stored)):
        with pytest.raises(Unverified):
            said.public_key(names.token, epoch, key)


def test_what_one_case_attests_is_nothing_to_another(cast: Cast) -> None:
    here, there = walk(cast, "filed").case, walk(cast, "filed").case
    assert not set(attested(here.chain).holders) & set(attested(there.chain).holders)


def test_a_ledger_entry_cut_out_of_the_middle_is_noticed_before_anything_is_believed(cast: Cast) -> None:
    going = walk(cast, "served")
    triggers.remove(connection)
    sql("DELETE FROM ledger_entry WHERE chain = %s AND number = 5", going.case.chain)
    with pytest.raises(Tampered):
        attested(going.case.chain)


def test_a_grant_row_of_somebody_the_ledger_does_not_name_is_no_holder(cast: Cast) -> None:
    going = walk(cast, "served")
    names = room(going.case, RoomKind.NAMES)
    before = access.holders(names, attested(going.case.chain))
    sql(
        "INSERT INTO grievances_roomgrant (permission_id, user_id, content_object_id, sealed_keys, owed)"
        " SELECT permission_id, %s, content_object_id, sealed_keys, 0 FROM grievances_roomgrant LIMIT 1",
        cast.user("stranger").pk,
    )
    assert access.holders(names, attested(going.case.chain)) == before


def test_a_seat_is_vouched_for_by_the_key_that_was_given_with_it(cast: Cast) -> None:
    going = walk(cast, "told")
    seats = list(going.case.seats.filter(left_at=None).select_related("user"))
    forged = Seat(pk=0, case=going.case, user=cast.user("stranger"), mediator=True)
    turned = Seat(pk=seats[0].pk, case=going.case, user=cast.user("stranger"), reporter=True)
    assert rooms.vouched(going.case, seats) == [seat.user for seat in seats]
    assert rooms.vouched(going.case, [forged, turned]) == []


# In one deed


def end_of(going: Walk) -> int:
    last = attested(going.case.chain).last
    return last.number if last else 0


def test_in_one_deed_a_chain_is_read_whole_once_and_then_from_where_reading_stopped(cast: Cast) -> None:
    chain = walk(cast, "served").case.chain
    with CaptureQueriesContext(connection) as asked, one_deed():
        first, again = attested(chain), attested(chain)
        record(chain, Event.BARRED, to="somebody")
        after = attested(chain)
    read = [each["sql"] for each in asked if each["sql"].startswith("SELECT") and chain in each["sql"]]
    assert ([">=" in statement for statement in read], again is first) == ([False, True, True], True)
    assert ("somebody" in after.barred, "somebody" in first.barred) == (True, False)


def test_what_was_read_in_a_deed_stays_as_it_is_when_more_is_read(cast: Cast) -> None:
    going = walk(cast, "served")
    chain, names = going.case.chain, room(going.case, RoomKind.NAMES)
    with one_deed():
        before = attested(chain)
        held = set(before.holders[names.token])
        record(chain, Event.ROOM_GRANTED, room=names.token, to="newcomer")
        after = attested(chain)
        record(chain, Event.ROOM_WITHDRAWN, room=names.token, to="newcomer")
        assert (before.holders[names.token], after.holders[names.token]) == (held, held | {"newcomer"})
        assert attested(chain).holders[names.token] == held


def test_what_was_rolled_back_within_a_deed_is_not_believed_any_more(cast: Cast) -> None:
    going = walk(cast, "served")
    chain = going.case.chain
    with one_deed():
        end_of(going)
        with transaction.atomic():
            record(chain, Event.BARRED, to="nobody")
            believed = "nobody" in attested(chain).barred
            transaction.set_rollback(True)
        forgotten = attested(chain)
        record(chain, Event.BARRED, to="somebody")
        assert (believed, "nobody" in forgotten.barred) == (True, False)
        assert attested(chain).barred == forgotten.barred | {"somebody"}


def test_a_person_named_after_the_chain_was_read_counts_once_it_speaks_of_them(cast: Cast) -> None:
    going = walk(cast, "served")
    chain, names, friend = going.case.chain, room(going.case, RoomKind.NAMES), cast.user("friend")
    with one_deed():
        before = attested(chain).holds(names, friend)
        record(chain, Event.ROOM_GRANTED, room=names.token, to=Pseudonym.of(chain, friend))
        assert (before, attested(chain).holds(names, friend)) == (False, True)


def test_nothing_that_was_read_outlives_its_deed(cast: Cast) -> None:
    going = walk(cast, "served")
    with one_deed(), one_deed():
        attested(going.case.chain)
    triggers.remove(connection)
    sql("DELETE FROM ledger_entry WHERE chain = %s AND number = 5", going.case.chain)
    for _deed in range(2):
        with pytest.raises(Tampered), one_deed():
            attested(going.case.chain)


def test_what_was_written_to_a_chain_during_a_deed_is_checked_before_it_is_believed(cast: Cast) -> None:
    going = walk(cast, "served")
    with one_deed():
        attested(going.case.chain)
        record(going.case.chain, Event.BARRED, to="somebody")
        triggers.remove(connection)
        sql(
            "UPDATE ledger_entry SET facts = %s WHERE chain = %s AND event = %s",
            '{"to":"thief"}',
            going.case.chain,
            Event.BARRED,
        )
        with pytest.raises(Tampered):
            attested(going.case.chain)
