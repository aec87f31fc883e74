from __future__ import annotations

import pytest

from caracol.accounts import receipts
from grievances.actions import afterwards, seats
from grievances.models import Answered, Tally
from grievances.statistics.tables import SURVEYS
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import age
from tests.grievances.test_receipts import actor_with
from tests.grievances.views.pages import at, statuses, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

NAMES = [table.name for table in SURVEYS]
SAID = {"survey": "fair", "survey_heard": "partly_heard", "survey_clear": "clear"}


@pytest.fixture
def closed(cast: Cast) -> Walk:
    going = walk(cast, "told")
    going.take(Step.WITHDRAW, "member")
    return going


def said() -> list[tuple[str, str]]:
    return sorted(Tally.objects.filter(table__in=NAMES).values_list("table", "category"))


def test_both_sides_say_how_it_was_and_it_is_counted_bare(cast: Cast, closed: Walk) -> None:
    for login in ("member", "respondent"):
        page = cast.browser(login)
        assert page.get(at(closed)).content.decode().count(at(closed, "afterwards/")) == 1
        assert page.post(at(closed, "afterwards/"), SAID).headers["Location"] == at(closed)
    assert said() == sorted([*SAID.items()] * 2)
    marks = {row.mark for row in Answered.objects.all()}
    assert [name for name in (cast.user("member").handle, closed.case.token) if name in str(marks)] == []


def test_one_person_answers_once_about_a_case(cast: Cast, closed: Walk) -> None:
    browser = cast.browser("member")
    browser.post(at(closed, "afterwards/"), SAID)
    again = browser.post(at(closed, "afterwards/"), SAID)
    assert (again.status_code, "You have answered already." in text_of(again), len(said())) == (409, True, 3)


def test_one_account_counts_once_in_half_a_year_whatever_it_takes_part_in(cast: Cast, closed: Walk) -> None:
    other = walk(cast, "told")
    other.take(Step.WITHDRAW, "member")
    for going in (closed, other):
        assert cast.browser("member").post(at(going, "afterwards/"), SAID).status_code == 302
    assert len(said()) == 3


def test_what_is_left_out_counts_where_nothing_is_published(cast: Cast, closed: Walk) -> None:
    cast.browser("member").post(at(closed, "afterwards/"), {"survey": "unfair"})
    assert said() == [("survey", "unfair"), ("survey_clear", "other"), ("survey_heard", "other")]


def test_a_made_up_answer_counts_nothing(cast: Cast, closed: Walk) -> None:
    page = cast.browser("member").post(at(closed, "afterwards/"), {"survey": "wonderful"})
    assert (page.status_code, said(), Answered.objects.count()) == (422, [], 0)


def test_it_is_asked_only_when_it_is_over_and_for_60_days(cast: Cast) -> None:
    going = walk(cast, "told")
    browser = cast.browser("member")
    assert browser.post(at(going, "afterwards/"), SAID).status_code == 409
    going.take(Step.WITHDRAW, "member")
    age(going, 61)
    assert (browser.post(at(going, "afterwards/"), SAID).status_code, said()) == (409, [])


def test_those_who_served_and_strangers_are_not_asked(cast: Cast, closed: Walk) -> None:
    assert statuses(cast.browser("mediator"), at(closed, "afterwards/")) == (403, 403)
    assert statuses(cast.browser("stranger"), at(closed, "afterwards/")) == (404, 404)


def test_each_receipt_counts_though_their_marks_in_the_numbers_are_one(cast: Cast) -> None:
    going = walk(cast, "told")
    actors = [actor_with(receipts.issue()) for _each in range(2)]
    for principal, actor in zip(("member", "respondent"), actors, strict=True):
        seats.invite_support(going.case, actor.user, by=cast[principal])
    going.take(Step.WITHDRAW, "member")
    for actor in actors:
        afterwards.answer(going.case, SAID, by=actor)
    assert (len(said()), Tally.objects.filter(table="survey").values("mark").distinct().count()) == (6, 1)
