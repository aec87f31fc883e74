"""On paper: the words and the name of the site; no menu, no button, nothing cut, and nobody's name at the head."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.browser.paper import on_paper
from tests.browser.people import Visit, visit
from tests.grievances.cast import DRAFT, Cast, walk
from tests.grievances.statistics.made import FIRST
from tests.grievances.statistics.test_releases import released
from tests.grievances.views.test_releases import WAITS, designated

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

Desk = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture
def at_a_desk(browser: Browser, live_server: LiveServer, cast: Cast) -> Desk:
    """Let somebody of the cast come to the site, on a screen in the dark."""

    def come(login: str = "") -> AbstractContextManager[Visit]:
        if login:
            cast[login]
        return visit(browser, live_server.url, login, color_scheme="dark")

    return come


@pytest.mark.parametrize(("login", "words"), [("member", "You are here"), ("mediator", "Rooms you can open")])
def test_the_summary_of_a_case(cast: Cast, at_a_desk: Desk, login: str, words: str) -> None:
    going = walk(cast, "amends")
    with at_a_desk(login) as reader:
        reader.open(f"/cases/{going.case.reference}/")
        paper = on_paper(reader.page)
    assert [each for each in (going.case.reference, words) if each not in paper] == []
    assert "Somebody" not in paper


def test_an_agreement(cast: Cast, at_a_desk: Desk) -> None:
    going = walk(cast, "amends")
    table = going.case.rooms.get(kind=RoomKind.TABLE).token
    with at_a_desk("respondent") as side:
        side.open(f"/cases/{going.case.reference}/rooms/{table}/")
        paper = on_paper(side.page)
    assert [each for each in ("We agree.", "Say sorry to the cat.") if each not in paper] == []


def test_a_packet(cast: Cast, at_a_desk: Desk) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    with at_a_desk("mediator") as mediator:
        mediator.open(f"/cases/{going.case.reference}/packet/")
        box = mediator.page.locator("main .card").filter(has_text=DRAFT["saw"]).locator("input[type=checkbox]")
        mediator.fill(**{box.first.get_attribute("name") or "": "on", "filer": "The reporter", "why_now": "It broke."})
        mediator.press("See what would leave")
        paper = on_paper(mediator.page)
    assert [each for each in ("This is what would leave", DRAFT["saw"], "It broke.") if each not in paper] == []
    assert "starts as left out" not in paper


def test_a_recovery_code(cast: Cast, at_a_desk: Desk) -> None:
    with at_a_desk("member") as member:
        member.open("/accounts/code/")
        member.press("Make my code")
        code = member.page.locator("code.secret").inner_text()
        assert code in on_paper(member.page)


def test_a_receipt(at_a_desk: Desk) -> None:
    with at_a_desk() as visitor:
        visitor.open("/accounts/receipt/")
        visitor.press("Make my receipt")
        receipt = visitor.page.locator("code.secret").inner_text()
        assert receipt in on_paper(visitor.page)


def test_a_release_to_read_and_one_to_hand_on(cast: Cast, at_a_desk: Desk) -> None:
    released(FIRST)
    designated(cast, "steering", "steering2")
    with at_a_desk("steering") as steering:
        steering.open(f"/statistics/{FIRST}/")
        assert "At least" in on_paper(steering.page)
        steering.open(f"/statistics/{FIRST}/page/")
        steering.fill(**{name: said for name, said in WAITS.items() if name != "waits"})
        steering.press("Take it")
        paper = on_paper(steering.page)
    assert "Concerns closed in" in paper
    assert "This page can be printed now" not in paper
