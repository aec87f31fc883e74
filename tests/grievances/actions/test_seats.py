from __future__ import annotations

import pytest

from caracol.accounts import receipts
from grievances import access
from grievances.actions import papers, seats
from grievances.attest import attested
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Consent, Purpose, Route
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import ACCOUNT, Cast, walk
from tests.grievances.moves import doors, invited, laid, opened, room

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_people_named_and_witnesses_never_hold_a_key_to_each_others_rooms(cast: Cast) -> None:
    going = walk(cast, "told")
    going.told("respondent2")
    for witness in ("witness", "friend"):
        invited(going, witness, Part.WITNESS)
    people = ("member", "respondent", "respondent2", "witness", "friend")
    rooms = {login: {handle for handle in doors(going.case, cast.user(login)) if len(handle) == 16} for login in people}
    assert rooms == {login: {cast.user(login).handle} for login in people}


def test_mediators_hold_a_key_to_each_partys_room(cast: Cast) -> None:
    going = walk(cast, "told")
    invited(going, "witness", Part.WITNESS)
    parties = {cast.user(login).handle for login in ("member", "respondent", "witness")}
    assert doors(going.case, cast.user("mediator2")) == parties | {"names", "table", "mediators"}


def test_a_support_person_stands_by_somebody_and_reads_nothing_of_theirs(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["respondent"])
    assert doors(going.case, cast.user("friend")) == {cast.user("friend").handle}
    assert opened(going.case, cast["friend"]) == set()


def test_a_support_person_who_is_let_reads_what_their_principal_reads_there_and_nothing_else(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["respondent"], reads=True)
    assert doors(going.case, cast.user("friend")) == {cast.user("friend").handle, cast.user("respondent").handle}
    assert opened(going.case, cast["friend"]) == {("account", ACCOUNT)}


def test_who_stands_by_somebody_is_let_read_later_and_that_alone_is_taken_back(cast: Cast) -> None:
    going, friend = walk(cast, "told"), cast.user("friend")
    seats.invite_support(going.case, friend, by=cast["respondent"])
    let = papers.consent(going.case, Consent.To.READ, by=cast["respondent"], person=friend)
    assert opened(going.case, cast["friend"]) == {("account", ACCOUNT)}
    epoch = going.case.rooms.get(seat__user=cast.user("respondent")).epoch
    papers.withdraw_consent(going.case, let, by=cast["respondent"])
    assert doors(going.case, friend) == {friend.handle}
    assert going.case.rooms.get(seat__user=cast.user("respondent")).epoch == epoch + 1


def test_only_who_stands_by_one_is_let_read(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"])
    for person in ("friend", "stranger", "mediator"):
        with pytest.raises(NotOpen):
            papers.consent(going.case, Consent.To.READ, by=cast["respondent"], person=cast.user(person))
    assert doors(going.case, cast.user("friend")) == {cast.user("friend").handle}


def test_who_could_not_come_is_let_read_nothing_and_nobody_is_told(cast: Cast) -> None:
    """The person named asks for the reporter: any other answer would tell who raised it."""
    going = walk(cast, "told")
    before = doors(going.case, cast.user("member"))
    seats.invite_support(going.case, cast.user("member"), by=cast["respondent"], reads=True)
    given = papers.consent(going.case, Consent.To.READ, by=cast["respondent"], person=cast.user("member"))
    assert (given.withdrawn_at, doors(going.case, cast.user("member"))) == (None, before)


def test_sending_somebody_home_ends_their_reading_too_whether_or_not_they_had_come(cast: Cast) -> None:
    going = walk(cast, "told")
    for login in ("friend", "member"):
        seats.invite_support(going.case, cast.user(login), by=cast["respondent"], reads=True)
        given = Consent.objects.get(to=Consent.To.SUPPORT, person=cast.user(login))
        papers.withdraw_consent(going.case, given, by=cast["respondent"])
        assert Facts(going.case, cast.user("respondent")).beside_me == []
        assert not Consent.objects.filter(to=Consent.To.READ, withdrawn_at=None).exists()
        assert not [given for given in attested(going.case.chain).consents if given[1] == Consent.To.READ.value]


def test_the_account_that_a_guest_has_all_the_same_is_barred_from_serving(cast: Cast) -> None:
    going, guest = walk(cast, "served"), receipts.issue().user
    seats.invite_support(going.case, guest, by=cast["member"], known_as=cast.user("mediator3"))
    assert {guest.pk, cast.user("mediator3").pk} <= access.conflicted(going.case)
    assert going.case.seats.get(support=True).user == guest


def test_who_has_a_part_here_does_not_come_a_second_time_with_a_receipt(cast: Cast) -> None:
    going, guest = walk(cast, "told"), receipts.issue().user
    for login in ("mediator", "member"):
        seats.invite_support(going.case, guest, by=cast["respondent"], known_as=cast.user(login))
    assert not going.case.seats.filter(support=True).exists()
    assert going.case.seats.get(user=cast.user("mediator")).parts == {Part.MEDIATOR}


def test_the_name_of_an_account_is_read_by_those_who_serve_and_by_nobody_else(cast: Cast) -> None:
    going, guest = walk(cast, "told"), receipts.issue().user
    seats.invite_support(going.case, guest, by=cast["respondent"], in_words="Jo of the north")
    logins = ("respondent", "mediator", "mediator2", "member", "friend")
    readers = {login for login in logins if ("barred", "Jo of the north") in opened(going.case, cast[login])}
    assert readers == {"respondent", "mediator", "mediator2"}


@pytest.mark.parametrize("login", ["mediator", "stranger", "friend"])
def test_only_a_person_concerned_chooses_a_support_person(login: str, cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"])
    with pytest.raises(NotYours):
        seats.invite_support(going.case, cast.user("witness"), by=cast[login])


@pytest.mark.parametrize("login", ["mediator", "member"])
def test_nobody_with_a_part_in_the_case_is_support_too(login: str, cast: Cast) -> None:
    going = walk(cast, "told")
    before = doors(going.case, cast.user(login))
    seats.invite_support(going.case, cast.user(login), by=cast["respondent"])
    assert not going.case.seats.filter(support=True).exists()
    assert doors(going.case, cast.user(login)) == before


def test_a_support_person_is_barred_from_serving(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("mediator3"), by=cast["member"])
    assert cast.user("mediator3").pk in access.conflicted(going.case)


def test_leaving_takes_every_key_and_every_consent(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    seats.leave(going.case, by=cast["respondent"])
    assert doors(going.case, cast.user("respondent")) == set()
    assert not Consent.objects.filter(seat__user=cast.user("respondent"), withdrawn_at=None).exists()
    assert access.case_seen_by(cast.user("respondent"), going.case.reference) is None


def test_a_reporter_who_is_the_person_harmed_withdraws_instead_of_leaving(cast: Cast) -> None:
    going = walk(cast, "told")
    with pytest.raises(NotOpen, match="withdraw"):
        seats.leave(going.case, by=cast["member"])


def test_a_reporter_who_is_not_the_person_harmed_may_leave_once_that_person_is_there(cast: Cast) -> None:
    going = walk(cast, "served", route=Route.SAW)
    with pytest.raises(NotOpen, match="withdraw"):
        seats.leave(going.case, by=cast["member"])
    invited(going, "friend", Part.HARMED)
    seats.leave(going.case, by=cast["member"])
    assert [seat.user for seat in Facts(going.case, None).harm_side] == [cast.user("friend")]


def test_the_person_harmed_then_withdraws_and_the_reporter_no_longer(cast: Cast) -> None:
    going = walk(cast, "served", route=Route.SAW)
    invited(going, "friend", Part.HARMED)
    with pytest.raises(NotOpen):
        going.take(Step.WITHDRAW, "member")
    assert going.take(Step.WITHDRAW, "friend").outcome == "withdrawn"


def test_a_mediator_does_not_leave_as_a_party_does(cast: Cast) -> None:
    with pytest.raises(NotYours):
        seats.leave(walk(cast, "served").case, by=cast["mediator"])


def test_who_left_and_comes_back_opens_their_own_room_again(cast: Cast) -> None:
    going = walk(cast, "served")
    invited(going, "witness", Part.WITNESS)
    seats.leave(going.case, by=cast["witness"])
    invited(going, "witness", Part.WITNESS)
    assert doors(going.case, cast.user("witness")) == {cast.user("witness").handle}
    assert len(opened(going.case, cast["witness"])) == 1


def test_a_case_has_one_person_harmed(cast: Cast) -> None:
    going = walk(cast, "served")
    with pytest.raises(NotOpen, match="part of the case already"):
        invited(going, "friend", Part.HARMED)


def test_nobody_is_both_harmed_and_named(cast: Cast) -> None:
    going = walk(cast, "served")
    account = laid(going, Purpose.ACCOUNT, person=cast.user("member"), part=Part.RESPONDENT)
    with pytest.raises(NotOpen, match="both the person harmed and the person named"):
        going.take(Step.TELL, "mediator", paper=account.token)


def test_who_took_the_concern_in_never_becomes_a_party(cast: Cast) -> None:
    going = walk(cast, "served")
    account = laid(going, Purpose.ACCOUNT, person=cast.user("intake"), part=Part.RESPONDENT)
    with pytest.raises(NotOpen, match="served in this case"):
        going.take(Step.TELL, "mediator", paper=account.token)


def test_who_caused_harm_sits_as_the_person_named_and_is_told_already(cast: Cast) -> None:
    going = walk(cast, "served", route=Route.CAUSED)
    assert Facts(going.case, cast.user("member")).parts == {Part.REPORTER, Part.RESPONDENT}
    assert doors(going.case, cast.user("member")) == {cast.user("member").handle, "names"}


def test_with_the_person_harmed_a_concern_of_who_caused_it_comes_to_an_agreement(cast: Cast) -> None:
    going = walk(cast, "served", route=Route.CAUSED)
    invited(going, "friend", Part.HARMED)
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="held")
    going.agree(Consent.To.MEDIATION, "member", "friend")
    going.take(Step.BEGIN_MEDIATION, "mediator")
    promise = (
        f'[{{"owner": "{going.seat_token("member")}", "facet": "repair", "due_on": "2030-01-01", "words": "So."}}]'
    )
    words = {"text": "We agree.", "amends": promise}
    paper = papers.prepare(going.case, Purpose.AGREEMENT, words, by=cast["mediator"])
    going.agree_to_paper(paper, "member", "friend")
    assert going.take(Step.AGREE, "mediator").amends.get().owner.user == cast.user("member")


def test_a_person_barred_loses_a_request_to_serve_and_its_keys(cast: Cast) -> None:
    going = walk(cast, "filed")
    seats.bar(going.case, cast.user("intake"), "reporter")  # type: ignore[arg-type]
    offer = going.case.offers.get()
    assert (offer.state, offer.keys.count(), doors(going.case, cast.user("intake"))) == ("ended", 0, set())


def test_a_party_keeps_their_seat_when_they_are_barred_from_serving(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.bar(going.case, cast.user("respondent"), "reporter")  # type: ignore[arg-type]
    assert (
        room(going.case, RoomKind.PARTY, cast.user("respondent")).grants.filter(user=cast.user("respondent")).exists()
    )
