from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from django.utils import timezone

from caracol.accounts import receipts
from grievances.actions import take
from grievances.models import Case, Clock, Outcome, Pseudonym, Tally
from grievances.statistics.counting import ENDED, mark_of, tally, what_it_counts_as
from grievances.statistics.periods import Half
from grievances.statistics.tables import ARTICLE, CONVERSATIONS, OF_MATTERS, OUTCOME, UNPUBLISHED
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import age

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]


def counted() -> dict[str, str]:
    """Return the category of the one matter that is counted, in each table."""
    rows = list(Tally.objects.values_list("table", "category"))
    assert len(rows) == len(dict(rows))
    return dict(rows)


@pytest.fixture
def withdrawn(cast: Cast) -> Walk:
    going = walk(cast, "taken_in")
    going.take(Step.WITHDRAW, "member")
    return going


def test_a_matter_is_counted_once_in_each_table_as_it_closes(withdrawn: Walk) -> None:
    assert counted() == {
        "outcome": "withdrawn",
        "article": "article_3",
        "acknowledged": "in_time",
        "duration": "to_30_days",
    }
    assert {row.half for row in Tally.objects.all()} == {str(Half.of(timezone.localdate()))}


def test_an_open_case_is_not_counted(cast: Cast) -> None:
    walk(cast, "national")
    assert not Tally.objects.exists()


def test_a_case_that_is_opened_again_and_closed_otherwise_stays_counted_as_it_was(withdrawn: Walk) -> None:
    before = list(Tally.objects.order_by("pk").values())
    withdrawn.take(Step.REOPEN, "member")
    assert list(Tally.objects.order_by("pk").values()) == before
    withdrawn.take(Step.ACCEPT, "intake")
    withdrawn.served()
    age(withdrawn, 400)
    Case.objects.filter(pk=withdrawn.case.pk).update(asked_to_go_on_at=timezone.now() - dt.timedelta(days=40))
    withdrawn.case = take(Step.LAPSE, Case.objects.get(pk=withdrawn.case.pk), by=None).case
    assert withdrawn.case.outcome == Outcome.LAPSED
    assert list(Tally.objects.order_by("pk").values()) == before


def test_a_case_that_is_edited_or_expunged_later_stays_counted_as_it_was(withdrawn: Walk) -> None:
    before = list(Tally.objects.order_by("pk").values())
    withdrawn.case.citations.all().delete()
    Case.objects.filter(pk=withdrawn.case.pk).update(outcome=Outcome.OUT_OF_SCOPE, filed_at=timezone.now())
    Pseudonym.objects.filter(chain=withdrawn.case.chain).delete()
    assert list(Tally.objects.order_by("pk").values()) == before


def test_a_refused_closing_counts_nothing(cast: Cast) -> None:
    going = walk(cast, "filed")
    with pytest.raises(Exception, match="mediator"):
        going.take(Step.CLOSE_RECORDED, "intake")
    assert not Tally.objects.exists()


def test_a_tally_names_no_case_no_day_and_nobody(withdrawn: Walk, cast: Cast) -> None:
    named = {withdrawn.case.reference, withdrawn.case.token, cast.user("member").handle}
    for row in Tally.objects.values():
        assert set(row) == {"id", "half", "table", "category", "mark"}
        assert not named & {str(value) for value in row.values()}
    assert len(set(Tally.objects.values_list("mark", flat=True))) == len(OF_MATTERS)


def test_the_places_of_tallies_do_not_tell_which_came_together(cast: Cast) -> None:
    for _each in range(30):
        tally(OUTCOME, "withdrawn", reporter=cast.user("member"))
    places = list(Tally.objects.order_by("pk").values_list("pk", flat=True))
    assert min(after - before for before, after in pairwise(places)) > 1
    assert places[-1] > 2**60


def test_a_reporter_has_one_mark_in_a_table_and_another_in_each_other(cast: Cast) -> None:
    member, stranger = cast.user("member"), cast.user("stranger")
    assert mark_of(member, OUTCOME) == mark_of(member, OUTCOME)
    assert len({mark_of(member, OUTCOME), mark_of(member, ARTICLE), mark_of(stranger, OUTCOME)}) == 3


def test_all_receipts_have_the_same_mark(cast: Cast) -> None:
    first, second = (receipts.issue().user for _each in range(2))
    assert mark_of(first, OUTCOME) == mark_of(second, OUTCOME) != mark_of(cast.user("member"), OUTCOME)


def test_every_outcome_has_its_category_or_falls_into_the_one_that_is_never_published() -> None:
    assert set(ENDED.values()) == set(OUTCOME.categories)
    assert set(Outcome) - set(ENDED) == {Outcome.OUT_OF_SCOPE, Outcome.NO_CONTACT, Outcome.LAPSED}


@pytest.mark.parametrize(
    ("days", "band"), [(30, "to_30_days"), (31, "to_90_days"), (90, "to_90_days"), (91, "over_90_days")]
)
def test_the_bands_of_time_to_close(withdrawn: Walk, days: int, band: str) -> None:
    case = withdrawn.case
    assert case.closed_at is not None
    case.filed_at = timezone.localtime(case.closed_at) - dt.timedelta(days=days)
    assert what_it_counts_as(case)["duration"] == band


@pytest.mark.parametrize(
    ("acknowledged_after", "closed_after", "category"),
    [(3, 9, "in_time"), (4, 9, "late"), (None, 9, "late"), (None, 2, UNPUBLISHED)],
)
def test_acknowledged_in_time_or_late(
    withdrawn: Walk, acknowledged_after: int | None, closed_after: int, category: str
) -> None:
    case, filed = withdrawn.case, timezone.now()
    case.closed_at = filed + dt.timedelta(days=closed_after)
    case.acknowledged_at = filed + dt.timedelta(days=acknowledged_after) if acknowledged_after else None
    case.clocks.filter(kind=Clock.Kind.ACKNOWLEDGE).update(due_on=timezone.localdate(filed) + dt.timedelta(days=3))
    assert what_it_counts_as(case)["acknowledged"] == category


def test_a_concern_that_cites_nothing_falls_into_no_article(withdrawn: Walk) -> None:
    withdrawn.case.citations.all().delete()
    assert what_it_counts_as(withdrawn.case)["article"] == UNPUBLISHED


def test_other_parts_count_by_the_same_door(cast: Cast) -> None:
    tally(CONVERSATIONS, "recorded", reporter=cast.user("member"))
    assert counted() == {"conversations": "recorded"}


@pytest.mark.parametrize("category", ["total", "article_1", "withdrawn "])
def test_a_category_that_there_is_not_is_refused(cast: Cast, category: str) -> None:
    with pytest.raises(ValueError, match=category):
        tally(OUTCOME, category, reporter=cast.user("member"))
