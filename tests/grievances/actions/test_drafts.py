from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from caracol.ledger.models import Entry as Told
from caracol.vault import keystore
from grievances.actions import clocks, drafts, intake
from grievances.models import Case, Entry, Room
from tests.grievances.cast import DRAFT, Cast, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def written(cast: Cast, *, days_ago: int) -> Case:
    """A draft that was begun and last written in so many days ago."""
    going = walk(cast, "begun")
    going.written()
    # By the calendar: across a change of the clocks, as many times 24 hours can be a day less.
    before = timezone.localtime() - dt.timedelta(days=days_ago)
    Entry.objects.filter(room__case=going.case).update(written_at=before)
    Case.objects.filter(pk=going.case.pk).update(begun_on=timezone.localdate(before))
    going.case.refresh_from_db()
    return going.case


@pytest.mark.parametrize(("days", "left"), [(30, 1), (31, 0)])
def test_a_draft_is_destroyed_a_month_after_the_last_word(cast: Cast, days: int, left: int) -> None:
    written(cast, days_ago=days)
    assert clocks.expire_drafts() == 1 - left
    assert Case.objects.count() == left


def test_its_key_goes_with_it_and_the_record_stays(cast: Cast) -> None:
    case = written(cast, days_ago=31)
    room = Room.objects.get().token
    assert keystore.key_of(room)
    clocks.expire_drafts()
    clocks.destroy_keys()
    with pytest.raises(keystore.KeyDestroyed):
        keystore.key_of(room)
    assert [told.event for told in Told.objects.filter(chain=case.chain).order_by("number")][-2:] == [
        "room:door:destroyed",
        "case:concern:discarded",
    ]


def test_writing_in_an_old_draft_keeps_it(cast: Cast) -> None:
    case = written(cast, days_ago=31)
    intake.save_draft(case, {**DRAFT, "need": "Calm."}, by=cast["member"], version=1)
    assert (clocks.expire_drafts(), Case.objects.count()) == (0, 1)
    assert drafts.kept_until(case) == timezone.localdate() + dt.timedelta(days=30)


def test_a_draft_in_which_nothing_was_ever_written_goes_too(cast: Cast) -> None:
    case = walk(cast, "begun").case
    Case.objects.filter(pk=case.pk).update(begun_on=timezone.localdate() - dt.timedelta(days=31))
    assert (clocks.expire_drafts(), Case.objects.count()) == (1, 0)


def test_one_that_was_filed_meanwhile_stays(cast: Cast) -> None:
    case = walk(cast, "filed").case
    Case.objects.filter(pk=case.pk).update(begun_on=timezone.localdate() - dt.timedelta(days=90))
    assert (clocks.expire_drafts(), drafts.expire_one(case.pk), Case.objects.count()) == (0, False, 1)
