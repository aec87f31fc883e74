from __future__ import annotations

import datetime as dt

import pytest

from grievances.actions import holds
from grievances.deadlines import today
from grievances.models import Hold
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.views.pages import at, same_as_unknown, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

WHY = "National has not answered yet."


def closed(cast: Cast) -> Walk:
    going = walk(cast, "mediation")
    going.take(Step.WITHDRAW, "member")
    return going


def typed(days: int = 30) -> dict[str, str]:
    return {"because": "national", "reason": WHY, "review_on": (today() + dt.timedelta(days=days)).isoformat()}


def test_one_proposes_another_confirms_and_either_ends_it_by_their_pages(cast: Cast) -> None:
    going = closed(cast)
    assert cast.browser("mediator").post(at(going, "hold/"), typed())["Location"] == at(going, "hold/")
    proposed = Hold.objects.get()
    page = text_of(cast.browser("mediator2").get(at(going, "hold/")))
    assert "Somebody proposes to keep it" in page
    assert WHY in page
    cast.browser("mediator2").post(at(going, f"hold/{proposed.token}/"))
    assert "It is kept" in text_of(cast.browser("member").get(at(going, "hold/")))
    cast.browser("mediator").post(at(going, f"hold/{proposed.token}/end/"))
    assert Hold.objects.get().ended_at is not None


def test_a_mediators_reason_is_not_the_reporters_to_read(cast: Cast) -> None:
    going = closed(cast)
    cast.browser("mediator").post(at(going, "hold/"), typed())
    page = text_of(cast.browser("member").get(at(going, "hold/")))
    assert "The reason is sealed, and not for you to read." in page
    assert WHY not in page


def test_what_was_typed_stays_when_somebody_was_faster(cast: Cast) -> None:
    going = closed(cast)
    until = today() + dt.timedelta(days=30)
    holds.propose(going.case, Hold.Because.SAFETY, "Another reason.", until, by=cast["mediator2"])
    page = cast.browser("mediator").post(at(going, "hold/"), typed())
    assert page.status_code == 409
    assert "It is held already, or somebody has proposed it." in text_of(page)
    assert WHY in page.content.decode()


@pytest.mark.parametrize("days", [0, 366])
def test_a_day_beyond_the_year_to_come_is_refused_beside_it(cast: Cast, days: int) -> None:
    page = cast.browser("mediator").post(at(closed(cast), "hold/"), typed(days))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["review_on"])


def test_an_open_case_asks_for_nothing(cast: Cast) -> None:
    going = walk(cast, "mediation")
    page = cast.browser("mediator").get(at(going, "hold/"))
    assert "An open case is never destroyed." in text_of(page)
    assert "Propose it" not in text_of(page)


def test_it_is_no_page_for_anybody_else(cast: Cast) -> None:
    going = closed(cast)
    assert cast.browser("respondent").get(at(going, "hold/")).status_code == 403
    assert same_as_unknown(cast.browser("stranger"), at(going, "hold/"))
