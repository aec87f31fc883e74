from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from grievances.deadlines import today
from grievances.models import Case, Clock
from tests.grievances.cast import Cast, walk
from tests.grievances.views.pages import text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def clock(case: Case) -> Clock:
    return case.clocks.get(kind=Clock.Kind.RESOLVE)


def page_of(case: Case) -> str:
    return f"/cases/{case.reference}/dates/{clock(case).number}/"


def another(case: Case, **more: Any) -> dict[str, Any]:
    due = today() + dt.timedelta(days=40)
    return {"seen": clock(case).due_on.isoformat(), "deed": "move", "due_on": due.isoformat(), "text": "Why.", **more}


def test_a_mediator_sets_another_date_and_the_reporter_sees_it_without_the_reason(cast: Cast) -> None:
    case = walk(cast, "served").case
    sent = another(case, due_on="2031-05-04", text="They are travelling.")
    assert cast.browser("mediator").post(page_of(case), sent).status_code == 302
    page = text_of(cast.browser("member").get(f"/cases/{case.reference}/"))
    assert "May 4, 2031" in page
    assert "travelling" not in page
    assert "set another date" in text_of(cast.browser("member").get(f"/cases/{case.reference}/history/"))


def test_a_pause_and_its_end_are_seen(cast: Cast) -> None:
    case = walk(cast, "served").case
    browser, reporter = cast.browser("mediator"), cast.browser("member")
    browser.post(page_of(case), another(case, deed="pause"))
    assert "pauses since" in text_of(reporter.get(f"/cases/{case.reference}/"))
    browser.post(page_of(case), another(case, deed="resume", paused="True", text=""))
    assert "pauses since" not in text_of(reporter.get(f"/cases/{case.reference}/"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": ""}, "Please say why, in a few words."),
        ({"due_on": ""}, "Please give a day from today on."),
        ({"due_on": "2020-01-01"}, "Please give a day from today on."),
        ({"deed": "resume"}, "Please choose one of these."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(cast: Cast, wrong: dict[str, str], said: str) -> None:
    case = walk(cast, "served").case
    answer = cast.browser("mediator").post(page_of(case), another(case, **wrong))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert clock(case).due_on == today() + dt.timedelta(days=30)


def test_who_was_slower_is_told_and_keeps_their_words(cast: Cast) -> None:
    case = walk(cast, "served").case
    slow = another(case, text="Words of the slower one.")
    cast.browser("mediator").post(page_of(case), another(case))
    answer = cast.browser("mediator2").post(page_of(case), {**slow, "due_on": "2031-05-04"})
    assert answer.status_code == 409
    assert "Words of the slower one." in answer.content.decode()


@pytest.mark.parametrize("number", [0, 4, 99])
def test_a_date_that_does_not_run_is_not_there(cast: Cast, number: int) -> None:
    case = walk(cast, "served").case
    assert cast.browser("mediator").get(f"/cases/{case.reference}/dates/{number}/").status_code == 404


def test_only_who_keeps_the_dates_is_led_there(cast: Cast) -> None:
    case = walk(cast, "served").case
    led = {
        login: page_of(case) in cast.browser(login).get(f"/cases/{case.reference}/").content.decode()
        for login in ("mediator", "member")
    }
    assert led == {"mediator": True, "member": False}
    assert cast.browser("member").get(page_of(case)).status_code == 403
