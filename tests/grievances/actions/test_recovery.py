from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from caracol.accounts import roles
from caracol.accounts.models import SiteRole, User
from caracol.ledger.chain import entries, first_fault
from caracol.vault import box, keystore
from caracol.vault.recovery import (
    ShareForeign,
    ShareRefused,
    ShareRepeated,
    TooFewShares,
    combine,
    new_kit,
    seal_room_key,
)
from grievances import access
from grievances.actions import people, recovery
from grievances.events import Event
from grievances.exceptions import NoKey, NotOpen, NotYours
from grievances.models import Entry, EntryKind, Notice, Pseudonym, RecoveryRequest, RecoverySeal, RoomEpoch, SeatOffer
from grievances.organisation import CEREMONY_HELD, CEREMONY_REFUSED, CHAIN, state_kit
from grievances.sealing import read_one
from grievances.workflow import Step
from tests.grievances.cast import DRAFT, Cast, Walk, walk
from tests.grievances.kit import Stewards, lose_all_keys, stewards

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def kept(cast: Cast) -> Stewards:
    """A kit in force, made before any concern is filed."""
    return stewards(cast)


@pytest.fixture
def going(cast: Cast, kept: Stewards) -> Walk:
    """A case taken in, with two people who could mediate it and a third."""
    return walk(cast, "taken_in")


def asked(going: Walk, *mediators: str, by: str = "member") -> str:
    handles = [going.cast.user(login).handle for login in mediators or ("mediator",)]
    return recovery.ask(going.case, handles, by=going.cast[by])


def statement(going: Walk) -> Entry:
    return Entry.objects.select_related("room__case", "author").get(room__case=going.case, kind=EntryKind.STATEMENT)


def offers_to(going: Walk, login: str) -> list[SeatOffer]:
    return list(going.case.offers.filter(user=going.cast.user(login), state=SeatOffer.State.OPEN))


def opened_by_hand(going: Walk, shares: list[str], kept: Stewards) -> list[int]:
    """Open the seals of a case as a thief of both databases would, with these shares."""
    return list(recovery._opened(going.case, combine(shares, kept.made.kit), kept.made.kit))


# From kit to key


def test_what_everybody_lost_the_key_to_a_named_mediator_reads_again(going: Walk, kept: Stewards) -> None:
    lose_all_keys(going)
    with pytest.raises(NoKey):
        read_one(statement(going), by=going.cast["member"])
    kept.carry_out(asked(going))
    going.take(Step.ACCEPT, "mediator")
    assert read_one(statement(going), by=going.cast["mediator"])["saw"] == DRAFT["saw"]
    assert first_fault() is None


def test_before_they_say_yes_the_mediator_opens_the_names_and_nothing_else(going: Walk, kept: Stewards) -> None:
    lose_all_keys(going)
    kept.carry_out(asked(going))
    rooms = access.rooms_of(going.cast.user("mediator"))
    assert list(rooms.values_list("kind", flat=True)) == ["names"]


def test_a_mediator_who_came_in_anew_gets_back_what_they_had(cast: Cast, kept: Stewards) -> None:
    going = walk(cast, "served")
    lose_all_keys(going)
    kept.carry_out(asked(going, "mediator"))
    going.take(Step.ACCEPT, "mediator")
    assert read_one(statement(going), by=cast["mediator"])["effect"] == DRAFT["effect"]
    assert going.case.seats.filter(mediator=True, left_at=None).count() == 2


def test_turned_rooms_are_recovered_with_all_their_epochs(cast: Cast, kept: Stewards) -> None:
    going = walk(cast, "served")
    going.take(Step.RECUSE, "mediator2")
    lose_all_keys(going)
    kept.carry_out(asked(going, "mediator"))
    going.take(Step.ACCEPT, "mediator")
    held = access.grants_of(cast.user("mediator"), list(going.case.rooms.filter(kind="party")))
    assert [len(keys) for keys in held.values()] == [
        room.epoch for room in going.case.rooms.filter(kind="party", destroyed_at=None)
    ]


def test_two_can_be_named_at_once(going: Walk, kept: Stewards) -> None:
    kept.carry_out(asked(going, "mediator", "mediator2"))
    assert len(offers_to(going, "mediator")) == len(offers_to(going, "mediator2")) == 1


def test_whoever_took_the_concern_in_may_ask(going: Walk) -> None:
    assert len(asked(going, by="intake")) == len("abcd-efgh-ijkl-mnop")


# Told, recorded, and shown to nobody else


def test_the_ledger_of_the_case_says_who_was_asked_and_that_it_was_done(going: Walk, kept: Stewards) -> None:
    kept.carry_out(asked(going))
    told = [entry for entry in entries(going.case.chain) if entry.event.startswith("case:recovery")]
    named = [Pseudonym.of(going.case.chain, going.cast.user("mediator"))]
    assert [(entry.event, entry.details["to"]) for entry in told] == [
        (Event.RECOVERY_ASKED, named),
        (Event.RECOVERED, named),
    ]


def test_everybody_with_a_seat_is_told_and_who_is_asked_too(cast: Cast, kept: Stewards) -> None:
    going = walk(cast, "told")
    going.take(Step.RECUSE, "mediator2")
    cast["mediator3"]
    kept.carry_out(asked(going, "mediator3"))
    told = Notice.objects.filter(case=going.case, event=Event.RECOVERED).values_list("user__handle", flat=True)
    assert set(told) == {cast.user(login).handle for login in ("member", "respondent", "mediator")}
    assert Notice.objects.filter(case=going.case, user=cast.user("mediator3"), step=Step.ASK).count() == 1


def test_who_asked_is_not_told_what_they_did(going: Walk) -> None:
    asked(going)
    told = Notice.objects.filter(case=going.case, event=Event.RECOVERY_ASKED).values_list("user__handle", flat=True)
    assert list(told) == [going.cast.user("intake").handle]


def test_the_organisations_chain_says_who_was_there_and_not_which_case(going: Walk, kept: Stewards) -> None:
    kept.carry_out(asked(going))
    [held] = entries(CHAIN, CEREMONY_HELD)
    assert held.details == {"by": sorted(user.handle for user in kept.users())}


def test_a_refused_ceremony_is_recorded(going: Walk, kept: Stewards) -> None:
    with pytest.raises(ShareRefused):
        recovery.hold_ceremony(asked(going), ["not", "shares"], by=kept.users())
    assert len(entries(CHAIN, CEREMONY_REFUSED)) == 1


def test_the_ceremony_gives_the_stewards_nothing(going: Walk, kept: Stewards) -> None:
    kept.carry_out(asked(going))
    for user in kept.users(3):
        assert not access.rooms_of(user).exists()
        assert access.case_seen_by(user, going.case.reference) is None
        assert not Notice.objects.filter(user=user).exists()
        assert not Pseudonym.objects.filter(user=user).exists()


def test_the_code_is_kept_nowhere(going: Walk) -> None:
    code = asked(going)
    [request] = RecoveryRequest.objects.all()
    kept_of_it = f"{vars(request)} {[entry.facts for entry in entries(going.case.chain)]}"
    assert [form for form in (code, code.replace("-", "")) if form in kept_of_it] == []


# Abuse


def refusal(code: str, kept: Stewards) -> str:
    with pytest.raises(NotOpen) as refused:
        kept.carry_out(code)
    return str(refused.value.reason)


def test_every_code_that_opens_nothing_is_refused_in_the_same_words(going: Walk, kept: Stewards) -> None:
    done = asked(going)
    kept.carry_out(done)
    replaced = asked(going, "mediator2")
    asked(going, "mediator2")
    said = {refusal(code, kept) for code in (done, replaced, "abcd-efgh", "")}
    assert said == {str(recovery.GONE)}


@pytest.mark.everywhere
def test_a_request_opened_again_in_the_database_is_not_believed(going: Walk, kept: Stewards) -> None:
    done = asked(going)
    kept.carry_out(done)
    replaced = asked(going, "mediator2")
    asked(going, "mediator2")
    for code in (done, replaced):
        RecoveryRequest.objects.update(state=RecoveryRequest.State.ENDED)
        RecoveryRequest.objects.filter(code_tag=recovery._tag(code)).update(state=RecoveryRequest.State.OPEN)
        assert refusal(code, kept) == str(recovery.GONE)


def test_a_request_lapses_after_two_weeks(going: Walk, kept: Stewards, monkeypatch: pytest.MonkeyPatch) -> None:
    code = asked(going)
    later = timezone.now() + dt.timedelta(days=14)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert refusal(code, kept) == str(recovery.GONE)


def test_a_code_may_be_typed_with_capitals_and_spaces(going: Walk, kept: Stewards) -> None:
    kept.carry_out(asked(going).upper().replace("-", " "))
    assert len(offers_to(going, "mediator")) == 1


def test_a_mediator_in_conflict_cannot_be_named(going: Walk) -> None:
    people.say_who_must_not_serve(going.case, [going.cast.user("mediator")], by=going.cast["member"])
    with pytest.raises(NotOpen):
        asked(going, "mediator")
    with pytest.raises(NotOpen):
        asked(going, "mediator", "mediator2")


def test_a_mediator_in_conflict_since_then_is_not_asked(going: Walk, kept: Stewards) -> None:
    code = asked(going, "mediator", "mediator2")
    people.say_who_must_not_serve(going.case, [going.cast.user("mediator")], by=going.cast["member"])
    kept.carry_out(code)
    assert (offers_to(going, "mediator"), len(offers_to(going, "mediator2"))) == ([], 1)


def test_when_all_who_were_named_are_in_conflict_nothing_is_carried_out(going: Walk, kept: Stewards) -> None:
    code = asked(going, "mediator")
    people.say_who_must_not_serve(going.case, [going.cast.user("mediator")], by=going.cast["member"])
    assert refusal(code, kept) == str(recovery.GONE)


@pytest.mark.parametrize("login", ["stranger", "steering", "respondent", "member", "intake"])
def test_only_mediators_can_be_named(going: Walk, login: str) -> None:
    with pytest.raises(NotOpen):
        asked(going, login)


def test_a_mediator_who_laid_the_role_down_is_not_asked(going: Walk, kept: Stewards) -> None:
    code = asked(going)
    roles.end(SiteRole.MEDIATOR, of=going.cast.user("mediator"), by=going.cast.user("secretary"))
    assert refusal(code, kept) == str(recovery.GONE)


def test_somebody_made_mediator_after_filing_is_named_by_the_reporter_alone(going: Walk) -> None:
    late, secretary, mediator = (going.cast.user(login) for login in ("late", "secretary", "mediator"))
    roles.give(SiteRole.MEDIATOR, to=late, by=secretary, second=mediator)
    with pytest.raises(NotOpen):
        asked(going, "late", by="intake")
    assert asked(going, "late", by="member")


def test_no_more_are_named_than_there_are_seats(cast: Cast, kept: Stewards) -> None:
    cast["mediator3"]
    going = walk(cast, "served")
    with pytest.raises(NotOpen):
        asked(going, "mediator3")


@pytest.mark.parametrize("login", ["respondent", "stranger", "steering", "secretary"])
def test_others_cannot_ask(cast: Cast, kept: Stewards, login: str) -> None:
    going = walk(cast, "told")
    with pytest.raises(NotYours):
        asked(going, "mediator", by=login)


def test_who_asked_and_was_since_unseated_has_asked_in_vain(going: Walk, kept: Stewards) -> None:
    code = asked(going, by="intake")
    going.take(Step.RECUSE, "intake")
    assert refusal(code, kept) == str(recovery.GONE)


def test_a_request_written_into_the_database_is_not_believed(going: Walk, kept: Stewards) -> None:
    code = asked(going)
    request = RecoveryRequest.objects.get()
    request.mediators.set([going.cast.user("mediator3")])
    assert refusal(code, kept) == str(recovery.GONE)


def test_a_request_made_up_in_the_database_is_not_believed(going: Walk, kept: Stewards) -> None:
    now = timezone.now()
    forged = RecoveryRequest.objects.create(
        case=going.case,
        asked_by=going.cast.user("member"),
        code_tag=recovery._tag("aaaabbbbccccdddd"),
        asked_at=now,
        lapses_at=now + dt.timedelta(days=14),
    )
    forged.mediators.set([going.cast.user("mediator3")])
    assert refusal("aaaabbbbccccdddd", kept) == str(recovery.GONE)


def test_a_seal_swapped_for_one_with_another_key_is_left_out(going: Walk, kept: Stewards) -> None:
    for seal in RecoverySeal.objects.filter(room__case=going.case).select_related("room"):
        token = seal.room.token
        seal.sealed = seal_room_key(
            box.new_box_pair().private,
            room=token,
            epoch=seal.epoch,
            kit=kept.made.kit,
            shred=keystore.key_of(token),
        )
        seal.save()
    assert refusal(asked(going), kept) == str(recovery.GONE)


def test_the_same_person_cannot_type_two_shares(going: Walk, kept: Stewards) -> None:
    one = kept.users(1)
    for there in (one, one * 2, [*one, going.cast.user("secretary")]):
        with pytest.raises(NotYours):
            recovery.hold_ceremony(asked(going), kept.shares(), by=there)


def test_the_same_share_twice_is_refused(going: Walk, kept: Stewards) -> None:
    with pytest.raises(ShareRepeated):
        recovery.hold_ceremony(asked(going), kept.shares(1) * 2, by=kept.users())


def test_a_share_of_another_organisation_is_refused(going: Walk, kept: Stewards) -> None:
    foreign = new_kit()
    while foreign.kit.mark == kept.made.kit.mark:
        foreign = new_kit()
    with pytest.raises(ShareForeign):
        recovery.hold_ceremony(asked(going), [kept.made.shares[0], foreign.shares[1]], by=kept.users())


def test_a_case_whose_recovery_was_left_out_is_not_recovered(cast: Cast, kept: Stewards) -> None:
    cast["intake"], cast["mediator"]
    going = Walk.begin(cast)
    going.written(leave_recovery_out="yes")
    going.take(Step.FILE, "member")
    with pytest.raises(NotOpen) as refused:
        asked(going)
    assert str(refused.value.reason) == str(recovery.NOTHING_SEALED)
    assert opened_by_hand(going, kept.shares(), kept) == []


def test_a_kept_back_name_stays_kept_back_from_the_organisation(cast: Cast, kept: Stewards) -> None:
    cast["intake"], cast["mediator"]
    going = Walk.begin(cast)
    going.written(keep_back="yes")
    going.take(Step.FILE, "member")
    lose_all_keys(going)
    kept.carry_out(asked(going))
    going.take(Step.ACCEPT, "mediator")
    told = Entry.objects.filter(room__case=going.case, kind=EntryKind.IDENTITY).select_related("room__case", "author")
    names = {entry.room.kind: entry for entry in told}
    assert read_one(names["names"], by=cast["mediator"]) == {"kept_back": "yes"}
    with pytest.raises(NoKey):
        read_one(names["identity"], by=cast["mediator"])


# With both databases in hand


def test_fewer_shares_than_needed_open_nothing_with_both_databases_and_enough_open_all(
    going: Walk, kept: Stewards
) -> None:
    for few in ([], kept.shares(1)):
        with pytest.raises(TooFewShares):
            opened_by_hand(going, few, kept)
    sealed = RoomEpoch.objects.filter(room__case=going.case, room__kind__in=["names", "party"])
    assert len(opened_by_hand(going, kept.shares(2), kept)) == len({epoch.room_id for epoch in sealed}) == 2


def test_a_destroyed_room_opens_to_no_number_of_shares(going: Walk, kept: Stewards) -> None:
    tokens = list(going.case.rooms.filter(destroyed_at=None).values_list("token", flat=True))
    keystore.destroy_later(*tokens)
    keystore.run_destructions()
    assert opened_by_hand(going, kept.shares(2), kept) == []


def test_a_kit_half_renewed_is_finished_first(going: Walk, kept: Stewards) -> None:
    code = asked(going)
    newer = new_kit()
    state_kit(newer.kit)
    with pytest.raises(NotOpen) as refused:
        recovery.hold_ceremony(code, newer.shares[:2], by=kept.users())
    assert "renewed" in str(refused.value.reason)


def test_before_there_is_a_kit_there_is_no_ceremony(cast: Cast) -> None:
    nobody: list[User] = []
    with pytest.raises(NotOpen):
        recovery.hold_ceremony("abcd", [], by=nobody)
