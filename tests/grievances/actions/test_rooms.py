"""Who holds which key, of which epoch, whoever turned the room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from caracol.accounts import people as accounts
from caracol.accounts import roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import SiteRole, User
from grievances import sealing
from grievances.actions import clocks, people, rooms, seats
from grievances.models import Case, Conflict, EntryKind, OfferedKey, Room, RoomGrant, SeatOffer
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import ACCOUNT, DRAFT, Cast, Walk, walk
from tests.grievances.moves import doors, opened, replaced, room, sql

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def epochs(held: Room, by: Actor) -> set[int]:
    """Return the epochs of a room to which somebody really holds the key."""
    held.refresh_from_db()
    return set(sealing.keys_to([held], by).get(held.pk, {}))


def test_a_removal_turns_every_room_the_removed_one_held(cast: Cast) -> None:
    going = walk(cast, "told")
    held = {each.pk: each.epoch for each in going.case.rooms.filter(destroyed_at=None)}
    seats.bar(going.case, cast.user("mediator"), Conflict.Source.REPORTER)
    assert {each.pk: each.epoch for each in going.case.rooms.filter(destroyed_at=None)} == {
        pk: epoch + 1 for pk, epoch in held.items()
    }


def test_who_stays_reads_what_was_written_before_and_after_a_turn(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.bar(going.case, cast.user("mediator"), Conflict.Source.REPORTER)
    own = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    sealing.write(own, EntryKind.MESSAGE, {"text": "I did not."}, by=cast["respondent"])
    assert opened(going.case, cast["respondent"]) == {("account", ACCOUNT), ("message", "I did not.")}
    assert ("message", "I did not.") in opened(going.case, cast["mediator2"])
    assert opened(going.case, cast["mediator"]) == set()


def test_what_is_written_by_somebody_who_loaded_the_room_before_a_turn_is_sealed_to_the_new_key(cast: Cast) -> None:
    going = walk(cast, "told")
    loaded = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    seats.bar(going.case, cast.user("mediator"), Conflict.Source.REPORTER)
    written = sealing.write(loaded, EntryKind.MESSAGE, {"text": "I did not."}, by=cast["respondent"])
    loaded.refresh_from_db()
    assert written.epoch == loaded.epoch


def test_a_newcomer_is_given_the_older_epochs_when_a_holder_unlocks(cast: Cast) -> None:
    going = walk(cast, "told")
    replaced(going)
    theirs = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    before = epochs(theirs, cast["mediator3"])
    rooms.complete_due(actor=cast["respondent"])
    assert (before, epochs(theirs, cast["mediator3"])) == ({3}, {1, 2, 3})
    assert ("account", ACCOUNT) in opened(going.case, cast["mediator3"])


def test_nothing_is_handed_on_by_who_is_owed_keys_too(cast: Cast) -> None:
    going = walk(cast, "told")
    replaced(going)
    rooms.complete_due(actor=cast["mediator3"])
    rooms.complete_due(actor=cast["stranger"])
    theirs = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    assert epochs(theirs, cast["mediator3"]) == {3}


def test_an_asker_who_holds_only_some_epochs_hands_on_those_and_the_rest_follows(cast: Cast) -> None:
    going = walk(cast, "told")
    replaced(going)
    theirs = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    roles.give(SiteRole.MEDIATOR, to=cast.user("friend"), by=cast.user("secretary"), second=cast.user("mediator"))
    # Somebody whose account is closed hands nothing on.
    accounts.deactivate(cast.user("mediator"), by=cast.user("secretary"))
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    going.take(Step.ASK, "mediator3", who=cast.user("friend").handle)
    going.take(Step.ACCEPT, "friend")
    before = epochs(theirs, cast["friend"])
    rooms.complete_due(actor=cast["respondent"])
    assert (before, epochs(theirs, cast["friend"])) == ({3, 4, 5}, {1, 2, 3, 4, 5})
    assert epochs(theirs, cast["mediator3"]) == {1, 2, 3, 4, 5}


def test_an_offer_keeps_up_with_rooms_that_turn_twice_before_it_is_answered(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    cast["mediator3"]
    for login in ("mediator", "mediator2", "mediator3"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    going.take(Step.ACCEPT, "mediator")
    going.take(Step.RECUSE, "mediator")
    going.take(Step.RECUSE, "mediator2")
    own = room(going.case, RoomKind.PARTY, cast.user("member"))
    going.take(Step.RECUSE, "intake")
    own.refresh_from_db()
    going.take(Step.ACCEPT, "mediator3")
    assert (own.epoch, epochs(own, cast["mediator3"])) == (4, {1, 2, 3, 4})
    assert ("statement", DRAFT["saw"]) in opened(going.case, cast["mediator3"])


def test_an_offer_that_was_recused_leaves_no_key_behind(cast: Cast) -> None:
    going = walk(cast, "filed")
    offer = going.case.offers.get()
    going.take(Step.RECUSE, "intake")
    assert not offer.keys.exists()


def ended_by_a_recusal(going: Walk) -> None:
    going.take(Step.RECUSE, "mediator3")


def lapsed(going: Walk) -> None:
    SeatOffer.objects.filter(user=going.cast.user("mediator3")).update(lapses_at=timezone.now())
    clocks.lapse_offers()


def filled_by_another(going: Walk) -> None:
    going.take(Step.ASK, "mediator", who=going.cast.user("mediator2").handle)
    going.take(Step.ACCEPT, "mediator2")


def barred(going: Walk) -> None:
    people.say_who_must_not_serve(going.case, [going.cast.user("mediator3")], by=going.cast["member"])


@pytest.mark.parametrize("end", [ended_by_a_recusal, lapsed, filled_by_another, barred])
def test_whoever_kept_copies_of_an_offer_that_ended_opens_nothing_written_afterwards(
    end: Callable[[Walk], None], cast: Cast
) -> None:
    going = walk(cast, "taken_in")
    for login in ("mediator", "mediator3"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    going.take(Step.ACCEPT, "mediator")
    # Both databases copied while the offer stood, and opened with the keys of the person asked.
    offer = SeatOffer.objects.select_related("case").get(user=cast.user("mediator3"))
    copied = {each.pk: set(keys) for each, keys in rooms.take_from_offer(offer, by=cast["mediator3"]).items()}
    names = room(going.case, RoomKind.NAMES)
    copied[names.pk] = epochs(names, cast["mediator3"])
    end(going)
    own = room(going.case, RoomKind.PARTY, cast.user("member"))
    assert set(copied) == {names.pk, own.pk}
    assert [each.epoch in copied[each.pk] for each in (room(going.case, RoomKind.NAMES), own)] == [False, False]
    assert not OfferedKey.objects.filter(offer=offer).exists()


def test_a_room_turns_once_when_many_offers_end(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    for login in ("mediator", "mediator2", "mediator3"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    before = room(going.case, RoomKind.PARTY, cast.user("member")).epoch
    seats.end_offers(going.case, SeatOffer.State.ENDED)
    assert room(going.case, RoomKind.PARTY, cast.user("member")).epoch == before + 1


def test_a_conflict_shuts_the_way_to_the_keys_too(cast: Cast) -> None:
    going = walk(cast, "told")
    own = room(going.case, RoomKind.PARTY, cast.user("member"))
    before = epochs(own, cast["mediator"])
    Conflict.objects.create(
        case=going.case, user=cast.user("mediator"), source=Conflict.Source.REPORTER, since=timezone.now()
    )
    assert (before, epochs(own, cast["mediator"])) == ({1, 2}, set())
    rooms.complete_due(actor=cast["mediator"])


def test_an_account_that_was_closed_holds_no_key(cast: Cast) -> None:
    going = walk(cast, "told")
    own = room(going.case, RoomKind.PARTY, cast.user("member"))
    User.objects.filter(pk=cast.user("mediator").pk).update(is_active=False)
    assert epochs(own, cast["mediator"]) == set()


# What a thief writes into the database


def copied_grant(of: Room, to: Actor, owed: int) -> None:
    sql(
        "INSERT INTO grievances_roomgrant (permission_id, user_id, content_object_id, sealed_keys, owed)"
        " SELECT permission_id, %s, content_object_id, sealed_keys, %s FROM grievances_roomgrant"
        " WHERE content_object_id = %s LIMIT 1",
        to.user.pk,
        owed,
        of.pk,
    )


@pytest.mark.parametrize("owed", [0, 1])
def test_a_grant_written_into_the_database_gets_no_key_at_the_next_turn_or_login(owed: int, cast: Cast) -> None:
    going = walk(cast, "told")
    thief, own = cast["stranger"], room(going.case, RoomKind.PARTY, cast.user("respondent"))
    copied_grant(own, thief, owed)
    rooms.complete_due(actor=cast["respondent"])
    seats.bar(going.case, cast.user("mediator2"), Conflict.Source.REPORTER)
    sealing.write(own, EntryKind.MESSAGE, {"text": "I did not."}, by=cast["respondent"])
    rooms.complete_due(actor=cast["respondent"])
    assert (epochs(own, thief), {text for _kind, text in opened(going.case, thief)}) == (set(), set())


def test_an_offer_written_into_the_database_is_not_accepted(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    cast["mediator3"]
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    sql("UPDATE grievances_seatoffer SET user_id = %s WHERE state = 'open'", cast.user("mediator3").pk)
    sql("DELETE FROM grievances_offeredkey")
    with pytest.raises(Exception, match="You were not asked"):
        going.take(Step.ACCEPT, "mediator3")
    assert doors(going.case, cast.user("mediator3")) == set()


def test_an_offer_turned_to_somebody_else_gets_no_key_at_the_next_turn(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    offer = SeatOffer.objects.get(user=cast.user("mediator"))
    before = offer.keys.count()
    sql("UPDATE grievances_seatoffer SET user_id = %s WHERE id = %s", cast.user("stranger").pk, offer.pk)
    seats.unseat(going.case.seats.select_related("user", "case").get(intake=True))
    assert offer.keys.count() == before


def test_a_role_written_into_the_database_makes_nobody_a_person_to_ask(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    sql(
        "INSERT INTO accounts_role (user_id, role, given_on) VALUES (%s, 'mediator', '2026-01-01')",
        cast.user("stranger").pk,
    )
    assert cast.user("stranger") not in people.who_could_serve(going.case, asked_by=cast.user("intake"))


def test_a_destroyed_room_is_opened_by_nobody(cast: Cast) -> None:
    going = walk(cast, "filed")
    draft = Room.objects.select_related("case").get(case=Case.objects.get(pk=going.case.pk), kind=RoomKind.DRAFT)
    assert RoomKind.DRAFT not in doors(going.case, cast.user("member"))
    assert draft.destroyed_at is not None


def test_a_name_in_the_ledger_given_to_somebody_else_by_a_database_writer_gets_them_no_key(cast: Cast) -> None:
    going = walk(cast, "served")
    thief, robbed = cast.user("stranger"), cast.user("mediator2")
    party = room(going.case, RoomKind.PARTY, cast.user("member"))
    sql("UPDATE grievances_pseudonym SET user_id = %s WHERE user_id = %s", thief.pk, robbed.pk)
    sql("UPDATE grievances_roomgrant SET user_id = %s, owed = 1 WHERE user_id = %s", thief.pk, robbed.pk)
    going.take(Step.RECUSE, "mediator")
    rooms.complete_due(actor=cast["member"])
    grants = RoomGrant.objects.filter(content_object=party)
    epochs = {grant.user_id: set(grant.sealed_keys) for grant in grants}
    assert str(Room.objects.get(pk=party.pk).epoch) not in epochs[thief.pk]
    assert str(Room.objects.get(pk=party.pk).epoch) in epochs[cast.user("member").pk]
