from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

WIDTH = "document.documentElement.scrollWidth"
FOCUSED = "document.activeElement.textContent.trim()"


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/no-such-address/"])
def test_nothing_runs_off_a_narrow_screen(page: Page, live_server: LiveServer, path: str) -> None:
    page.goto(live_server.url + path)
    assert page.evaluate(WIDTH) == 320
    assert page.title() == "Caracol"


def test_the_first_tab_leads_past_the_menu(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_after_an_error_the_focus_is_on_what_to_look_at(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("main form").first.evaluate("form => form.noValidate = true")
    page.locator("main button").first.click()
    page.locator(".error-summary").wait_for()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
