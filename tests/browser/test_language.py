"""Changing the language on a narrow telephone, without losing one's place."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.people import visit
from tests.grievances.cast import Cast, the_code
from tests.grievances.statistics.made import FIRST
from tests.grievances.statistics.test_releases import released

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

# Words that run out of their picture, where nobody reads them.
RUN_OFF = """() => [...document.querySelectorAll('.chart text')].filter(text =>
  text.getBBox().x + text.getBBox().width > text.ownerSVGElement.viewBox.baseVal.width
).map(text => text.textContent)"""


def test_the_language_changes_and_one_stays_where_one_was(page: Page, live_server: LiveServer) -> None:
    the_code()
    where = f"{live_server.url}/code/?from=here"
    page.goto(where)
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Código de Conducta")
    assert page.url == where
    assert page.locator("html").get_attribute("lang") == "es"
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Code of Conduct")
    assert page.url == where
    assert page.title() == "Caracol"


def test_it_says_what_is_lost_where_something_can_be_typed(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    assert page.locator("#language-hint").is_visible()
    page.goto(f"{live_server.url}/safety/")
    assert not page.locator("#language-hint").is_visible()
    described = page.get_by_role("button", name="Español").get_attribute("aria-describedby")
    assert described == "language-hint"


def test_the_choice_works_by_keyboard_and_is_large_enough_to_touch(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/safety/")
    button = page.get_by_role("button", name="Español")
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_what_a_picture_says_fits_into_it_in_the_longer_language(
    browser: Browser, live_server: LiveServer, cast: Cast
) -> None:
    released(FIRST)
    cast["steering"]
    with visit(browser, live_server.url, "steering") as steering:
        steering.open(f"/statistics/{FIRST}/")
        steering.page.get_by_role("button", name="Español").click()
        expect(steering.page.locator(".chart__says").first).to_contain_text("alrededor de")
        assert steering.page.evaluate(RUN_OFF) == []
