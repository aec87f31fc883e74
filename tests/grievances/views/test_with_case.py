"""Fetching and checking in one: what every page of a case answers before and around its view."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from caracol.accounts.models import User
from caracol.ledger import triggers
from caracol.ledger.chain import entries
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.models import Case, Pseudonym, Seat, SeatOffer
from grievances.rooms import RoomKind
from grievances.views.with_case import attempt
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import room, sql
from tests.grievances.views.pages import at, same_as_unknown, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def refused(going: Walk, login: str) -> int:
    """How often the ledger says that somebody was refused something in the case."""
    who = Pseudonym.of(going.case.chain, going.cast.user(login))
    return len([told for told in entries(going.case.chain, Event.REFUSED) if told.actor == who])


# Before the view


def test_what_a_seat_may_not_do_is_refused_and_recorded_and_unknown_to_who_has_no_seat(cast: Cast) -> None:
    going = walk(cast, "told")
    page = at(going, "sessions/new/")
    answers = {login: cast.browser(login).get(page).status_code for login in ("mediator", "respondent", "stranger")}
    assert answers == {"mediator": 200, "respondent": 403, "stranger": 404}
    assert {login: refused(going, login) for login in ("mediator", "respondent")} == {"mediator": 0, "respondent": 1}
    assert same_as_unknown(cast.browser("stranger"), page)


def test_who_finds_a_case_and_has_no_seat_in_it_any_more_is_refused(cast: Cast) -> None:
    going = walk(cast, "told")
    browser = cast.browser("respondent")
    Seat.objects.filter(case=going.case, user=cast.user("respondent")).update(left_at=timezone.now())
    assert browser.get(at(going)).status_code == 403


# Around the view


def test_what_a_view_refuses_is_recorded(cast: Cast) -> None:
    going = walk(cast, "told")
    names = room(going.case, RoomKind.NAMES)
    answer = cast.browser("member").post(at(going, f"rooms/{names.token}/"), {"text": "They know."})
    assert (answer.status_code, refused(going, "member")) == (403, 1)


def nature_written(going: Walk) -> None:
    Case.objects.filter(pk=going.case.pk).update(nature="interpersonal")


def ledger_cut(going: Walk) -> None:
    triggers.remove(connection)
    sql("DELETE FROM ledger_entry WHERE chain = %s AND number = 5", going.case.chain)


def keys_swapped(going: Walk) -> None:
    thief = going.cast.user("stranger")
    User.objects.filter(pk=going.cast.user("mediator").pk).update(public_box=bytes(thief.public_box))


def ask(going: Walk) -> Any:
    """Let the intake person ask a mediator, whose row and case are what they are."""
    typed = {"version": going.case.version, "who": going.cast.user("mediator").handle}
    return going.cast.browser("intake").post(at(going, f"{Step.ASK.value}/"), typed)


def asked(going: Walk) -> bool:
    return SeatOffer.objects.filter(case=going.case, user=going.cast.user("mediator")).exists()


@pytest.mark.parametrize("written", [nature_written, ledger_cut, keys_swapped])
def test_nothing_is_done_in_a_case_that_is_not_as_the_ledger_has_it_and_its_page_says_so(
    cast: Cast, caplog: pytest.LogCaptureFixture, written: Callable[[Walk], None]
) -> None:
    going = walk(cast, "taken_in")
    cast["mediator"], cast["stranger"], cast.browser("intake")
    written(going)
    with caplog.at_level(logging.ERROR):
        answer = ask(going)
    assert (answer.status_code, asked(going)) == (500, False)
    assert "Something in this case is not as it was written, so nothing was done." in text_of(answer)
    assert "grievances.views.with_case" in [record.name for record in caplog.records]


def test_the_same_is_done_in_a_case_that_nobody_wrote_into(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    assert (ask(going).status_code, asked(going)) == (302, True)


# What a page shows beside what was typed


def test_what_stood_in_the_way_of_a_deed_is_handed_back_and_nothing_where_it_is_done() -> None:
    done: list[str] = []

    def shut() -> None:
        raise NotOpen("Not today.")

    refusal = attempt(shut)
    assert (refusal and refusal.reason, attempt(lambda: done.append("done")), done) == ("Not today.", None, ["done"])


def test_a_deed_of_another_seat_is_no_matter_of_mending() -> None:
    def not_theirs() -> None:
        raise NotYours("This is the mediators'.")

    with pytest.raises(NotYours):
        attempt(not_theirs)
