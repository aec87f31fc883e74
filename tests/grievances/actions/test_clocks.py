from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from caracol.accounts import roles
from caracol.accounts.models import SiteRole
from caracol.ledger.chain import entries, first_fault
from caracol.vault import keystore
from caracol.vault.models import Destruction, StoredKey
from grievances import access
from grievances.actions import clocks, dates, intake, people
from grievances.deadlines import today
from grievances.events import Event
from grievances.models import Case, Clock, Notice, Outcome, Room, RoomEpoch, Route, SeatOffer
from grievances.rooms import RoomKind
from grievances.waiting import notices_to
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


# Dates that passed


def passed(case: Case, kind: Clock.Kind, days: int) -> None:
    Clock.objects.filter(case=case, kind=kind).update(due_on=today() - days * DAY)
    Notice.objects.all().delete()


def told_of(cast: Cast, event: Event) -> set[str]:
    people = {actor.user.pk: login for login, actor in cast.actors.items()}
    return {people[notice.user_id] for notice in Notice.objects.filter(event=event)}


def stays_late(cast: Cast, *, intake_too: bool) -> Case:
    """A case of which a date passed, and then as much time again."""
    going = Walk.begin(cast)
    going.written(tell_intake="on" if intake_too else "")
    going.take(Step.FILE, "member")
    going.taken_in()
    going.served()
    passed(going.case, Clock.Kind.DISTINGUISH, 1)
    clocks.tell_of_late_dates()
    passed(going.case, Clock.Kind.DISTINGUISH, 8)
    return going.case


def test_a_date_that_passed_is_told_to_the_mediators_and_the_reporter_once(cast: Cast) -> None:
    case = walk(cast, "told").case
    passed(case, Clock.Kind.ANSWER, 1)
    assert [clocks.tell_of_late_dates(), clocks.tell_of_late_dates()] == [1, 0]
    assert told_of(cast, Event.CLOCK_LATE) == {"member", "mediator", "mediator2"}
    assert said(case, Event.CLOCK_LATE) == 1


def test_before_anybody_mediates_the_intake_person_is_told(cast: Cast) -> None:
    case = walk(cast, "taken_in").case
    passed(case, Clock.Kind.DISTINGUISH, 1)
    clocks.tell_of_late_dates()
    assert told_of(cast, Event.CLOCK_LATE) == {"member", "intake"}


def test_on_the_day_itself_and_while_it_pauses_nothing_is_late(cast: Cast) -> None:
    case = walk(cast, "told").case
    passed(case, Clock.Kind.ANSWER, 0)
    assert clocks.tell_of_late_dates() == 0
    passed(case, Clock.Kind.ANSWER, 30)
    Clock.objects.filter(case=case, kind=Clock.Kind.ANSWER).update(paused_on=today())
    assert clocks.tell_of_late_dates() == 0


def test_a_date_that_passed_moves_no_case(cast: Cast) -> None:
    case = walk(cast, "told").case
    before = now(case)
    passed(case, Clock.Kind.ANSWER, 400)
    for _ in range(3):
        clocks.tell_of_late_dates()
    after = now(case)
    assert (after.stage, after.version, after.moved_at) == (before.stage, before.version, before.moved_at)


def test_a_date_that_was_set_anew_and_passed_again_is_told_anew(cast: Cast) -> None:
    case = walk(cast, "told").case
    passed(case, Clock.Kind.ANSWER, 1)
    clocks.tell_of_late_dates()
    clock = case.clocks.get(kind=Clock.Kind.ANSWER)
    seen = dates.Seen(Clock.Kind.ANSWER, clock.due_on, paused=False)
    dates.move(case, seen, today(), "They asked for it.", by=cast["mediator"])
    passed(case, Clock.Kind.ANSWER, 1)
    assert clocks.tell_of_late_dates() == 1


def test_after_as_much_time_again_one_person_on_intake_duty_is_told_where_the_reporter_wished_so(cast: Cast) -> None:
    case = stays_late(cast, intake_too=True)
    assert [clocks.tell_of_late_dates(), clocks.tell_of_late_dates()] == [1, 0]
    assert told_of(cast, Event.CLOCK_LATE_AGAIN) == {"member", "mediator", "mediator2"}
    assert told_of(cast, Event.INTAKE_TOLD) == {"intake"}
    assert said(case, Event.INTAKE_TOLD) == 1


def test_without_the_reporters_wish_nobody_on_intake_duty_is_told(cast: Cast) -> None:
    stays_late(cast, intake_too=False)
    assert clocks.tell_of_late_dates() == 1
    assert told_of(cast, Event.CLOCK_LATE_AGAIN) == {"member", "mediator", "mediator2"}
    assert told_of(cast, Event.INTAKE_TOLD) == set()


def test_nobody_in_conflict_is_told_that_something_stays_late_then_or_later(cast: Cast) -> None:
    case = stays_late(cast, intake_too=True)
    clocks.tell_of_late_dates()
    assert [notice.about for notice in notices_to(cast.user("intake"))] == [Event.INTAKE_TOLD]
    people.say_who_must_not_serve(case, [cast.user("intake")], by=cast["member"])
    assert list(notices_to(cast.user("intake"))) == []
    Clock.objects.update(told_again_at=None)
    Notice.objects.all().delete()
    assert clocks.tell_of_late_dates() == 1
    assert told_of(cast, Event.INTAKE_TOLD) == set()


def test_who_leaves_intake_duty_reads_of_it_no_more(cast: Cast) -> None:
    stays_late(cast, intake_too=True)
    clocks.tell_of_late_dates()
    roles.end(SiteRole.INTAKE, of=cast.user("intake"), by=cast.user("intake"))
    assert list(notices_to(cast.user("intake"))) == []


def test_what_is_read_on_duty_says_who_mediates_and_leads_to_no_case(cast: Cast) -> None:
    case = stays_late(cast, intake_too=True)
    clocks.tell_of_late_dates()
    browser = cast.browser("intake")
    told = browser.get("/").context["news"]
    assert [(each.about, each.url) for each in told] == [(case.reference, "/intake/")]
    assert "Server mediator, Server mediator2" in told[0].says
    assert browser.get(f"/cases/{case.reference}/").status_code == 404


def test_where_people_were_barred_in_words_only_who_took_it_in_is_told(cast: Cast) -> None:
    case = stays_late(cast, intake_too=True)
    people.say_in_words_who_must_not_serve(case, "Not the tall one.", by=cast["member"])
    case.seats.filter(intake=True).update(intake=False, mediator=True, left_at=timezone.now())
    assert clocks.tell_of_late_dates() == 1
    assert told_of(cast, Event.INTAKE_TOLD) == set()


def test_half_a_year_after_closing_those_concerned_are_asked_once_how_it_is(cast: Cast) -> None:
    case = walk(cast, "closed").case
    passed(case, Clock.Kind.FOLLOW_UP, -1)
    assert clocks.follow_up() == 0
    passed(case, Clock.Kind.FOLLOW_UP, 0)
    assert [clocks.follow_up(), clocks.follow_up()] == [1, 0]
    assert told_of(cast, Event.FOLLOW_UP) == {"member", "mediator", "mediator2"}
    assert said(case, Event.FOLLOW_UP) == 1
    assert now(case).stage == Stage.CLOSED
