"""
Somebody who writes to the database gets no key by it: one test for each row that could win one.

Each writes what a thief would, then lets the people of the case go on: a turn, a login, an answer, a filing.
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from caracol.accounts.models import User
from caracol.ledger.chain import entries
from grievances import access
from grievances.actions import consents, gate, papers, people, rooms, seats, words
from grievances.attest import attested
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, Unverified
from grievances.facts import Facts
from grievances.models import (
    Case,
    CaseGrant,
    Clearance,
    Conflict,
    Consent,
    Opening,
    Paper,
    Proposal,
    Pseudonym,
    Purpose,
    Room,
    RoomGrant,
    Seat,
    SeatOffer,
)
from grievances.models.pseudonym import bond
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import invited, laid, opened, room
from tests.grievances.packets import packed

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

LATER = {"text": "Written after the row was."}


def own(going: Walk, login: str) -> Room:
    return room(going.case, RoomKind.PARTY, going.cast.user(login))


def sealed_to(door: Room, user: User) -> set[str]:
    """Return the epochs of a room whose key lies sealed to somebody, by whatever row."""
    grants = RoomGrant.objects.filter(content_object=door, user=user)
    return {epoch for grant in grants for epoch in grant.sealed_keys}


def grant_row(door: Room, user: User) -> RoomGrant:
    """Write a grant as a thief would: somebody else's, under one's own name."""
    row = RoomGrant.objects.filter(content_object=door)[0]
    written = RoomGrant(
        user=user, permission_id=row.permission_id, content_object=door, sealed_keys={"1": "AAAA"}, owed=1
    )
    written.save()
    return written


# --- roomgrant ---


def test_a_grant_gets_no_key_at_a_turn_nor_at_a_holder_s_login(cast: Cast) -> None:
    going = walk(cast, "told")
    door, thief = own(going, "member"), cast.user("stranger")
    grant_row(door, thief)
    rooms.turn(Room.objects.select_related("case").get(pk=door.pk))
    rooms.complete_due(actor=cast["member"])
    assert (sealed_to(door, thief), RoomGrant.objects.get(user=thief).sealed_keys) == ({"1"}, {"1": "AAAA"})


def test_who_hides_their_grant_while_they_are_removed_has_lost_it_all_the_same(cast: Cast) -> None:
    going = walk(cast, "told")
    door, thief = own(going, "member"), cast.user("mediator")
    hidden = RoomGrant.objects.get(content_object=door, user=thief)
    RoomGrant.objects.filter(pk=hidden.pk).delete()
    going.take(Step.RECUSE, "mediator")
    turned = Room.objects.get(pk=door.pk).epoch - door.epoch
    hidden.save(force_insert=True)
    rooms.turn(Room.objects.select_related("case").get(pk=door.pk))
    assert (turned, sealed_to(door, thief)) == (1, set(hidden.sealed_keys))


# --- pseudonym ---


def test_who_hides_their_name_too_while_they_are_removed_gets_no_key_when_it_is_back(cast: Cast) -> None:
    going = walk(cast, "told")
    door, thief = own(going, "member"), cast.user("mediator")
    grant, name = RoomGrant.objects.get(content_object=door, user=thief), Pseudonym.objects.get(user=thief)
    RoomGrant.objects.filter(pk=grant.pk).delete()
    Pseudonym.objects.filter(pk=name.pk).delete()
    seats.unseat(going.case.seats.select_related("case", "user").get(user=thief))
    Pseudonym.objects.filter(user=thief).delete()
    grant.save(force_insert=True)
    name.save(force_insert=True)
    rooms.turn(Room.objects.select_related("case").get(pk=door.pk))
    assert sealed_to(door, thief) == set(grant.sealed_keys)


def test_nobody_acts_under_the_name_of_another(cast: Cast) -> None:
    going = walk(cast, "told")
    theirs = Pseudonym.objects.get(user=cast.user("member")).name
    Pseudonym.objects.filter(user=cast.user("member")).delete()
    Pseudonym.objects.filter(user=cast.user("respondent")).update(name=theirs)
    with pytest.raises(Unverified):
        papers.consent(going.case, Consent.To.ONE_ON_ONE, by=cast["respondent"])


def test_a_bond_is_none_without_the_site_s_key(cast: Cast, settings: object) -> None:
    going = walk(cast, "told")
    row = Pseudonym.objects.get(user=cast.user("member"))
    assert row.bond == bond(going.case.chain, cast.user("member"), row.name)
    assert row.bond != bond(going.case.chain, cast.user("respondent"), row.name)


# --- room ---


def swap_owners(going: Walk, one: str, other: str) -> None:
    """Give each of two party rooms the seat of the other, as somebody would who wants to read on in the other's."""
    first, second = own(going, one), own(going, other)
    mine, theirs = first.seat_id, second.seat_id
    Room.objects.filter(pk=first.pk).update(kind=RoomKind.IDENTITY, seat=None)
    Room.objects.filter(pk=second.pk).update(seat=mine)
    Room.objects.filter(pk=first.pk).update(kind=RoomKind.PARTY, seat=theirs)


def test_nobody_lets_a_friend_into_a_room_whose_row_they_made_their_own(cast: Cast) -> None:
    going = walk(cast, "told")
    theirs = own(going, "member")
    swap_owners(going, "member", "respondent")
    with pytest.raises(Unverified):
        seats.invite_support(going.case, cast.user("friend"), by=cast["respondent"], reads=True)
    assert sealed_to(theirs, cast.user("friend")) == set()


@pytest.mark.parametrize("writer", ["mediator", "member"])
def test_nothing_is_written_into_a_room_that_was_put_in_another_s_place(cast: Cast, writer: str) -> None:
    going = walk(cast, "told")
    swap_owners(going, "member", "respondent")
    grant_row(own(going, "member"), cast.user("member"))
    with pytest.raises((Unverified, NotYours)):
        words.say(own(going, "member"), LATER, by=cast[writer])
    assert ("message", LATER["text"]) not in opened(going.case, cast["respondent"])


def test_mediators_notes_go_into_no_room_that_was_made_theirs_by_its_kind(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    table, notes = room(going.case, RoomKind.TABLE), room(going.case, RoomKind.MEDIATORS)
    Room.objects.filter(pk=notes.pk).update(kind=RoomKind.IDENTITY)
    Room.objects.filter(pk=table.pk).update(kind=RoomKind.MEDIATORS)
    with pytest.raises(Unverified):
        words.say(room(going.case, RoomKind.MEDIATORS), LATER, by=cast["mediator"])
    assert ("note", LATER["text"]) not in opened(going.case, cast["respondent"])


def test_an_epoch_put_back_seals_nothing_to_a_key_that_was_turned_away(cast: Cast) -> None:
    going = walk(cast, "told")
    door = own(going, "member")
    going.take(Step.RECUSE, "mediator2")
    Room.objects.filter(pk=door.pk).update(epoch=1)
    with pytest.raises(Unverified):
        words.say(door, LATER, by=cast["mediator"])


def test_a_room_is_nobody_s_who_makes_it_the_one_by_which_servers_are_known(cast: Cast) -> None:
    """The person named makes their own room `names`, and their seat a mediator's."""
    going = walk(cast, "told")
    names, mine = room(going.case, RoomKind.NAMES), own(going, "respondent")
    Room.objects.filter(pk=names.pk).update(kind=RoomKind.IDENTITY)
    Room.objects.filter(pk=mine.pk).update(kind=RoomKind.NAMES, seat=None)
    Seat.objects.filter(user=cast.user("respondent")).update(respondent=False, mediator=True)
    with pytest.raises(Unverified):
        rooms.vouched(going.case, going.case.seats.select_related("case", "user").filter(mediator=True))


# --- seat, and casegrant beside it ---


def seat_row(going: Walk, login: str, part: Part) -> Seat:
    """Write a seat and the sight that goes with it."""
    user, case = going.cast.user(login), going.case
    permission = access.SERVE if part in {Part.MEDIATOR, Part.INTAKE} else access.TAKE_PART
    access.let_in(user, case, permission, timezone.now())
    return Seat.objects.create(case=case, user=user, taken_at=timezone.now(), **{part.value: True})


@pytest.mark.parametrize("part", [Part.MEDIATOR, Part.INTAKE, Part.WITNESS])
def test_a_seat_gets_no_key_to_a_room_that_is_built_and_does_nothing(cast: Cast, part: Part) -> None:
    going = walk(cast, "distinguished")
    seat_row(going, "stranger", part)
    invited(going, "witness", Part.WITNESS)
    going.told()
    assert not RoomGrant.objects.filter(user=cast.user("stranger")).exists()
    with pytest.raises(NotYours):
        papers.prepare(going.case, Purpose.AGREEMENT, LATER, by=cast["stranger"])
    with pytest.raises(NotYours):
        seats.invite_support(going.case, cast.user("friend"), by=cast["stranger"], reads=True)


def test_a_witness_who_makes_theirs_the_seat_of_the_person_named_gets_no_key_to_the_table(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    invited(going, "witness", Part.WITNESS)
    Seat.objects.filter(user=cast.user("witness")).update(witness=False, respondent=True)
    with pytest.raises(NotYours):
        going.agree(Consent.To.MEDIATION, "witness")
    assert sealed_to(room(going.case, RoomKind.TABLE), cast.user("witness")) == set()


def test_a_witness_who_makes_theirs_the_seat_of_the_person_harmed_gets_no_packet(cast: Cast) -> None:
    going = walk(cast, "amends")
    invited(going, "witness", Part.WITNESS)
    Seat.objects.filter(user=cast.user("member")).update(harmed=False)
    Seat.objects.filter(user=cast.user("witness")).update(witness=False, harmed=True)
    papers.prepare(going.case, Purpose.PACKET, packed("Later."), by=cast["mediator"])
    assert sealed_to(room(going.case, RoomKind.PACKET), cast.user("witness")) == set()


def test_intake_that_makes_itself_a_mediator_gets_no_key_of_one(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    Seat.objects.filter(user=cast.user("intake")).update(intake=False, mediator=True)
    with pytest.raises(NotYours):
        going.take(Step.ASK, "intake", who=cast.user("mediator").handle)


def test_a_seat_given_to_somebody_else_gives_them_nothing(cast: Cast) -> None:
    going = walk(cast, "told")
    stranger = cast.user("stranger")
    Seat.objects.filter(user=cast.user("member")).update(user=stranger)
    access.let_in(stranger, going.case, access.TAKE_PART, timezone.now())
    with pytest.raises((NotYours, Unverified)):
        seats.invite_support(going.case, cast.user("friend"), by=cast["stranger"], reads=True)
    assert not RoomGrant.objects.filter(user__in=[stranger, cast.user("friend")]).exists()


def test_a_seat_taken_up_again_by_its_row_gets_no_key(cast: Cast) -> None:
    going = walk(cast, "told")
    invited(going, "witness", Part.WITNESS)
    seats.leave(going.case, by=cast["witness"])
    Seat.objects.filter(user=cast.user("witness")).update(left_at=None)
    access.let_in(cast.user("witness"), going.case, access.TAKE_PART, timezone.now())
    with pytest.raises(NotYours):
        papers.consent(going.case, Consent.To.JOINT, by=cast["witness"])


def test_a_support_person_stands_by_nobody_else_for_their_row(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["respondent"])
    theirs = going.case.seats.select_related("case", "user", "supports__user").filter(user=cast.user("friend"))
    before = attested(going.case.chain).seats(theirs.get())
    theirs.update(supports=going.case.seats.get(user=cast.user("member")))
    assert (before, attested(going.case.chain).seats(theirs.get())) == (True, False)
    with pytest.raises(NotYours):
        papers.consent(going.case, Consent.To.JOINT, by=cast["friend"])


def test_sight_of_a_case_opens_no_room(cast: Cast) -> None:
    going = walk(cast, "told")
    for permission in (access.SERVE, access.TAKE_PART):
        CaseGrant.objects.create(
            user=cast.user("stranger"),
            permission_id=access.permission_id(permission),
            content_object=going.case,
            last_activity_at=timezone.now(),
        )
    assert opened(going.case, cast["stranger"]) == set()


# --- seatoffer ---


def test_an_offer_is_answered_as_what_it_was_made_for(cast: Cast) -> None:
    going = walk(cast, "filed")
    SeatOffer.objects.filter(user=cast.user("intake")).update(part=Part.MEDIATOR)
    with pytest.raises(NotYours):
        going.take(Step.ACCEPT, "intake")


def test_an_offer_that_ended_is_not_accepted_when_its_row_says_open_again(cast: Cast) -> None:
    going = walk(cast, "filed")
    seats.bar(going.case, cast.user("intake"), Conflict.Source.REPORTER)
    Conflict.objects.filter(user=cast.user("intake")).delete()
    SeatOffer.objects.filter(user=cast.user("intake")).update(state=SeatOffer.State.OPEN)
    with pytest.raises(NotYours):
        going.take(Step.ACCEPT, "intake")
    assert attested(going.case.chain).offered[own(going, "member").token] == set()


def test_an_offer_given_to_somebody_else_is_not_theirs(cast: Cast) -> None:
    going = walk(cast, "filed")
    SeatOffer.objects.update(user=cast.user("mediator"), part=Part.MEDIATOR)
    with pytest.raises(NotYours):
        going.take(Step.ACCEPT, "mediator")


# --- conflict and clearance ---


def test_a_bar_holds_where_its_row_was_taken_away(cast: Cast) -> None:
    going = walk(cast, "begun")
    people.say_who_must_not_serve(going.case, [cast.user("mediator")], by=cast["member"])
    Conflict.objects.filter(user=cast.user("mediator")).delete()
    assert cast.user("mediator").pk in access.conflicted(going.case)
    going.filed()
    going.taken_in()
    with pytest.raises(NotOpen):
        going.take(Step.ASK, "intake", who=cast.user("mediator").handle)


def test_nobody_is_asked_while_a_bar_cannot_be_told_from_others(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    seats.bar(going.case, cast.user("mediator"), Conflict.Source.REPORTER)
    Conflict.objects.filter(user=cast.user("mediator")).delete()
    Pseudonym.objects.filter(user=cast.user("mediator")).delete()
    with pytest.raises(Unverified):
        people.who_could_serve(going.case, asked_by=cast.user("intake"))


def test_whoever_the_reporter_was_not_asked_about_is_offered_nothing_for_a_row_that_says_they_were(cast: Cast) -> None:
    going = Walk.begin(cast)
    going.written()
    late = cast.user("intake")
    Clearance.objects.filter(user=late).delete()
    said = entries(going.case.chain)[-1]
    assert said.event == Event.ENTRY_WRITTEN
    people.say_who_must_not_serve(going.case, [late], by=cast["member"])
    Conflict.objects.filter(user=late).delete()
    Clearance.objects.create(case=going.case, user=late)
    going.take(Step.FILE, "member")
    assert not SeatOffer.objects.filter(user=late).exists()
    assert not RoomGrant.objects.filter(user=late).exists()


def test_a_clearance_row_alone_clears_nobody(cast: Cast) -> None:
    going = Walk.begin(cast)
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    late = cast.user("mediator")
    Clearance.objects.create(case=going.case, user=late)
    assert people.cleared_by_the_reporter(going.case) == set()


# --- opening ---


@pytest.mark.usefixtures("within_an_hour")
def test_a_mark_that_a_room_was_opened_hides_no_opening_from_the_log(cast: Cast) -> None:
    going = walk(cast, "told")
    door, hour = own(going, "member"), timezone.now().replace(minute=0, second=0, microsecond=0)
    Opening.objects.create(room=door, user=cast.user("mediator"), hour=hour)
    for _ in range(3):
        words.note_opening(door, cast["mediator"])
    who = Pseudonym.of(going.case.chain, cast.user("mediator"))
    told = [entry.actor for entry in entries(going.case.chain, Event.ROOM_OPENED)]
    assert told.count(who) == 1


# --- paper, consent, proposal ---


def test_a_paper_brings_in_nobody_but_whom_it_was_laid_for(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    account = laid(going, Purpose.ACCOUNT, person=cast.user("respondent"), part=Part.RESPONDENT)
    Paper.objects.filter(pk=account.pk).update(person=cast.user("stranger"), part=Part.WITNESS)
    with pytest.raises(Unverified):
        going.take(Step.TELL, "mediator", paper=account.token)
    assert not Seat.objects.filter(user=cast.user("stranger")).exists()


def test_an_earlier_version_of_a_paper_is_not_used_for_its_row(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    account = laid(going, Purpose.ACCOUNT, person=cast.user("respondent"), part=Part.RESPONDENT)
    papers.prepare(going.case, Purpose.ACCOUNT, LATER, by=cast["mediator"], part=Part.RESPONDENT, paper=account)
    Paper.objects.filter(pk=account.pk).update(version=1)
    with pytest.raises(Unverified):
        going.take(Step.TELL, "mediator", paper=account.token)


def consent_row(going: Walk, login: str, to: Consent.To, paper: Paper | None = None) -> None:
    seat = going.case.seats.get(user=going.cast.user(login))
    version = paper.version if paper else None
    Consent.objects.create(
        seat=seat, to=to, paper=paper, paper_version=version, wording="Yes.", given_at=timezone.now()
    )


def test_a_consent_that_was_written_for_somebody_is_not_theirs(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    account = papers.prepare(
        going.case,
        Purpose.ACCOUNT,
        LATER,
        by=cast["mediator"],
        person=cast.user("respondent"),
        part=Part.RESPONDENT,
    )
    consent_row(going, "member", Consent.To.PAPER, account)
    with pytest.raises(NotOpen):
        going.take(Step.TELL, "mediator", paper=account.token)
    assert not Seat.objects.filter(user=cast.user("respondent")).exists()


def test_a_consent_row_opens_no_table(cast: Cast) -> None:
    going = walk(cast, "told")
    consent_row(going, "respondent", Consent.To.MEDIATION)
    seated = going.case.seats.select_related("case", "user").filter(respondent=True)
    assert consents.taking_part(seated) == []
    assert sealed_to(room(going.case, RoomKind.TABLE), cast.user("respondent")) == set()


def test_a_consent_that_was_taken_back_does_not_stand_again_for_its_row(cast: Cast) -> None:
    going = walk(cast, "told")
    going.agree(Consent.To.MEDIATION, "member")
    given = Consent.objects.select_related("seat__user", "seat__case").get(to=Consent.To.MEDIATION)
    papers.withdraw_consent(going.case, given, by=cast["member"])
    Consent.objects.filter(pk=given.pk).update(withdrawn_at=None)
    assert given not in Facts(going.case, cast.user("member")).consents


@pytest.mark.parametrize("forged", ["another text", "a newer version", "another thing"])
def test_a_consent_is_to_what_it_was_given_to(cast: Cast, forged: str) -> None:
    going = walk(cast, "distinguished")
    paper = laid(going, Purpose.INVITATION, person=cast.user("witness"), part=Part.WITNESS)
    other = papers.prepare(going.case, Purpose.AGENDA, LATER, by=cast["mediator"])
    going.agree(Consent.To.MEDIATION, "member")
    before = len(Facts(going.case, cast.user("member")).consents)
    if forged == "another text":
        Consent.objects.filter(paper=paper).update(paper=other)
    elif forged == "a newer version":
        Consent.objects.filter(paper=paper).update(paper_version=2)
    else:
        Consent.objects.filter(to=Consent.To.MEDIATION).update(to=Consent.To.ONE_ON_ONE)
    assert (before, len(Facts(going.case, cast.user("member")).consents)) == (2, 1)


@pytest.mark.parametrize("forged", ["made by one for the other", "changed"])
def test_one_mediator_confirms_nothing_that_the_other_did_not_propose(cast: Cast, forged: str) -> None:
    going = walk(cast, "distinguished")
    by = "mediator2" if forged == "changed" else "mediator"
    going.take(Step.CLOSE_OUT_OF_SCOPE, by, {"text": "It is not ours."})
    waiting = Proposal.objects.filter(ended_at=None)
    if forged == "changed":
        waiting.update(step=Step.CLOSE_NO_CONTACT)
    else:
        waiting.update(proposed_by=cast.user("mediator2"))
    with pytest.raises(Unverified):
        going.confirmed("mediator")
    going.case.refresh_from_db()
    assert going.case.is_open


@pytest.mark.parametrize("forged", ["choices", "words", "basis", "version"])
def test_what_was_proposed_is_confirmed_with_the_answers_and_on_the_ground_it_was_made(cast: Cast, forged: str) -> None:
    going = walk(cast, "distinguished")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "It is not ours."})
    waiting = Proposal.objects.all()
    if forged == "choices":
        waiting.update(choices={"nature": "mixed"})
    elif forged == "words":
        waiting.update(words=words.say(room(going.case, RoomKind.MEDIATORS), LATER, by=cast["mediator"]))
    elif forged == "basis":
        going.agree(Consent.To.MEDIATION, "member")
        waiting.update(basis=gate._basis(Facts(going.case, None)))
    else:
        going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="held")
        waiting.update(ended_at=None, case_version=going.case.version, basis=gate._basis(Facts(going.case, None)))
    with pytest.raises(Unverified):
        going.confirmed("mediator2")
    assert Case.objects.get(pk=going.case.pk).is_open
