from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from caracol.accounts import people as accounts
from caracol.accounts import roles
from caracol.accounts.models import SiteRole
from grievances import access
from grievances.actions import clocks, papers, people, serving
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Consent, Notice, Seat, SeatOffer
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import ACCOUNT, DRAFT, Cast, walk
from tests.grievances.moves import barring, doors, opened, replaced, room

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def who_could(cast: Cast, going_case: object, login: str = "intake") -> set[str]:
    found = people.who_could_serve(going_case, asked_by=cast.user(login))  # type: ignore[arg-type]
    return {login for login, actor in cast.actors.items() if actor.user in found}


# Asked to serve


def test_intake_opens_names_before_they_accept_and_nothing_else(cast: Cast) -> None:
    case = walk(cast, "filed").case
    assert (doors(case, cast.user("intake")), access.case_seen_by(cast.user("intake"), case.reference)) == (
        {"names"},
        None,
    )


def test_a_mediator_asked_to_serve_opens_names_and_nothing_else(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    assert opened(going.case, cast["mediator"]) == {("named", "Robin"), ("identity", "Member Somebody")}


def test_accepting_opens_the_other_rooms_with_what_was_written_before(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    going.take(Step.ACCEPT, "mediator")
    assert ("statement", "The cat was chased off the porch.") in opened(going.case, cast["mediator"])


def test_the_one_asked_is_told_and_nobody_else(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    Notice.objects.all().delete()
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    assert [notice.user for notice in Notice.objects.select_related("user")] == [cast.user("mediator")]


def test_intake_ends_with_the_second_mediator(cast: Cast) -> None:
    case = walk(cast, "served").case
    intake = cast.user("intake")
    assert (doors(case, intake), access.case_seen_by(intake, case.reference)) == (set(), None)


def test_where_one_mediator_is_agreed_to_intake_ends_with_the_first(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written(one_mediator="yes")
    going.take(Step.FILE, "member")
    going.taken_in()
    for login in ("mediator", "mediator2"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    going.take(Step.ACCEPT, "mediator")
    intake = cast.user("intake")
    assert (doors(going.case, intake), access.case_seen_by(intake, going.case.reference)) == (set(), None)
    going.take(Step.ACCEPT, "mediator2")


def test_intake_stays_while_the_second_mediator_is_missing(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    going.take(Step.ACCEPT, "mediator")
    assert doors(going.case, cast.user("intake")) == {"names", cast.user("member").handle}


def test_intake_ends_when_the_case_closes_with_nobody_else_serving(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.WITHDRAW, "member")
    intake = cast.user("intake")
    assert (doors(going.case, intake), access.case_seen_by(intake, going.case.reference)) == (set(), None)


def test_whoever_took_it_in_and_then_mediates_keeps_the_keys(cast: Cast) -> None:
    roles.give(SiteRole.MEDIATOR, to=cast.user("intake"), by=cast.user("secretary"), second=cast.user("mediator"))
    going = walk(cast, "taken_in")
    for login in ("intake", "mediator2"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
        going.take(Step.ACCEPT, login)
    assert doors(going.case, cast.user("intake")) == {"names", "table", "mediators", cast.user("member").handle}


def test_every_other_request_to_serve_ends_with_the_second_mediator(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    for login in ("mediator", "mediator2", "mediator3"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    for login in ("mediator", "mediator2"):
        going.take(Step.ACCEPT, login)
    with pytest.raises(NotYours):
        going.take(Step.ACCEPT, "mediator3")
    assert doors(going.case, cast.user("mediator3")) == set()


def test_a_request_that_was_not_answered_for_seven_days_cannot_be_accepted(cast: Cast) -> None:
    going = walk(cast, "filed")
    offer = going.case.offers.get()
    SeatOffer.objects.update(lapses_at=timezone.now())
    with pytest.raises(NotYours):
        going.take(Step.ACCEPT, "intake")
    assert offer.lapses_at - offer.asked_at == dt.timedelta(days=7)


def test_nobody_has_two_requests_open_in_one_case(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    with pytest.raises(NotOpen, match="can't be asked"):
        going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    assert going.case.offers.filter(user=cast.user("mediator")).count() == 1


def test_who_lost_the_role_since_being_asked_cannot_accept(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    roles.end(SiteRole.MEDIATOR, of=cast.user("mediator"), by=cast.user("secretary"))
    with pytest.raises(NotYours):
        going.take(Step.ACCEPT, "mediator")


# Recusal


def test_recusing_takes_every_key_and_the_case_at_once(cast: Cast) -> None:
    going = walk(cast, "told")
    case = going.take(Step.RECUSE, "mediator")
    gone = cast.user("mediator")
    assert (doors(case, gone), access.case_seen_by(gone, case.reference)) == (set(), None)
    assert (opened(case, cast["mediator"]), case.seats.get(user=gone).parts) == (set(), frozenset())


def test_who_recused_is_never_asked_again(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    going.take(Step.RECUSE, "mediator")
    assert who_could(cast, going.case) == {"mediator2", "mediator3"}
    with pytest.raises(NotOpen):
        going.take(Step.ASK, "intake", who=cast.user("mediator").handle)


def test_who_recused_from_being_asked_no_longer_opens_names(cast: Cast) -> None:
    going = walk(cast, "filed")
    going.take(Step.RECUSE, "intake")
    assert doors(going.case, cast.user("intake")) == set()


# Keys that follow


def test_rooms_that_the_asker_does_not_hold_open_from_the_next_word_on(cast: Cast) -> None:
    going = walk(cast, "told")
    replaced(going)
    theirs = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    assert (theirs.epoch, theirs.grants.get(user=cast.user("mediator3")).owed) == (3, 1)


def test_the_table_waits_for_who_agreed_before_it_was_built(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    papers.consent(going.case, Consent.To.MEDIATION, by=cast["member"])
    going.served()
    assert RoomKind.TABLE in doors(going.case, cast.user("member"))


def test_a_mediators_seat_written_into_the_database_gets_no_key_to_a_room_built_later(cast: Cast) -> None:
    going = walk(cast, "served")
    thief = cast.user("mediator3")
    Seat.objects.create(case=going.case, user=thief, mediator=True, taken_at=timezone.now())
    access.let_in(thief, going.case, access.SERVE, timezone.now())
    going.told()
    going.packed()
    assert doors(going.case, thief) == set()


# Nobody left


def test_with_everybody_on_intake_duty_in_conflict_nobody_is_asked_and_the_reporter_asks_a_mediator(cast: Cast) -> None:
    going = barring(cast, "intake")
    without = Facts(going.case, cast.user("member")).without_anybody
    going.take(Step.ASK, "member", who=cast.user("mediator").handle)
    going.take(Step.ACCEPT, "mediator")
    assert (without, Facts(going.case, None).without_anybody) == (True, False)
    assert ("statement", "The cat was chased off the porch.") in opened(going.case, cast["mediator"])


def test_those_on_intake_duty_are_asked_again_by_whoever_holds_a_key(cast: Cast) -> None:
    going = walk(cast, "filed")
    SeatOffer.objects.update(lapses_at=timezone.now())
    clocks.lapse_offers()
    going.take(Step.ASK, "member", who=serving.ON_DUTY)
    going.take(Step.ACCEPT, "intake")
    assert doors(going.case, cast.user("intake")) == {"names", cast.user("member").handle}


def test_on_intake_duty_nobody_is_asked_whom_the_reporter_was_not_asked_about(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    roles.give(SiteRole.INTAKE, to=cast.user("witness"), by=cast.user("secretary"), second=cast.user("intake"))
    with pytest.raises(NotOpen, match="can't be asked"):
        going.take(Step.ASK, "member", who=serving.ON_DUTY)
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    going.take(Step.ASK, "intake", who=serving.ON_DUTY)
    assert going.case.offers.filter(state="open").get().user == cast.user("witness")


def test_once_two_mediators_serve_nobody_on_intake_duty_is_asked(cast: Cast) -> None:
    going = walk(cast, "served")
    with pytest.raises(NotOpen):
        going.take(Step.ASK, "member", who=serving.ON_DUTY)


def test_the_reporter_is_told_when_the_last_request_lapses(cast: Cast) -> None:
    going = walk(cast, "filed")
    Notice.objects.all().delete()
    SeatOffer.objects.update(lapses_at=timezone.now())
    clocks.lapse_offers()
    assert [(told.user, told.about) for told in Notice.objects.select_related("user")] == [
        (cast.user("member"), Event.OFFER_ENDED)
    ]
    assert Facts(going.case, None).without_anybody


def test_the_reporter_is_told_when_the_only_one_who_serves_loses_the_account(cast: Cast) -> None:
    walk(cast, "taken_in")
    Notice.objects.all().delete()
    accounts.deactivate(cast.user("intake"), by=cast.user("secretary"))
    assert [(told.user, told.about) for told in Notice.objects.select_related("user")] == [
        (cast.user("member"), Event.SEAT_LEFT)
    ]


def test_the_reporter_is_not_told_while_another_still_serves(cast: Cast) -> None:
    walk(cast, "served")
    Notice.objects.all().delete()
    accounts.deactivate(cast.user("mediator"), by=cast.user("secretary"))
    assert not Notice.objects.exists()


# Handing over


def test_whoever_steps_back_hands_on_the_older_keys_that_others_wait_for(cast: Cast) -> None:
    going = walk(cast, "told")
    replaced(going)
    theirs = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    going.take(Step.RECUSE, "mediator")
    assert theirs.grants.get(user=cast.user("mediator3")).owed == 0
    assert ("account", ACCOUNT) in opened(going.case, cast["mediator3"])


def test_whoever_steps_back_puts_the_keys_they_hold_into_a_request_that_waits(cast: Cast) -> None:
    going = walk(cast, "told")
    going.take(Step.RECUSE, "mediator2")
    going.take(Step.ASK, "member", who=cast.user("mediator3").handle)
    going.take(Step.RECUSE, "mediator")
    going.take(Step.ACCEPT, "mediator3")
    assert {("account", ACCOUNT), ("statement", DRAFT["saw"])} <= opened(going.case, cast["mediator3"])


def test_where_the_last_one_steps_back_those_on_intake_duty_are_asked_and_told(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.RECUSE, "mediator2")
    Notice.objects.all().delete()
    going.take(Step.RECUSE, "mediator")
    assert {told.user for told in Notice.objects.select_related("user")} == {cast.user("member"), cast.user("intake")}
    going.take(Step.ACCEPT, "intake")
    assert ("statement", DRAFT["saw"]) in opened(going.case, cast["intake"])


@pytest.mark.parametrize("until", ["served", "told", "one_on_one", "mediation", "amends", "national"])
def test_at_every_stage_one_can_step_back_and_the_rooms_turn(until: str, cast: Cast) -> None:
    going = walk(cast, until)
    standing = going.case.rooms.filter(destroyed_at=None, grants__user=cast.user("mediator"))
    before = dict(standing.values_list("pk", "epoch"))
    going.take(Step.RECUSE, "mediator")
    after = dict(going.case.rooms.filter(pk__in=before).values_list("pk", "epoch"))
    assert before
    assert after == {pk: epoch + 1 for pk, epoch in before.items()}
    assert (doors(going.case, cast.user("mediator")), opened(going.case, cast["mediator"])) == (set(), set())
