"""A person gets new keys, or loses their account: what they could open, and what nobody opens after it."""

from __future__ import annotations

import base64

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from caracol.accounts import open_sessions, people, renewing
from caracol.accounts.actor import Actor
from caracol.accounts.session_store import SessionStore
from caracol.ledger.chain import first_fault
from caracol.vault import keystore, ladder
from caracol.vault.box import SealBroken
from grievances import access
from grievances.actions.seats import unseat
from grievances.models import Case, Entry, EntryKind, Room, RoomGrant, Seat, SeatOffer
from grievances.rooms import RoomKind
from grievances.sealing import keys_to, read, write
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

OTHER_PASSWORD = "another snail, another wall"


@pytest.fixture
def request_from(cast: Cast, rf: RequestFactory) -> HttpRequest:
    """A request in a session of nobody's yet."""
    request = rf.post("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    open_sessions.begin(request=request, user=cast.user("member"))
    request.session.save()
    return request


def with_new_keys(cast: Cast, login: str, request: HttpRequest) -> Actor:
    replaced, _code = renewing.replace_keys(cast[login], OTHER_PASSWORD, request=request)
    cast.actors[login] = replaced
    return replaced


def room_of(case: Case, kind: RoomKind) -> Room:
    return Room.objects.select_related("case").get(case=case, kind=kind)


def entries_in(case: Case) -> list[Entry]:
    return list(Entry.objects.filter(room__case=case).select_related("room__case", "author"))


def words_of(case: Case, by: Actor) -> dict[int, object]:
    return {opened.entry.pk: opened.words for opened in read(entries_in(case), by=by)}


def opens(actor: Actor, room: Room) -> set[int]:
    """The epochs of a room that these private keys open, with the database and the key store at hand."""
    shred = keystore.key_of(room.token)
    found = set()
    for epoch, sealed in access.grants_of(actor.user, [room]).get(room.pk, {}).items():
        try:
            ladder.open_room_key(
                sealed, room=room.token, epoch=epoch, to=actor.user.handle, keys=actor.keys, wraps=[shred]
            )
        except SealBroken:
            continue
        found.add(epoch)
    return found


def test_new_keys_open_whatever_the_old_ones_opened(cast: Cast, request_from: HttpRequest) -> None:
    case = walk(cast, "served").case
    before = words_of(case, cast["mediator"])
    assert before != {}
    assert words_of(case, with_new_keys(cast, "mediator", request_from)) == before


def test_the_old_keys_open_nothing_written_from_then_on(cast: Cast, request_from: HttpRequest) -> None:
    case, old = walk(cast, "served").case, cast["mediator"]
    epoch = room_of(case, RoomKind.MEDIATORS).epoch
    new = with_new_keys(cast, "mediator", request_from)
    room = room_of(case, RoomKind.MEDIATORS)
    write(room, EntryKind.NOTE, {"text": "Written after it."}, by=cast["mediator2"])
    assert room.epoch == epoch + 1
    assert (opens(old, room), opens(new, room)) == (set(), set(range(1, epoch + 2)))


def test_what_was_signed_with_the_old_keys_still_verifies_for_everybody(cast: Cast, request_from: HttpRequest) -> None:
    case = walk(cast, "served").case
    before = words_of(case, cast["mediator2"])
    write(room_of(case, RoomKind.MEDIATORS), EntryKind.NOTE, {"text": "Before."}, by=cast["mediator"])
    new = with_new_keys(cast, "mediator", request_from)
    write(room_of(case, RoomKind.MEDIATORS), EntryKind.NOTE, {"text": "After."}, by=new)
    with_new_keys(cast, "member", request_from)
    after = words_of(case, cast["mediator2"])
    assert {pk: words for pk, words in after.items() if pk in before} == before
    assert [words for pk, words in after.items() if pk not in before] == [{"text": "Before."}, {"text": "After."}]


def test_what_is_signed_with_the_old_keys_afterwards_does_not_verify(cast: Cast, request_from: HttpRequest) -> None:
    case, old = walk(cast, "served").case, cast["mediator"]
    with_new_keys(cast, "mediator", request_from)
    forged = write(room_of(case, RoomKind.MEDIATORS), EntryKind.NOTE, {"text": "Not by them."}, by=old)
    assert words_of(case, cast["mediator2"])[forged.pk] is None


@pytest.mark.parametrize("times", [1, 3])
def test_reading_asks_no_more_for_keys_that_changed_often(
    cast: Cast, times: int, request_from: HttpRequest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = walk(cast, "served").case
    for _ in range(times):
        new = with_new_keys(cast, "mediator", request_from)
        write(room_of(case, RoomKind.MEDIATORS), EntryKind.NOTE, {"text": "Again."}, by=new)
    found = entries_in(case)
    with django_assert_num_queries(3):
        assert read(found, by=cast["mediator2"]) != []


def test_an_offer_is_sealed_anew_and_can_be_accepted(cast: Cast, request_from: HttpRequest) -> None:
    going = walk(cast, "filed")
    old = cast["intake"]
    new = with_new_keys(cast, "intake", request_from)
    offer = SeatOffer.objects.get(case=going.case, user=new.user)
    for waiting in offer.keys.select_related("room"):
        wraps = [keystore.key_of(waiting.room.token), keystore.key_of(offer.token)]
        with pytest.raises(SealBroken):
            ladder.open_room_key(
                base64.b64decode(waiting.sealed),
                room=waiting.room.token,
                epoch=waiting.epoch,
                to=new.user.handle,
                keys=old.keys,
                wraps=wraps,
            )
    case = going.take(Step.ACCEPT, "intake")
    party = Room.objects.select_related("case").get(case=case, kind=RoomKind.PARTY)
    assert len(keys_to([party], new)[party.pk]) == party.epoch == 2


def test_a_grant_that_the_ledger_does_not_know_is_not_sealed_anew(cast: Cast, request_from: HttpRequest) -> None:
    case = walk(cast, "served").case
    room, old = room_of(case, RoomKind.MEDIATORS), cast["mediator"]
    grant = RoomGrant.objects.get(user=old.user, content_object=room)
    seat = Seat.objects.get(case=case, user=old.user)
    unseat(seat)
    grant.pk = None
    grant.save()
    epoch = Room.objects.get(pk=room.pk).epoch
    new = with_new_keys(cast, "mediator", request_from)
    assert (Room.objects.get(pk=room.pk).epoch, opens(new, room)) == (epoch, set())


def test_a_grant_that_does_not_open_stops_nothing(cast: Cast, request_from: HttpRequest) -> None:
    case = walk(cast, "served").case
    broken, whole = room_of(case, RoomKind.MEDIATORS), room_of(case, RoomKind.TABLE)
    RoomGrant.objects.filter(user=cast.user("mediator"), content_object=broken).update(sealed_keys={"1": "AAAA"})
    new = with_new_keys(cast, "mediator", request_from)
    whole.refresh_from_db()
    broken.refresh_from_db()
    assert (opens(new, whole), opens(new, broken)) == (set(range(1, whole.epoch + 1)), {broken.epoch})


def test_the_ledger_holds_after_new_keys_and_after_deactivation(cast: Cast, request_from: HttpRequest) -> None:
    walk(cast, "served")
    with_new_keys(cast, "mediator", request_from)
    people.deactivate(cast.user("mediator"), by=cast.user("secretary"))
    assert first_fault() is None


def test_deactivation_takes_every_seat_and_key_and_turns_the_rooms(cast: Cast) -> None:
    case, gone = walk(cast, "mediation").case, cast["mediator"]
    before = {room.pk: room.epoch for room in access.rooms_held_by(gone.user)}
    people.deactivate(gone.user, by=cast.user("secretary"))
    assert list(RoomGrant.objects.filter(user=gone.user)) == []
    assert Seat.objects.get(case=case, user=gone.user).left_at is not None
    assert access.case_seen_by(gone.user, case.reference) is None
    assert {room.pk: room.epoch for room in Room.objects.filter(pk__in=before)} == {
        pk: epoch + 1 for pk, epoch in before.items()
    }


def test_a_deactivated_person_opens_nothing_new_even_with_a_backup_of_their_grants(cast: Cast) -> None:
    case, gone = walk(cast, "served").case, cast["mediator"]
    room = room_of(case, RoomKind.MEDIATORS)
    grant = RoomGrant.objects.get(user=gone.user, content_object=room)
    people.deactivate(gone.user, by=cast.user("secretary"))
    grant.pk = None
    grant.save()
    room.refresh_from_db()
    write(room, EntryKind.NOTE, {"text": "Written after it."}, by=cast["mediator2"])
    assert room.epoch not in opens(gone, room)
    assert room.epoch in opens(cast["mediator2"], room)


def test_deactivation_ends_offers_and_their_keys(cast: Cast) -> None:
    case, gone = walk(cast, "filed").case, cast["intake"]
    offer = SeatOffer.objects.get(case=case, user=gone.user)
    people.deactivate(gone.user, by=cast.user("secretary"))
    offer.refresh_from_db()
    assert (offer.state, offer.keys.count()) == (SeatOffer.State.ENDED, 0)
    assert list(RoomGrant.objects.filter(user=gone.user)) == []


def test_whoever_stays_goes_on_as_before(cast: Cast) -> None:
    case = walk(cast, "served").case
    before = words_of(case, cast["mediator2"])
    people.deactivate(cast.user("mediator"), by=cast.user("secretary"))
    assert words_of(case, cast["mediator2"]) == before
