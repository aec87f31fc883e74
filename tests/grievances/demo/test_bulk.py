from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from caracol.ledger.chain import first_fault
from grievances import access, sealing
from grievances.actions import clocks, take
from grievances.demo import bulk
from grievances.demo.bulk import CROWD
from grievances.demo.cast import CAST, Figure, join_all, with_keys
from grievances.demo.courses import COURSES
from grievances.models import Case, Codename, Entry, Seat, Tally
from grievances.statistics import releases
from grievances.statistics.periods import Half
from grievances.statistics.tables import OF_MATTERS
from grievances.workflow import Stage, Step
from tests.grievances.cast import the_code
from tests.grievances.statistics.made import FEW, USUAL, published, store

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

SERVING: tuple[Figure, ...] = tuple(
    figure for figure in CAST if figure.login == "secretary" or figure.login in bulk.MEDIATORS
)


@pytest.fixture
def cases(db: None) -> list[Case]:
    """One case of each course."""
    the_code()
    join_all(SERVING)
    bulk.add(len(COURSES))
    return list(Case.objects.order_by("pk"))


def test_the_cases_are_spread_over_the_whole_way(cases: list[Case]) -> None:
    assert Counter(case.stage for case in cases) == {Stage.CLOSED: 4} | dict.fromkeys(set(Stage) - {Stage.CLOSED}, 1)


def test_every_case_has_a_name_of_its_own_that_stays_taken(cases: list[Case]) -> None:
    assert sorted(Codename.objects.values_list("name", flat=True)) == sorted(case.reference for case in cases)


def test_each_closed_case_is_counted_once_in_every_table_in_its_own_half_year(cases: list[Case]) -> None:
    closed = Counter(str(Half.of(timezone.localdate(case.closed_at))) for case in cases if case.closed_at)
    assert closed.total() == 4
    for table in OF_MATTERS:
        assert Counter(Tally.objects.filter(table=table.name).values_list("half", flat=True)) == closed
    ended = Counter(Tally.objects.filter(table="outcome").values_list("category", flat=True))
    assert ended == {"amends_kept": 1, "resolved": 1, "no_agreement": 1, "national": 1}


def test_what_is_released_already_takes_no_more_cases(db: None) -> None:
    the_code()
    join_all(SERVING)
    half = Half.of(timezone.localdate() - timedelta(days=bulk.YOUNGEST))
    for each in (half, Half.of(half.begins - timedelta(days=1)), Half.of(half.begins - timedelta(days=200))):
        store(each, FEW)
    closed = published(USUAL, *Half.of(half.begins - timedelta(days=200)).until(half))
    releases.freeze(closed)
    bulk.add(len(COURSES))
    assert Case.objects.filter(counted=True).count() == 4
    assert not Tally.objects.exists()


def test_the_ledger_holds(cases: list[Case]) -> None:
    assert first_fault() is None


def test_every_entry_of_every_room_that_stands_opens_to_somebody(cases: list[Case]) -> None:
    opened: set[int] = set()
    for actor in with_keys(*bulk.MEDIATORS, *(figure.login for figure in CROWD)).values():
        entries = Entry.objects.filter(room__in=access.rooms_of(actor.user)).select_related("room__case", "author")
        read = sealing.read(entries, by=actor)
        assert [each.entry for each in read if not each.verified] == []
        opened |= {each.entry.pk for each in read}
    assert opened == set(Entry.objects.filter(room__destroyed_at=None).values_list("pk", flat=True))


def test_a_case_can_be_walked_on(cases: list[Case]) -> None:
    case = next(case for case in cases if case.stage == Stage.INTAKE)
    seat = Seat.objects.filter(case=case, mediator=True).select_related("user")[0]
    mediator = next(actor for actor in with_keys(*bulk.MEDIATORS).values() if actor.user == seat.user)
    words = {"text": "It is about a leaflet."}
    taken = take(Step.DISTINGUISH, case, by=mediator, choices={"nature": "interpersonal"}, words=words)
    assert taken.case.nature == "interpersonal"


def test_the_person_named_has_no_key_to_the_reporters_room(cases: list[Case]) -> None:
    for seat in Seat.objects.filter(respondent=True).select_related("user", "case"):
        rooms = access.rooms_of(seat.user).filter(case=seat.case, kind="party").select_related("seat")
        assert {room.seat for room in rooms} == {seat}


def test_none_is_old_enough_to_be_asked_about(cases: list[Case]) -> None:
    assert max(timezone.now() - case.moved_at for case in cases).days < bulk.OLDEST
    assert clocks.ask_to_go_on() == 0


def test_more_cases_can_be_added_to_the_same_people(cases: list[Case]) -> None:
    bulk.add(3)
    assert Case.objects.count() == len(cases) + 3
    assert first_fault() is None
