from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from caracol.ledger import chain
from grievances.actions import expunging, holds
from grievances.deadlines import today
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, Unverified
from grievances.models import Case, Entry, EntryKind, Hold, Kept, Notice
from grievances.rooms import RoomKind
from grievances.sealing import read, read_one
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"], transaction=True)

WHY = "National has not answered yet."


def closed(cast: Cast) -> Walk:
    going = walk(cast, "mediation")
    going.take(Step.WITHDRAW, "member")
    Case.objects.update(expunge_on=today() + dt.timedelta(days=10))
    return going


def proposed(going: Walk, login: str = "mediator", days: int = 30) -> Hold:
    until = today() + dt.timedelta(days=days)
    return holds.propose(going.case, Hold.Because.NATIONAL, WHY, until, by=going.cast[login])


def held(going: Walk, first: str = "mediator", second: str = "mediator2") -> Hold:
    return holds.confirm(going.case, proposed(going, first).token, by=going.cast[second])


def gone(days: int) -> int:
    with time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False):
        return expunging.expunge()[Kept.CASE]


@pytest.mark.parametrize(
    ("first", "second"), [("mediator", "mediator2"), ("mediator", "member"), ("member", "mediator")]
)
def test_two_people_keep_a_case_until_their_day_and_no_longer(cast: Cast, first: str, second: str) -> None:
    held(closed(cast), first, second)
    assert gone(29) == 0
    assert gone(30) == 1


def test_files_and_rooms_are_kept_with_it(cast: Cast) -> None:
    going = closed(cast)
    held(going)
    going.case.rooms.filter(kind=RoomKind.TABLE).update(expunge_on=today())
    assert expunging.expunge() == {}
    assert going.case.rooms.filter(kind=RoomKind.TABLE, destroyed_at=None).exists()


def test_what_one_person_proposed_keeps_nothing(cast: Cast) -> None:
    proposed(closed(cast))
    assert gone(10) == 1


def test_when_its_day_has_come_both_are_told(cast: Cast) -> None:
    going = closed(cast)
    held(going)
    Case.objects.update(expunge_on=today() + dt.timedelta(days=300))
    Notice.objects.all().delete()
    assert gone(30) == 0
    told = Notice.objects.filter(event=Event.HOLD_ENDED).values_list("user", flat=True)
    assert set(told) == {cast.user("mediator").pk, cast.user("mediator2").pk}


def test_nobody_confirms_their_own_and_one_of_the_two_mediates(cast: Cast) -> None:
    going = closed(cast)
    mine = proposed(going, "member")
    with pytest.raises(NotYours):
        holds.confirm(going.case, mine.token, by=cast["member"])
    with pytest.raises(NotYours):
        proposed(going, "respondent")
    assert gone(10) == 1


def test_a_proposal_is_good_for_a_week(cast: Cast) -> None:
    going = closed(cast)
    old = proposed(going)
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False), pytest.raises(NotOpen):
        holds.confirm(going.case, old.token, by=cast["mediator2"])


def test_the_reason_is_sealed_for_the_mediators_alone_and_goes_with_the_hold(cast: Cast) -> None:
    going = closed(cast)
    found = held(going)
    reasons = Entry.objects.filter(kind=EntryKind.REASON, room__kind=RoomKind.MEDIATORS)
    entry = reasons.select_related("room__case", "author").get()
    assert read_one(entry, by=cast["mediator2"]) == {"text": WHY}
    assert read([entry], by=cast["member"]) == []
    holds.end(going.case, found.token, by=cast["mediator2"])
    assert not Entry.objects.filter(pk=entry.pk).exists()
    assert gone(10) == 1


def test_an_open_case_needs_none_and_reopening_ends_one(cast: Cast) -> None:
    going = closed(cast)
    held(going)
    going.take(Step.REOPEN, "member")
    assert Hold.objects.filter(ended_at=None).count() == 0
    with pytest.raises((NotOpen, NotYours)):
        proposed(going, "member")


def test_a_proposal_that_somebody_wrote_into_the_database_is_not_confirmed(cast: Cast) -> None:
    going = closed(cast)
    found = proposed(going)
    Hold.objects.update(review_on=today() + dt.timedelta(days=3000))
    with pytest.raises(Unverified):
        holds.confirm(going.case, found.token, by=cast["mediator2"])


def test_the_record_says_who_and_until_when(cast: Cast) -> None:
    going = closed(cast)
    found = held(going)
    (said,) = chain.entries(going.case.chain, Event.HELD)
    assert (said.details["hold"], said.details["until"]) == (found.token, found.review_on.isoformat())
