from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from caracol.ledger.chain import entries
from grievances.actions import papers
from grievances.deadlines import today
from grievances.events import Event
from grievances.models import Clock, Designation, Purpose
from grievances.packet import policy
from grievances.workflow import Step
from tests.grievances.cast import DRAFT, Cast, walk
from tests.grievances.packets import SHARED, WAITS, offered, put_together, referred
from tests.grievances.views.pages import at, text_of
from tests.visitor import forms_on

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

WRITTEN = {"version": "0", "filer": "The reporter", "why_now": "It was broken.", "measures": "", "ground": ""}


def ticked(page: Any) -> list[str]:
    """Return the boxes on a page that are on."""
    fields = [name for form in forms_on(page.content.decode()) for name in form.fields]
    return [name for name in fields if name.startswith("take-")]


def test_every_box_starts_as_off_for_everybody_who_puts_one_together(cast: Cast) -> None:
    going = walk(cast, "amends")
    for login in ("mediator", "member"):
        page = cast.browser(login).get(at(going, "packet/"))
        assert page.status_code == 200
        assert ticked(page) == []
    assert cast.browser("respondent").get(at(going, "packet/")).status_code == 403


def test_what_is_looked_at_is_what_is_laid(cast: Cast) -> None:
    going = walk(cast, "amends")
    [saw] = [item for item in offered(going) if item.key.endswith("-saw")]
    sent = {**WRITTEN, f"take-{saw.key}": "on", f"text-{saw.key}": "The cat was [removed] off the porch."}
    browser, path = cast.browser("mediator"), at(going, "packet/")
    looked = browser.post(path, {**sent, "deed": "look"})
    assert "The cat was [removed] off the porch." in text_of(looked)
    assert going.case.papers.filter(purpose=Purpose.PACKET).count() == 0
    assert browser.post(path, {**sent, "deed": "lay"}).status_code == 302
    words = papers.text_of(going.case.papers.get(purpose=Purpose.PACKET), by=cast["member"])
    assert words is not None
    assert "chased" not in words["packet"]
    assert "The cat was [removed] off the porch." in text_of(cast.browser("member").get(at(going, "consents/")))


def test_an_empty_choice_and_an_added_word_lose_nothing_that_was_typed(cast: Cast) -> None:
    going = walk(cast, "amends")
    [saw] = [item for item in offered(going) if item.key.endswith("-saw")]
    browser, path = cast.browser("mediator"), at(going, "packet/")
    empty = browser.post(path, {**WRITTEN, "deed": "lay"})
    added = browser.post(path, {**WRITTEN, f"take-{saw.key}": "on", f"text-{saw.key}": "Another story.", "deed": "lay"})
    assert (empty.status_code, added.status_code) == (422, 422)
    assert "Nothing is ticked" in text_of(empty)
    assert "Another story." in added.content.decode()
    assert going.case.papers.filter(purpose=Purpose.PACKET).count() == 0


def test_what_the_reporter_proposes_is_marked_for_the_mediators(cast: Cast) -> None:
    going = walk(cast, "amends")
    [saw] = [item for item in offered(going, "member") if item.key.endswith("-saw")]
    sent = {**WRITTEN, f"take-{saw.key}": "on", f"text-{saw.key}": saw.text, "deed": "lay"}
    assert cast.browser("member").post(at(going, "packet/"), sent).status_code == 302
    page = cast.browser("mediator").get(at(going, "packet/"))
    assert text_of(page).count("The reporter or the person harmed proposes this.") == 1
    assert ticked(page) == []
    assert going.case.papers.filter(purpose=Purpose.PACKET).count() == 0


def test_a_new_version_is_chosen_anew_and_an_older_page_is_told(cast: Cast) -> None:
    going = walk(cast, "amends")
    [saw] = [item for item in offered(going) if item.key.endswith("-saw")]
    sent = {**WRITTEN, f"take-{saw.key}": "on", f"text-{saw.key}": saw.text, "deed": "lay"}
    browser, path = cast.browser("mediator"), at(going, "packet/")
    assert [browser.post(path, sent).status_code for _each in range(2)] == [302, 409]
    page = browser.get(path)
    assert ticked(page) == []
    assert browser.post(path, {**sent, "version": "1"}).status_code == 302
    assert going.case.papers.get(purpose=Purpose.PACKET).version == 2


def test_two_designate_it_anew_one_of_them_a_mediator(cast: Cast) -> None:
    going = referred(cast)
    page, until = at(going, "packet/sharing/"), timezone.localdate() + dt.timedelta(days=9)
    cast.browser("member").post(page, {"deed": "take_back"})
    assert cast.browser("mediator").post(at(going, "packet/1/"), {**SHARED, "what": "packet"}).status_code == 409
    sent = {"deed": "designate", "recipient": "chapter", "until": until.isoformat()}
    assert cast.browser("mediator").post(page, sent).status_code == 302
    assert cast.browser("mediator").post(page, sent).status_code == 409
    assert cast.browser("member").post(page, sent).status_code == 302
    taken = cast.browser("member").post(at(going, "packet/1/"), {**SHARED, "who": "chapter", "what": "packet"})
    assert taken.headers["Content-Type"] == "application/pdf"
    assert DRAFT["saw"].encode() not in taken.content


def test_a_row_that_somebody_wrote_designates_nothing(cast: Cast) -> None:
    going = referred(cast)
    Designation.objects.update(recipient="chapter")
    answer = cast.browser("mediator").post(at(going, "packet/1/"), {**SHARED, "who": "chapter", "what": "packet"})
    assert answer.status_code == 409
    assert entries(going.case.chain, Event.SHARED) == []


def test_what_was_taken_back_is_not_designated_again_by_its_row(cast: Cast) -> None:
    going = referred(cast)
    cast.browser("member").post(at(going, "packet/sharing/"), {"deed": "take_back"})
    Designation.objects.update(ended_on=None)
    answer = cast.browser("mediator").post(at(going, "packet/1/"), {**SHARED, "what": "packet"})
    assert (answer.status_code, entries(going.case.chain, Event.SHARED)) == (409, [])


def test_once_it_reached_them_a_clock_runs_until_national_answers(cast: Cast) -> None:
    going = referred(cast)
    running = going.case.clocks.filter(kind=Clock.Kind.NATIONAL, stopped_at=None)
    before = running.count()
    cast.browser("member").post(at(going, "packet/sharing/"), {"deed": "reached"})
    assert (before, running.get().due_on) == (0, today() + dt.timedelta(days=policy.current().answer_days))
    assert "National answers" in text_of(cast.browser("mediator").get(at(going)))
    assert "National answers" not in text_of(cast.browser("respondent").get(at(going)))
    going.closed()
    assert not running.exists()


def test_after_a_second_referral_it_is_said_anew_that_it_reached_them(cast: Cast) -> None:
    going = referred(cast)
    page, sent = at(going, "packet/sharing/"), {"deed": "reached"}
    cast.browser("member").post(page, sent)
    going.take(Step.RETURN_TO_MEDIATION, "mediator")
    stopped = not going.case.clocks.filter(kind=Clock.Kind.NATIONAL, stopped_at=None).exists()
    put_together(going)
    going.take(Step.REFER, "mediator", WAITS)
    going.confirmed()
    assert (stopped, cast.browser("member").post(page, sent).status_code) == (True, 302)


def test_that_it_reached_whom_it_was_for_is_said_once(cast: Cast) -> None:
    going = referred(cast)
    page = at(going, "packet/sharing/")
    assert [cast.browser("member").post(page, {"deed": "reached"}).status_code for _each in range(2)] == [302, 409]
    assert len(entries(going.case.chain, Event.HANDED_OVER)) == 1
    assert "What has left can’t be called back." in text_of(cast.browser("mediator").get(page))
