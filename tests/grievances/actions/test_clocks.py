from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from caracol.ledger.chain import entries, first_fault
from caracol.vault import keystore
from caracol.vault.models import Destruction, StoredKey
from grievances import access
from grievances.actions import clocks, intake
from grievances.events import Event
from grievances.models import Case, Notice, Outcome, Room, RoomEpoch, Route, SeatOffer
from grievances.rooms import RoomKind
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

DAY = dt.timedelta(days=1)


def stand_still(case: Case, days: int) -> None:
    """Let the last move of a case have been so many days ago."""
    Case.objects.filter(pk=case.pk).update(moved_at=timezone.now() - days * DAY)


def said(case: Case, event: Event) -> int:
    """Return how often the ledger says that something happened in a case."""
    return len(entries(case.chain, event))


def now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def a_late_offer(cast: Cast) -> SeatOffer:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    offer = going.case.offers.get(user=cast.user("mediator"))
    SeatOffer.objects.filter(pk=offer.pk).update(lapses_at=timezone.now())
    return offer


# Requests to serve


def test_a_request_to_serve_that_nobody_answered_lapses_with_its_keys(cast: Cast) -> None:
    offer = a_late_offer(cast)
    assert clocks.lapse_offers() == 1
    offer.refresh_from_db()
    assert offer.state == SeatOffer.State.LAPSED
    assert offer.keys.count() == 0
    assert list(Destruction.objects.filter(token=offer.token)) or offer.token not in keystore.keys_of([offer.token])


def test_who_let_a_request_lapse_can_no_longer_open_the_names_and_their_keys_were_turned(cast: Cast) -> None:
    offer = a_late_offer(cast)
    names = offer.case.rooms.get(kind=RoomKind.NAMES)
    clocks.lapse_offers()
    assert list(access.rooms_of(cast.user("mediator"))) == []
    assert RoomEpoch.objects.filter(room=names).count() == names.epoch + 1


def test_a_request_lapses_once(cast: Cast) -> None:
    offer = a_late_offer(cast)
    assert [clocks.lapse_offers(), clocks.lapse_offers()] == [1, 0]
    assert said(offer.case, Event.OFFER_ENDED) == 1


def test_who_waits_for_somebody_to_serve_is_told_that_a_request_lapsed_and_who_let_it_lapse_is_not(cast: Cast) -> None:
    offer = a_late_offer(cast)
    Notice.objects.all().delete()
    clocks.lapse_offers()
    told = {(notice.user_id, notice.about) for notice in Notice.objects.filter(case=offer.case)}
    assert told == {(cast.user(login).pk, Event.OFFER_ENDED) for login in ("member", "intake")}


def test_a_request_that_still_has_time_stays(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    assert clocks.lapse_offers() == 0
    assert going.case.offers.get(user=cast.user("mediator")).state == SeatOffer.State.OPEN


def test_a_request_that_cannot_be_ended_does_not_stop_the_others(cast: Cast) -> None:
    broken, well = a_late_offer(cast), a_late_offer(cast)
    names = broken.case.rooms.get(kind=RoomKind.NAMES)
    StoredKey.objects.filter(token=names.token).delete()
    assert clocks.lapse_offers() == 1
    assert [SeatOffer.objects.get(pk=offer.pk).state for offer in (broken, well)] == ["open", "lapsed"]


# Cases that stand still


def test_after_eleven_months_everybody_seated_is_asked_whether_to_go_on(cast: Cast) -> None:
    case = walk(cast, "told").case
    stand_still(case, 336)
    Notice.objects.all().delete()
    assert clocks.ask_to_go_on() == 1
    asked = {(notice.user_id, notice.about) for notice in Notice.objects.filter(case=case)}
    seated = ("member", "respondent", "mediator", "mediator2")
    assert asked == {(cast.user(login).pk, Event.ASKED_TO_GO_ON) for login in seated}
    assert said(case, Event.ASKED_TO_GO_ON) == 1


def test_everybody_is_asked_once(cast: Cast) -> None:
    case = walk(cast, "filed").case
    stand_still(case, 336)
    assert [clocks.ask_to_go_on(), clocks.ask_to_go_on()] == [1, 0]
    assert said(case, Event.ASKED_TO_GO_ON) == 1


def test_asking_is_no_move(cast: Cast) -> None:
    case = walk(cast, "filed").case
    stand_still(case, 336)
    before = now(case)
    clocks.ask_to_go_on()
    assert (now(case).moved_at, now(case).version) == (before.moved_at, before.version)


@pytest.mark.parametrize("days", [0, 334])
def test_before_eleven_months_nobody_is_asked(cast: Cast, days: int) -> None:
    stand_still(walk(cast, "filed").case, days)
    assert clocks.ask_to_go_on() == 0


def test_nobody_is_asked_about_a_draft_or_a_closed_case(cast: Cast) -> None:
    draft, closed = Walk.begin(cast).case, walk(cast, "filed")
    closed.take(Step.WITHDRAW, "member")
    for case in (draft, closed.case):
        stand_still(case, 400)
    assert clocks.ask_to_go_on() == 0
    assert clocks.lapse_cases() == 0


def test_a_month_after_the_asking_the_case_lapses(cast: Cast) -> None:
    case = walk(cast, "served").case
    stand_still(case, 366)
    Case.objects.filter(pk=case.pk).update(asked_to_go_on_at=timezone.now() - 31 * DAY)
    assert clocks.lapse_cases() == 1
    assert (now(case).stage, now(case).outcome) == (Stage.CLOSED, Outcome.LAPSED)
    assert said(case, Event.LAPSED) == 1
    assert not Room.objects.filter(case=case, kind=RoomKind.MEDIATORS, destroyed_at=None).exists()


def test_a_case_lapses_once(cast: Cast) -> None:
    case = walk(cast, "filed").case
    stand_still(case, 366)
    Case.objects.filter(pk=case.pk).update(asked_to_go_on_at=timezone.now() - 31 * DAY)
    assert [clocks.lapse_cases(), clocks.lapse_cases()] == [1, 0]


@pytest.mark.parametrize(("still", "asked"), [(366, 29), (364, 31), (366, None)])
def test_a_case_does_not_lapse_before_its_time_or_unasked(cast: Cast, still: int, asked: int | None) -> None:
    case = walk(cast, "filed").case
    stand_still(case, still)
    since = None if asked is None else timezone.now() - asked * DAY
    Case.objects.filter(pk=case.pk).update(asked_to_go_on_at=since)
    assert clocks.lapse_cases() == 0
    assert now(case).stage == Stage.INTAKE


def test_a_step_after_the_asking_keeps_the_case_open(cast: Cast) -> None:
    going = walk(cast, "filed")
    stand_still(going.case, 336)
    clocks.ask_to_go_on()
    going.take(Step.ACCEPT, "intake")
    stand_still(going.case, 366)
    assert clocks.lapse_cases() == 0
    assert now(going.case).asked_to_go_on_at is None


def test_a_case_that_cannot_lapse_does_not_stop_the_others(cast: Cast) -> None:
    broken, well = walk(cast, "filed").case, walk(cast, "filed").case
    for case in (broken, well):
        stand_still(case, 366)
        Case.objects.filter(pk=case.pk).update(asked_to_go_on_at=timezone.now() - 31 * DAY)
    StoredKey.objects.filter(token=broken.rooms.get(kind=RoomKind.NAMES).token).delete()
    assert clocks.lapse_cases() == 1
    assert [now(case).stage for case in (broken, well)] == [Stage.INTAKE, Stage.CLOSED]


def test_the_chains_hold_after_every_job(cast: Cast) -> None:
    a_late_offer(cast)
    stand_still(walk(cast, "told").case, 400)
    for job in (clocks.lapse_offers, clocks.ask_to_go_on, clocks.lapse_cases, clocks.destroy_keys, clocks.sweep_keys):
        job()
    assert first_fault() is None


# Keys


def born(token: str, days_ago: int) -> None:
    keystore.birth(token)
    StoredKey.objects.filter(token=token).update(made_on=timezone.localdate() - days_ago * DAY)


def test_a_key_that_no_room_and_no_request_knows_is_swept(cast: Cast) -> None:
    intake.begin(Route.HARMED, by=cast["member"])
    born("an-orphan", 2)
    assert clocks.sweep_keys() == 1
    assert keystore.keys_of(["an-orphan"]) == {}


def test_young_keys_and_the_keys_of_rooms_and_waiting_requests_stay(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    born("young", 1)
    needed = {
        *going.case.rooms.filter(destroyed_at=None).values_list("token", flat=True),
        *going.case.offers.filter(state=SeatOffer.State.OPEN).values_list("token", flat=True),
    }
    StoredKey.objects.filter(token__in=needed).update(made_on=timezone.localdate() - 9 * DAY)
    clocks.sweep_keys()
    assert keystore.keys_of({*needed, "young"}).keys() == {*needed, "young"}


def test_nothing_is_swept_beside_an_empty_database(db: None) -> None:
    born("somebody-set-the-wrong-database", 9)
    assert clocks.sweep_keys() == 0
    assert keystore.keys_of(["somebody-set-the-wrong-database"]) != {}


def test_destructions_that_were_left_over_are_done(db: None) -> None:
    keystore.birth("left-over")
    Destruction.objects.create(token="left-over")
    assert [clocks.destroy_keys(), clocks.destroy_keys()] == [1, 0]
    assert keystore.keys_of(["left-over"]) == {}
