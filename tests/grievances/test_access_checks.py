"""
Each check of the one door by itself: for every condition in `access.py`, a row that only this condition keeps out.

Two cases stand side by side, so that what is so in the one could be taken for the other.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from caracol.accounts.models import User
from caracol.ledger.chain import entries
from grievances import access
from grievances.attest import attested
from grievances.events import Event
from grievances.exceptions import Unverified
from grievances.facts import Facts
from grievances.lines import Lines
from grievances.models import AgendaItem, Case, CaseGrant, Conflict, Nature, Pseudonym, Room, RoomGrant, Seat
from grievances.roles import May, may_of
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import doors, room

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def here(cast: Cast) -> Walk:
    return walk(cast, "told")


@pytest.fixture
def there(here: Walk) -> Walk:
    return walk(here.cast, "told")


def another_permission() -> Permission:
    """A permission that is neither of those the door asks for."""
    return Permission.objects.get(content_type__app_label="grievances", codename="view_case")


def locked_out(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def bar(case: Case, user: User) -> None:
    Conflict.objects.create(case=case, user=user, source=Conflict.Source.REPORTER, since=timezone.now())


def listed(user: User, permission: str, *, live: bool = True) -> list[Case]:
    cases = [grant.content_object for grant in access.newest_cases(user, permission, live=live)]
    lines = Lines(user, permission, live=live)
    assert [line.reference for line in lines[0:100]] == [case.reference for case in cases]
    assert lines.count() == len(cases)
    return cases


# Lists


def test_a_list_is_of_ones_own_cases_by_the_permission_asked_for(here: Walk, cast: Cast) -> None:
    for login, permission in (("member", access.TAKE_PART), ("mediator", access.SERVE)):
        other = access.SERVE if permission == access.TAKE_PART else access.TAKE_PART
        assert (
            listed(cast.user(login), permission) == list(access.cases_of(cast.user(login), permission)) == [here.case]
        )
        assert listed(cast.user(login), other) == list(access.cases_of(cast.user(login), other)) == []
    assert listed(cast.user("stranger"), access.SERVE) == []


def test_a_list_is_empty_for_who_is_not_active(here: Walk, cast: Cast) -> None:
    locked_out(cast.user("mediator"))
    assert (
        listed(cast.user("mediator"), access.SERVE),
        list(access.cases_of(cast.user("mediator"), access.SERVE)),
    ) == (
        [],
        [],
    )


def test_a_list_leaves_out_the_cases_of_a_conflict_and_no_others(here: Walk, there: Walk, cast: Cast) -> None:
    bar(here.case, cast.user("mediator"))
    assert listed(cast.user("mediator"), access.SERVE) == [there.case]
    assert set(listed(cast.user("mediator2"), access.SERVE)) == {here.case, there.case}
    assert set(listed(cast.user("respondent"), access.TAKE_PART)) == {here.case, there.case}


def test_a_list_is_of_live_cases_or_of_closed_ones(cast: Cast) -> None:
    closed, live = walk(cast, "closed"), walk(cast, "filed")
    assert listed(cast.user("member"), access.TAKE_PART) == [live.case]
    assert listed(cast.user("member"), access.TAKE_PART, live=False) == [closed.case]


def test_a_permission_of_another_app_by_the_same_name_is_another_permission(here: Walk, cast: Cast) -> None:
    elsewhere = ContentType.objects.get(app_label="accounts", model="user")
    namesake = Permission.objects.create(content_type=elsewhere, codename=access.SERVE, name="Serve at the bar")
    CaseGrant.objects.filter(user=cast.user("mediator")).update(permission=namesake)
    access.permission.cache_clear()
    assert access.case_seen_by(cast.user("mediator"), here.case.reference) is None
    assert access.case_seen_by(cast.user("mediator2"), here.case.reference) == here.case


def test_any_other_permission_on_a_case_shows_nothing_of_it(here: Walk, cast: Cast) -> None:
    CaseGrant.objects.filter(user=cast.user("mediator")).update(permission=another_permission())
    assert access.case_seen_by(cast.user("mediator"), here.case.reference) is None
    assert [seat.user for seat in access.who_sees(here.case) if seat.mediator] == [cast.user("mediator2")]


# Rooms


def test_a_key_of_somebody_else_opens_nothing(here: Walk, cast: Cast) -> None:
    assert doors(here.case, cast.user("stranger")) == set()
    assert access.grants_of(cast.user("stranger"), list(here.case.rooms.all())) == {}
    assert not access.rooms_held_by(cast.user("stranger")).exists()


def test_any_other_permission_on_a_room_opens_nothing(here: Walk, cast: Cast) -> None:
    RoomGrant.objects.filter(user=cast.user("mediator")).update(permission=another_permission())
    assert not access.rooms_of(cast.user("mediator")).exists()
    assert access.grants_of(cast.user("mediator"), list(here.case.rooms.all())) == {}


def test_a_key_under_any_other_permission_is_not_the_room_s(here: Walk, cast: Cast) -> None:
    notes, user = room(here.case, RoomKind.MEDIATORS), cast.user("mediator")
    before = access.grants_of(user, [notes])
    other = RoomGrant.objects.get(content_object=notes, user=user)
    other.pk, other.permission, other.sealed_keys = None, another_permission(), {"1": "AAAA"}
    RoomGrant.objects.bulk_create([other])
    assert access.grants_of(user, [notes]) == before


def test_who_is_not_active_opens_no_room(here: Walk, cast: Cast) -> None:
    locked_out(cast.user("mediator"))
    assert not access.rooms_of(cast.user("mediator")).exists()
    assert access.grants_of(cast.user("mediator"), list(here.case.rooms.all())) == {}


def test_a_destroyed_room_is_opened_and_held_by_nobody(here: Walk, cast: Cast) -> None:
    notes, user = room(here.case, RoomKind.MEDIATORS), cast.user("mediator")
    assert (notes in access.rooms_of(user), notes in access.rooms_held_by(user)) == (True, True)
    Room.objects.filter(pk=notes.pk).update(destroyed_at=timezone.now())
    assert (notes in access.rooms_of(user), notes in access.rooms_held_by(user)) == (False, False)


def test_a_conflict_hides_the_rooms_of_its_case_and_their_keys_and_no_others(
    here: Walk, there: Walk, cast: Cast
) -> None:
    user = cast.user("mediator")
    bar(here.case, user)
    assert {each.case for each in access.rooms_of(user)} == {there.case}
    both = list(Room.objects.filter(case__in=[here.case, there.case]))
    opened = access.grants_of(user, both)
    assert {each.case for each in both if each.pk in opened} == {there.case}
    assert access.rooms_of(cast.user("mediator2")).filter(case=here.case).exists()


def test_a_conflict_hides_no_room_from_a_party(here: Walk, cast: Cast) -> None:
    assert [each.kind for each in access.rooms_of(cast.user("respondent"))] == [RoomKind.PARTY]


# Seats


@pytest.mark.parametrize("login", ["member", "respondent", "mediator", "stranger"])
def test_one_may_what_ones_own_seat_may_and_no_more(login: str, here: Walk, cast: Cast) -> None:
    user = cast.user(login)
    seat = Seat.objects.filter(case=here.case, user=user).first()
    assert {deed for deed in May if access.may(user, deed, here.case)} == (may_of(seat.parts) if seat else set())


def test_a_seat_without_a_grant_on_this_very_case_sees_nothing(here: Walk, there: Walk, cast: Cast) -> None:
    for login in ("mediator", "member"):
        CaseGrant.objects.filter(content_object=here.case, user=cast.user(login)).delete()
    assert {seat.user for seat in access.who_sees(here.case)} == {cast.user("mediator2"), cast.user("respondent")}
    assert len(access.who_sees(there.case)) == 4


def test_a_grant_to_serve_lets_nobody_take_part_past_a_conflict(here: Walk, cast: Cast) -> None:
    bar(here.case, cast.user("mediator"))
    assert cast.user("mediator") not in {seat.user for seat in access.who_sees(here.case)}
    assert cast.user("respondent") in {seat.user for seat in access.who_sees(here.case)}


def test_a_conflict_elsewhere_takes_no_seats_sight_here(here: Walk, there: Walk, cast: Cast) -> None:
    bar(there.case, cast.user("mediator"))
    assert cast.user("mediator") in {seat.user for seat in access.who_sees(here.case)}


def test_a_seat_that_was_left_is_no_seat_whatever_its_grant(here: Walk, cast: Cast) -> None:
    Seat.objects.filter(case=here.case, user=cast.user("mediator")).update(left_at=timezone.now())
    assert cast.user("mediator") not in {seat.user for seat in access.seats_in(here.case)}
    assert cast.user("mediator") not in {seat.user for seat in Facts(here.case, None).seats}


def test_who_is_not_active_is_seated_and_sees_nothing(here: Walk, cast: Cast) -> None:
    locked_out(cast.user("mediator"))
    assert {seat.user: seat.sees for seat in access.seats_in(here.case)}[cast.user("mediator")] is False


def test_a_party_is_without_a_key_though_others_hold_one_to_the_same_room(here: Walk, there: Walk, cast: Cast) -> None:
    own = room(here.case, RoomKind.PARTY, cast.user("member"))
    RoomGrant.objects.get(content_object=own, user=cast.user("member")).delete()
    assert RoomGrant.objects.filter(content_object=own, user=cast.user("mediator")).exists()
    assert ([seat.user for seat in access.without_key(here.case)], access.without_key(there.case)) == (
        [cast.user("member")],
        [],
    )


def test_without_a_key_are_active_parties_who_lost_that_of_their_own_room(here: Walk, there: Walk, cast: Cast) -> None:
    assert access.without_key(here.case) == []
    RoomGrant.objects.filter(content_object__case=here.case).delete()
    assert {seat.user for seat in access.without_key(here.case)} == {cast.user("member"), cast.user("respondent")}
    locked_out(cast.user("respondent"))
    assert [seat.user for seat in access.without_key(here.case)] == [cast.user("member")]


def test_who_left_is_not_without_a_key(here: Walk, cast: Cast) -> None:
    RoomGrant.objects.filter(content_object__case=here.case).delete()
    Seat.objects.filter(case=here.case, user=cast.user("member")).update(left_at=timezone.now())
    assert [seat.user for seat in access.without_key(here.case)] == [cast.user("respondent")]


def test_nobody_is_without_a_key_to_a_room_that_is_destroyed(here: Walk, cast: Cast) -> None:
    own = room(here.case, RoomKind.PARTY, cast.user("member"))
    access.forget_keys(own)
    assert [seat.user for seat in access.without_key(here.case)] == [cast.user("member")]
    Room.objects.filter(pk=own.pk).update(destroyed_at=timezone.now())
    assert access.without_key(here.case) == []


def test_the_keys_one_holds_are_counted_for_one_person_and_one_case(here: Walk, there: Walk, cast: Cast) -> None:
    held = {grant.content_object.token for grant in RoomGrant.objects.filter(user=cast.user("respondent"))}
    assert held == access.tokens_held_by(cast.user("respondent"), here.case) | access.tokens_held_by(
        cast.user("respondent"), there.case
    )
    assert len(access.tokens_held_by(cast.user("respondent"), here.case)) == 1


def test_a_conflict_is_one_case_s(here: Walk, there: Walk, cast: Cast) -> None:
    bar(there.case, cast.user("mediator3"))
    assert access.conflicted(here.case) == {cast.user("member").pk, cast.user("respondent").pk}


def test_a_conflict_counts_by_its_row_alone(here: Walk, cast: Cast) -> None:
    bar(here.case, cast.user("mediator3"))
    assert access.conflicted(here.case) == {cast.user(login).pk for login in ("member", "respondent", "mediator3")}


def test_a_name_that_was_barred_here_is_nobody_s_in_another_case(here: Walk, there: Walk, cast: Cast) -> None:
    name = Pseudonym.of(here.case.chain, cast.user("respondent"))
    Pseudonym.objects.create(chain=there.case.chain, user=cast.user("stranger"), name=name)
    assert access.conflicted(here.case) == {cast.user("member").pk, cast.user("respondent").pk}


def test_nobody_is_told_from_the_barred_once_a_barred_name_was_given_to_another(here: Walk, cast: Cast) -> None:
    theirs = Pseudonym.objects.filter(chain=here.case.chain, user=cast.user("respondent"))
    theirs.update(user=cast.user("stranger"))
    with pytest.raises(Unverified):
        access.conflicted(here.case)


# Grants, made and taken


def test_shutting_out_is_of_one_person_from_one_case(here: Walk, there: Walk, cast: Cast) -> None:
    access.shut_out(cast.user("mediator"), here.case)
    assert list(access.cases_of(cast.user("mediator"), access.SERVE)) == [there.case]
    assert set(access.cases_of(cast.user("mediator2"), access.SERVE)) == {here.case, there.case}


def test_what_happens_in_a_case_is_noted_on_its_grants(here: Walk, there: Walk, cast: Cast) -> None:
    later = timezone.now() + dt.timedelta(days=1)
    access.note_activity(here.case, later)
    assert set(CaseGrant.objects.filter(last_activity_at=later).values_list("content_object", flat=True)) == {
        here.case.pk
    }


def test_a_key_given_or_taken_stands_in_the_ledger(here: Walk, cast: Cast) -> None:
    notes, user = room(here.case, RoomKind.MEDIATORS), cast.user("stranger")
    name = Pseudonym.of(here.case.chain, user)
    access.give_key(notes, user, {notes.epoch: b"a key"}, owed=True)
    assert name in attested(here.case.chain).holders[notes.token]
    assert RoomGrant.objects.get(user=user).owed == 1
    assert access.take_key(notes, user, attested(here.case.chain))
    assert not RoomGrant.objects.filter(user=user).exists()
    assert name not in attested(here.case.chain).holders[notes.token]
    assert not access.take_key(notes, user, attested(here.case.chain))
    assert [told.details["to"] for told in entries(here.case.chain, Event.ROOM_WITHDRAWN)].count(name) == 1


def test_a_key_is_taken_from_one_room_and_from_one_person(here: Walk, cast: Cast) -> None:
    notes, own = room(here.case, RoomKind.MEDIATORS), room(here.case, RoomKind.PARTY, cast.user("member"))
    assert access.take_key(notes, cast.user("mediator"), attested(here.case.chain))
    held = {(grant.user, grant.content_object) for grant in RoomGrant.objects.filter(content_object__in=[notes, own])}
    assert held == {(cast.user("mediator2"), notes)} | {
        (cast.user(login), own) for login in ("member", "mediator", "mediator2")
    }


def test_who_hides_their_grant_loses_the_key_by_the_ledger(here: Walk, cast: Cast) -> None:
    notes, thief = room(here.case, RoomKind.MEDIATORS), cast.user("mediator")
    RoomGrant.objects.filter(content_object=notes, user=thief).delete()
    taken = access.take_key(notes, thief, attested(here.case.chain))
    assert (taken, attested(here.case.chain).holds(notes, thief)) == (True, False)


def test_a_grant_that_the_ledger_does_not_know_is_taken_away_and_said_all_the_same(here: Walk, cast: Cast) -> None:
    notes, thief = room(here.case, RoomKind.MEDIATORS), cast.user("stranger")
    forged = RoomGrant.objects.filter(content_object=notes)[0]
    forged.pk, forged.user = None, thief
    forged.save()
    assert (
        access.take_key(notes, thief, attested(here.case.chain)),
        RoomGrant.objects.filter(user=thief).exists(),
    ) == (True, False)


def test_a_key_that_lies_in_no_row_any_more_ends_in_the_ledger_once(here: Walk, cast: Cast) -> None:
    notes = room(here.case, RoomKind.MEDIATORS)

    def end_lost() -> bool:
        said = attested(here.case.chain)
        return access.end_lost(notes, said, access.holders(notes, said))

    none_lost = end_lost()
    RoomGrant.objects.filter(content_object=notes, user=cast.user("mediator")).delete()
    assert (none_lost, end_lost(), end_lost()) == (False, True, False)
    after = attested(here.case.chain)
    assert after.holders[notes.token] == {Pseudonym.of(here.case.chain, cast.user("mediator2"))}


def test_a_key_given_later_is_added_to_those_one_has(here: Walk, cast: Cast) -> None:
    notes, user = room(here.case, RoomKind.MEDIATORS), cast.user("mediator")
    before = access.grants_of(user, [notes])[notes.pk]
    access.give_key(notes, user, {notes.epoch + 1: b"a later key"}, owed=False)
    assert access.grants_of(user, [notes]) == {notes.pk: {**before, notes.epoch + 1: b"a later key"}}


def test_a_holder_is_active_and_attested_for_this_very_room(here: Walk, cast: Cast) -> None:
    notes, party = room(here.case, RoomKind.MEDIATORS), room(here.case, RoomKind.PARTY, cast.user("member"))
    forged = RoomGrant.objects.get(user=cast.user("member"), content_object=party)
    forged.pk, forged.content_object = None, notes
    forged.save()
    said = attested(here.case.chain)
    both = {cast.user("mediator"), cast.user("mediator2")}
    assert {grant.user for grant in access.holders(notes, said)} == both
    locked_out(cast.user("mediator"))
    assert {grant.user for grant in access.holders(notes, said)} == both - {cast.user("mediator")}


def test_a_name_moved_to_another_person_makes_no_holder(here: Walk, cast: Cast) -> None:
    notes, thief = room(here.case, RoomKind.MEDIATORS), cast.user("stranger")
    taken = Pseudonym.objects.get(chain=here.case.chain, user=cast.user("mediator"))
    grant = RoomGrant.objects.get(user=cast.user("mediator"), content_object=notes)
    taken.user = grant.user = thief
    taken.save()
    grant.save()
    assert thief not in {each.user for each in access.holders(notes, attested(here.case.chain))}


def test_owed_are_those_who_wait_for_a_key_that_one_holds_whole(here: Walk, there: Walk, cast: Cast) -> None:
    notes = room(here.case, RoomKind.MEDIATORS)
    RoomGrant.objects.update(owed=0)
    waiting = RoomGrant.objects.filter(content_object=notes, user=cast.user("mediator2"))
    waiting.update(owed=1)
    assert list(access.owed_to(cast.user("mediator"))) == list(waiting)
    assert list(access.owed_to(cast.user("mediator2"))) == []
    assert list(access.owed_to(cast.user("respondent"))) == []


def test_the_reference_of_one_case_finds_no_other(here: Walk, there: Walk, cast: Cast) -> None:
    found = [access.case_seen_by(cast.user("member"), each.case.reference) for each in (here, there)]
    assert found == [here.case, there.case]
    assert access.case_seen_by(cast.user("member"), "no-such-case") is None


@pytest.mark.parametrize("login", ["member", "mediator"])
def test_a_grant_on_one_case_finds_no_other(here: Walk, there: Walk, cast: Cast, login: str) -> None:
    access.shut_out(cast.user(login), there.case)
    found = [access.case_seen_by(cast.user(login), each.case.reference) for each in (here, there)]
    assert found == [here.case, None]


def test_a_conflict_in_one_case_hides_no_other(here: Walk, there: Walk, cast: Cast) -> None:
    bar(there.case, cast.user("mediator"))
    found = [access.case_seen_by(cast.user("mediator"), each.case.reference) for each in (here, there)]
    assert found == [here.case, None]


def test_who_may_open_a_room_outside_every_case_is_told_by_no_seat(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.MIXED)
    going.take(Step.SPLIT, "mediator", {"text": "A rule?"}, meeting_on="2026-12-01")
    agenda = AgendaItem.objects.get().room
    assert (agenda in access.rooms_of(cast.user("mediator")), access.who_may_open(agenda)) == (True, [])


def test_who_may_open_a_room_holds_a_key_to_this_very_one_and_sees_its_case(here: Walk, cast: Cast) -> None:
    own, theirs = (room(here.case, RoomKind.PARTY, cast.user(login)) for login in ("member", "respondent"))
    assert {user.handle for user in access.who_may_open(own)} == {
        cast.user(login).handle for login in ("member", "mediator", "mediator2")
    }
    RoomGrant.objects.filter(content_object=theirs).exclude(user=cast.user("respondent")).delete()
    assert access.who_may_open(theirs) == [cast.user("respondent")]
