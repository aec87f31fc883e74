"""The weightiest rules stand in the database too: no writer goes round them by hand."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from grievances.actions.conversations import keep
from grievances.models import (
    AmendsItem,
    Case,
    Citation,
    Clock,
    Conflict,
    Consent,
    Cover,
    Invited,
    MediationSession,
    Notice,
    OfferedKey,
    Paper,
    PlannedSession,
    Purpose,
    Room,
    RoomEpoch,
    Seat,
    SeatOffer,
)
from grievances.rooms import RoomKind
from grievances.workflow import Stage
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import planned

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

NOW = timezone.now()


@pytest.mark.parametrize(
    ("until", "change"),
    [
        ("mediation", {"stage": Stage.NATIONAL}),
        ("national", {"actioned_how": ""}),
        ("told", {"stage": Stage.CLOSED}),
        ("told", {"stage": Stage.CLOSED, "outcome": "withdrawn"}),
        ("told", {"stage": Stage.CLOSED, "closed_at": NOW}),
        ("told", {"outcome": "withdrawn"}),
        ("told", {"closed_at": NOW}),
        ("closed", {"stage": Stage.INTAKE}),
        ("closed", {"outcome": ""}),
        ("told", {"filed_at": None}),
        ("begun", {"stage": Stage.INTAKE}),
        ("told", {"stage": "heaven"}),
        ("told", {"actioned_how": "somehow"}),
        ("told", {"exception_reason": "hurry"}),
        ("closed", {"outcome": "forgotten"}),
    ],
)
def test_a_case_is_not_moved_by_hand(until: str, change: dict[str, object], cast: Cast) -> None:
    going = walk(cast, until)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=going.case.pk).update(**change)


def test_an_exception_reason_alone_holds_national_open(cast: Cast) -> None:
    going = walk(cast, "told")
    Case.objects.filter(pk=going.case.pk).update(stage=Stage.NATIONAL, exception_reason="urgent_risk")
    assert Case.objects.get(pk=going.case.pk).stage == Stage.NATIONAL


@pytest.mark.parametrize(
    ("login", "change"),
    [
        ("mediator", {"witness": True}),
        ("respondent", {"intake": True}),
        ("member", {"respondent": True}),
        ("respondent", {"reporter": True}),
        ("respondent", {"respondent": False, "harmed": True}),
        ("respondent", {"support": True}),
    ],
)
def test_a_seat_is_not_changed_by_hand(login: str, change: dict[str, object], cast: Cast) -> None:
    going = walk(cast, "told")
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.filter(case=going.case, user=cast.user(login)).update(**change)


def refuses(make: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make()  # type: ignore[operator]


def test_nobody_sits_twice_in_a_case(cast: Cast) -> None:
    going = walk(cast, "told")
    refuses(lambda: Seat.objects.create(case=going.case, user=cast.user("member"), witness=True, taken_at=NOW))


def test_a_case_has_one_room_of_each_kind_and_one_for_each_seat(cast: Cast) -> None:
    going = walk(cast, "told")
    seat = going.case.seats.get(reporter=True)
    refuses(lambda: Room.objects.create(case=going.case, kind=RoomKind.NAMES))
    refuses(lambda: Room.objects.create(case=going.case, kind=RoomKind.PARTY, seat=seat))


def test_a_party_room_has_a_seat_and_no_other_room_has(cast: Cast) -> None:
    going = walk(cast, "told")
    seat = going.case.seats.get(user=cast.user("mediator"))
    refuses(lambda: Room.objects.create(case=going.case, kind=RoomKind.PARTY))
    refuses(lambda: Room.objects.create(case=going.case, kind=RoomKind.PACKET, seat=seat))


def test_an_agenda_room_has_no_case_and_every_other_room_has(cast: Cast) -> None:
    going = walk(cast, "told")
    refuses(lambda: Room.objects.create(case=going.case, kind=RoomKind.AGENDA))
    refuses(lambda: Room.objects.create(kind=RoomKind.PACKET))


def test_an_epoch_an_entry_a_citation_and_a_conflict_stand_once(cast: Cast) -> None:
    case = walk(cast, "told").case
    epoch, conflict = RoomEpoch.objects.filter(room__case=case)[0], Conflict.objects.filter(case=case)[0]
    cited, entry = Citation.objects.filter(case=case)[0], case.rooms.get(kind=RoomKind.NAMES).entries.all()[0]
    for row in (epoch, conflict, cited, entry):
        row.pk = None
        refuses(row.save)


def test_one_person_has_one_request_open_and_one_key_of_an_epoch_in_it(cast: Cast) -> None:
    walk(cast, "filed")
    offer, key = SeatOffer.objects.get(), OfferedKey.objects.all()[0]
    offer.pk, offer.token = None, "another"
    refuses(offer.save)
    key.pk = None
    refuses(key.save)


def test_a_clock_of_a_kind_runs_once(cast: Cast) -> None:
    clock = Clock.objects.filter(case=walk(cast, "filed").case)[0]
    clock.pk = None
    refuses(clock.save)


def test_a_consent_stands_once_and_names_the_version_it_is_to(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    plain, to_paper = Consent.objects.filter(to="one_on_one")[0], Consent.objects.get(to="paper")
    for change in ({"paper": None}, {"paper_version": None}, {"to": "joint"}):
        refuses(lambda change=change: Consent.objects.filter(pk=to_paper.pk).update(**change))
    refuses(lambda: Consent.objects.filter(pk=plain.pk).update(paper=to_paper.paper, paper_version=1))
    for row in (plain, to_paper):
        row.pk = None
        refuses(row.save)
    assert going.case.stage == Stage.ONE_ON_ONE


def test_a_case_has_one_packet_waiting_and_a_text_names_person_and_part_together(cast: Cast) -> None:
    going: Walk = walk(cast, "told")
    going.packed()
    packet = Paper.objects.get(purpose=Purpose.PACKET)
    packet.pk, packet.token = None, "another"
    refuses(packet.save)
    refuses(lambda: Paper.objects.filter(purpose=Purpose.ACCOUNT).update(part=""))
    refuses(lambda: Paper.objects.filter(purpose=Purpose.ACCOUNT).update(person=None))


def test_a_line_of_an_agreement_is_one_item(cast: Cast) -> None:
    walk(cast, "amends")
    item = AmendsItem.objects.get()
    item.pk = None
    refuses(item.save)


def test_a_planned_session_that_was_held_is_over_and_another_time_is_a_time(cast: Cast) -> None:
    going = walk(cast, "mediation")
    planned(going)
    held = MediationSession.objects.create(case=going.case, form="joint", held_on=NOW.date())
    refuses(lambda: PlannedSession.objects.update(held=held))
    refuses(lambda: Invited.objects.update(answer="other"))
    refuses(lambda: Invited.objects.update(other_at=NOW))
    again = Invited.objects.all()[0]
    again.pk = None
    refuses(again.save)


def test_nobody_covers_for_themselves_and_a_notice_is_of_a_case_or_of_a_talk(cast: Cast) -> None:
    going = walk(cast, "served")
    me = going.case.seats.get(user=cast.user("mediator"))
    refuses(lambda: Cover.objects.create(seat=me, covered_by=me))
    refuses(lambda: Notice.objects.update(case=None))
    talk = keep({"whom": "Robin", "about": "A joke.", "went": "talked"}, by=cast["member"])
    refuses(lambda: Notice.objects.update(conversation=talk))
