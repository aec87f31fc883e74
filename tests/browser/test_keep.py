"""What is typed is kept: a draft is saved as one types, and a connection that drops costs no word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from grievances.actions import intake
from grievances.models import Case
from grievances.sealing import read_one
from tests.browser.people import Visit, visit
from tests.grievances.cast import Cast, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

TYPED = "They laughed at my banner."
STORED = "Object.keys(localStorage).length + Object.keys(sessionStorage).length"


@pytest.fixture
def begun(cast: Cast) -> Case:
    return Walk.begin(cast).case


@pytest.fixture
def member(browser: Browser, live_server: LiveServer, begun: Case) -> Iterator[Visit]:
    """The reporter at the first question of their draft, with the clock in our hands."""
    with visit(browser, live_server.url, "member") as visitor:
        visitor.page.clock.install()
        visitor.open(f"/cases/{begun.reference}/draft/questions/q02/")
        yield visitor


def type_in(page: Page, words: str) -> None:
    page.locator("main textarea").first.press_sequentially(words)


def saved(case: Case, cast: Cast) -> str:
    draft = intake.draft_of(case)
    return read_one(draft, by=cast["member"]).get("saw", "") if draft else ""


def says(page: Page, words: str) -> None:
    expect(page.locator(".keep__says")).to_contain_text(words)


def test_a_draft_is_saved_as_one_types_and_says_so(member: Visit, begun: Case, cast: Cast) -> None:
    type_in(member.page, TYPED)
    assert saved(begun, cast) == ""
    member.page.clock.run_for(2_100)
    says(member.page, "Saved. Nobody but you can read it.")
    assert saved(begun, cast) == TYPED
    type_in(member.page, " Twice.")
    member.page.clock.run_for(16_000)
    says(member.page, "Saved.")
    member.press("Save and continue")
    assert saved(begun, cast) == f"{TYPED} Twice."
    assert member.page.evaluate(STORED) == 0


def test_on_a_device_of_others_nothing_is_saved_until_one_says_so(member: Visit, begun: Case, cast: Cast) -> None:
    member.page.get_by_label("Save as I type").uncheck()
    type_in(member.page, TYPED)
    member.page.clock.run_for(60_000)
    says(member.page, "Nothing is saved until you press a button.")
    assert saved(begun, cast) == ""


def test_when_the_connection_drops_every_word_stays_and_is_saved_afterwards(
    member: Visit, begun: Case, cast: Cast
) -> None:
    member.page.context.set_offline(True)
    type_in(member.page, TYPED)
    member.page.clock.run_for(2_100)
    says(member.page, "The connection is gone.")
    member.page.get_by_role("button", name="Save and continue").click()
    says(member.page, "The connection is gone.")
    assert member.page.locator("main textarea").first.input_value() == TYPED
    assert member.page.evaluate(STORED) == 0
    member.page.context.set_offline(False)
    member.press("Save and continue")
    assert saved(begun, cast) == TYPED


def test_what_another_window_saved_is_not_written_over(member: Visit, begun: Case, cast: Cast) -> None:
    intake.save_draft(begun, {"saw": "From the other window."}, by=cast["member"])
    type_in(member.page, TYPED)
    member.page.clock.run_for(2_100)
    says(member.page, "not saved by itself any more")
    assert saved(begun, cast) == "From the other window."
    member.press("Save and continue", status=409)
    assert "From the other window." in member.page.locator("main").inner_text()
    assert member.page.locator("main textarea").first.input_value() == TYPED


def test_a_file_says_how_far_it_is_and_the_page_says_that_it_is_kept(member: Visit, begun: Case) -> None:
    member.open(f"/cases/{begun.reference}/draft/files/")
    page = member.page
    page.locator("main input[type=file]").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"What I noted.\n" * 200}
    )
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Kept, and sealed")).to_be_visible()
    assert "notes.txt" in page.locator("main").inner_text()
