"""Somebody lost password and code: the account stays, what the old keys opened closes, and a holder gives it back."""

from __future__ import annotations

import time

import pytest

from caracol.accounts import invitations, keys, roles
from caracol.accounts.actor import CONFIRMED_AT, Actor
from caracol.accounts.models import SiteRole, User
from caracol.ledger.chain import entries
from grievances import access
from grievances.actions import renewed
from grievances.actions.words import say
from grievances.attest import attested
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Conflict, Pseudonym, Room, Seat, SeatOffer
from grievances.rooms import RoomKind
from grievances.sealing import read
from grievances.workflow import Step
from tests.grievances.cast import PASSWORD, Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def invited_anew(cast: Cast, login: str) -> Actor:
    """Let this person lose everything and come back by the secretary's link."""
    link = invitations.invite_anew(cast.user(login), by=cast.user("secretary"))
    user = invitations.accept(link.invitation, token=link.token, login="", password=PASSWORD)
    user = User.objects.get(pk=user.pk)
    cast.actors[login] = Actor(user, keys.unlock(user, PASSWORD))
    return cast.actors[login]


def own_room(going: Walk, login: str) -> Room:
    return Room.objects.select_related("case").get(
        case=going.case, kind=RoomKind.PARTY, seat__user=going.cast.user(login)
    )


def words_in(room: Room, by: Actor) -> list[bool]:
    return [opened.verified for opened in read(room.entries.select_related("room__case", "author"), by=by)]


def test_everything_closes_at_once_and_the_rooms_are_turned(cast: Cast) -> None:
    going = walk(cast, "served")
    room = own_room(going, "member")
    invited_anew(cast, "member")
    assert access.case_seen_by(cast.user("member"), going.case.reference) is None
    assert not access.rooms_held_by(cast.user("member")).exists()
    assert Room.objects.get(pk=room.pk).epoch == room.epoch + 1
    assert Pseudonym.of(going.case.chain, cast.user("member")) not in attested(going.case.chain).holders[room.token]
    assert cast.browser("member").get(f"/cases/{going.case.reference}/").status_code == 404


def test_the_seat_and_what_was_agreed_to_stay(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    before = len(Facts(going.case, None).consents)
    invited_anew(cast, "member")
    facts = Facts(going.case, None)
    assert (facts.harmed is not None, len(facts.consents)) == (True, before)


def test_a_holder_sees_who_waits_and_gives_access_back_by_one_click(cast: Cast) -> None:
    going = walk(cast, "served")
    invited_anew(cast, "member")
    case = f"/cases/{going.case.reference}/"
    mediator = cast.browser("mediator")
    assert "give access back" in mediator.get(case).content.decode()
    assert mediator.post(f"{case}access/{going.seat_token('member')}/")["Location"] == case
    assert "give access back" not in mediator.get(case).content.decode()
    assert cast.browser("member").get(case).status_code == 200


def test_what_was_written_before_and_meanwhile_is_read_again(cast: Cast) -> None:
    going = walk(cast, "served")
    room = own_room(going, "member")
    before = invited_anew(cast, "member")
    say(Room.objects.get(pk=room.pk), {"text": "We wait for you."}, by=cast["mediator"])
    assert words_in(room, before) == []
    renewed.give_back(going.case, going.seat_token("member"), by=cast["mediator"])
    assert set(words_in(room, before)) == {True}
    assert len(words_in(room, before)) == 2


def test_the_old_keys_open_nothing_that_is_written_afterwards(cast: Cast) -> None:
    going = walk(cast, "served")
    old = cast["member"]
    invited_anew(cast, "member")
    renewed.give_back(going.case, going.seat_token("member"), by=cast["mediator"])
    room = own_room(going, "member")
    say(room, {"text": "For the new keys."}, by=cast["mediator"])
    assert set(words_in(room, old)) == {False}


def test_giving_back_is_recorded(cast: Cast) -> None:
    going = walk(cast, "served")
    room = own_room(going, "member")
    invited_anew(cast, "member")
    renewed.give_back(going.case, going.seat_token("member"), by=cast["mediator"])
    chain = going.case.chain
    told = [entry for entry in entries(chain) if entry.event == Event.ACCESS_RETURNED]
    assert [(entry.actor, entry.details["to"]) for entry in told] == [
        (Pseudonym.of(chain, cast.user("mediator")), Pseudonym.of(chain, cast.user("member")))
    ]
    rooms = told[0].details["rooms"]
    assert isinstance(rooms, list)
    assert room.token in rooms


def test_it_asks_the_password_again(cast: Cast) -> None:
    going = walk(cast, "served")
    invited_anew(cast, "member")
    mediator = cast.browser("mediator")
    session = mediator.session
    session[CONFIRMED_AT] = int(time.time()) - 301
    session.save()
    assert mediator.post(f"/cases/{going.case.reference}/access/{going.seat_token('member')}/").status_code == 403
    assert access.case_seen_by(cast.user("member"), going.case.reference) is None


def test_after_it_they_go_on_where_they_were(cast: Cast) -> None:
    going = walk(cast, "told")
    invited_anew(cast, "member")
    renewed.give_back(going.case, going.seat_token("member"), by=cast["mediator"])
    going.one_on_one()
    going.mediation()
    assert going.case.stage == "mediation"


def test_the_table_comes_back_too(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    anew = invited_anew(cast, "respondent")
    renewed.give_back(going.case, going.seat_token("respondent"), by=cast["mediator"])
    kinds = {room.kind for room in access.rooms_of(anew.user, Room.objects.filter(case=going.case))}
    assert kinds == {RoomKind.PARTY, RoomKind.TABLE}


def test_nobody_gives_it_to_themselves_and_no_party_gives_it(cast: Cast) -> None:
    going = walk(cast, "told")
    invited_anew(cast, "member")
    token = going.seat_token("member")
    for login in ("member", "respondent", "stranger"):
        with pytest.raises(NotYours):
            renewed.give_back(going.case, token, by=cast[login])
    address = f"/cases/{going.case.reference}/access/{token}/"
    answers = {login: cast.browser(login).post(address).status_code for login in ("member", "respondent", "stranger")}
    assert answers == {"member": 404, "respondent": 403, "stranger": 404}


def test_who_has_lost_nothing_is_given_nothing(cast: Cast) -> None:
    going = walk(cast, "told")
    with pytest.raises(NotOpen):
        renewed.give_back(going.case, going.seat_token("respondent"), by=cast["mediator"])


def test_a_seat_that_somebody_wrote_into_the_database_is_given_nothing(cast: Cast) -> None:
    going = walk(cast, "served")
    mole = Seat.objects.create(case=going.case, user=cast.user("stranger"), witness=True, taken_at=going.case.moved_at)
    assert renewed.who_waits(Facts(going.case, cast.user("mediator"))) == []
    with pytest.raises(NotOpen):
        renewed.give_back(going.case, mole.token, by=cast["mediator"])


def test_who_served_serves_no_more_and_is_asked_anew_after_two_people_gave_the_role(cast: Cast) -> None:
    going = walk(cast, "served")
    invited_anew(cast, "mediator")
    assert not roles.holds(cast.user("mediator"), SiteRole.MEDIATOR)
    assert access.case_seen_by(cast.user("mediator"), going.case.reference) is None
    assert [seat.user for seat in Facts(going.case, None).mediators] == [cast.user("mediator2")]
    assert not Conflict.objects.filter(case=going.case, user=cast.user("mediator")).exists()


def test_an_offer_ends_with_the_keys_it_was_made_to(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    invited_anew(cast, "mediator")
    assert not SeatOffer.objects.filter(user=cast.user("mediator"), state=SeatOffer.State.OPEN).exists()


def test_intake_gives_access_back_before_mediators_serve(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    anew = invited_anew(cast, "member")
    renewed.give_back(going.case, going.seat_token("member"), by=cast["intake"])
    assert set(words_in(own_room(going, "member"), anew)) == {True}


def test_a_draft_is_lost_with_its_keys(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    invited_anew(cast, "member")
    assert Case.objects.filter(pk=going.case.pk).exists()
    assert access.case_seen_by(cast.user("member"), going.case.reference) is None
