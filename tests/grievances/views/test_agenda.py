from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from caracol.ledger.chain import entries
from grievances.events import Event
from grievances.models import AgendaItem, EntryKind
from grievances.sealing import read_one
from tests.grievances.cast import Cast
from tests.grievances.views.pages import text_of
from tests.grievances.views.test_desk import carried_to_a_meeting

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_who_carries_a_question_to_a_meeting_reads_it_and_nobody_else_does(cast: Cast) -> None:
    item = carried_to_a_meeting(cast)
    page = cast.browser("mediator2").get("/agenda/")
    assert [(each, opened.words) for each, opened in page.context["items"]] == [
        (item, {"text": "Whether porches are for all."})
    ]
    assert "Whether porches are for all." not in cast.browser("intake").get("/agenda/").content.decode()


def test_a_text_that_is_not_what_was_sealed_is_not_shown(cast: Cast) -> None:
    item = carried_to_a_meeting(cast)
    item.room.entries.update(sealed=b"another")
    page = cast.browser("mediator").get("/agenda/")
    assert [opened.words for _item, opened in page.context["items"]] == [None]
    assert page.content.decode().count("it is not what its writer sealed") == 1


WAITS = {"waits": "1", "who": "meeting", "why": "So that we decide it together.", "what": "text", "needed": "yes"}


DESIGNATED = {"recipient": "meeting", "until": (timezone.localdate() + dt.timedelta(days=7)).isoformat()}


def designated(cast: Cast, item: AgendaItem, *logins: str) -> str:
    """Let these people designate a text for a meeting; returns where it is taken along."""
    path = f"/agenda/{item.room.token}/take/"
    for login in logins:
        assert cast.browser(login).post(path, DESIGNATED).status_code == 302
    return path


def test_a_text_that_one_of_two_designated_stays(cast: Cast) -> None:
    item = carried_to_a_meeting(cast)
    path = designated(cast, item, "mediator")
    again = cast.browser("mediator").post(path, DESIGNATED)
    assert again.status_code == 409
    assert "It takes a second person." in again.content.decode()
    assert "porches" not in cast.browser("mediator2").post(path, WAITS).content.decode()
    assert entries(item.room.chain, Event.SHARED) == []


def test_a_text_is_taken_along_as_the_answer_to_why_and_by_who_carries_it(cast: Cast) -> None:
    item = carried_to_a_meeting(cast)
    browser, path = cast.browser("mediator2"), designated(cast, item, "mediator", "mediator2")
    asked = [browser.get(path), browser.post(path), browser.post(path, {**WAITS, "what": ""})]
    assert [answer.status_code for answer in asked] == [200, 200, 422]
    assert [answer for answer in asked if "porches" in answer.content.decode()] == []
    assert entries(item.room.chain, Event.SHARED) == []
    taken = browser.post(path, WAITS)
    assert "Whether porches are for all." in text_of(taken)
    [told] = entries(item.room.chain, Event.SHARED)
    assert told.details == {"thing": "agenda", "whom": "meeting", "why": ""}
    [kept] = item.room.entries.filter(kind=EntryKind.WAITS)
    assert read_one(kept, by=cast["mediator"])["why"] == "So that we decide it together."
    assert cast.browser("intake").post(path, WAITS).status_code == 404


def test_a_text_that_was_changed_is_not_taken_along(cast: Cast) -> None:
    item = carried_to_a_meeting(cast)
    item.room.entries.update(sealed=b"another")
    answer = cast.browser("mediator").post(designated(cast, item, "mediator", "mediator2"), WAITS)
    assert answer.status_code == 409
    assert "So that we decide it together." in answer.content.decode()
    assert entries(item.room.chain, Event.SHARED) == []
