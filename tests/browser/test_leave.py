from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from caracol.accounts import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

PASSWORD = "a snail climbs slowly"
THEN = dt.datetime(2031, 1, 8, 12, tzinfo=dt.UTC)
WORDS = "document.querySelector('.leave [role=status]').textContent"
DOTS = "document.querySelectorAll('.leave__dot--on').length"


class Outside(BaseHTTPRequestHandler):
    """Another site, which keeps what it is told by whoever arrives."""

    told: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self.told.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<title>Weather</title>sunny")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def outside(settings: Settings) -> Iterator[str]:
    """The address of the page outside. To the browser, 127.0.0.1 is another site than localhost."""
    Outside.told.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Outside) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EXIT_URL = f"http://127.0.0.1:{server.server_port}/"
        yield settings.EXIT_URL
        server.shutdown()


@pytest.fixture
def ana(page: Page, live_server: LiveServer, outside: str) -> Page:
    """Ana, logged in, at the Code."""
    people.join(login="ana", name="Ana", email="ana@example.org", password=PASSWORD)
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Login name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button").first.click()
    page.get_by_role("button", name="Log out").wait_for()
    page.goto(f"{live_server.url}/safety/")
    return page


def left(page: Page, live_server: LiveServer) -> None:
    """The page outside is there, nobody is logged in any more, and nothing of ours is left in the browser."""
    page.get_by_text("sunny").wait_for()
    assert page.context.cookies() == []
    page.goto(f"{live_server.url}/accounts/")
    assert page.url.startswith(f"{live_server.url}/accounts/login/")


def test_the_link_leads_out_and_tells_nobody_where_from(ana: Page, live_server: LiveServer) -> None:
    ana.locator(".leave__link").click()
    left(ana, live_server)
    assert "referer" not in Outside.told[0]


def test_shift_three_times_leads_out(ana: Page, live_server: LiveServer) -> None:
    ana.keyboard.press("Shift")
    assert (ana.evaluate(WORDS), ana.evaluate(DOTS)) == ("Press Shift 2 more times to leave this page.", 1)
    ana.keyboard.press("Shift")
    assert (ana.evaluate(WORDS), ana.evaluate(DOTS)) == ("Press Shift 1 more time to leave this page.", 2)
    ana.keyboard.press("Shift")
    left(ana, live_server)


def test_back_does_not_lead_to_the_page_that_was_left(ana: Page, live_server: LiveServer) -> None:
    ana.locator(".leave__link").click()
    ana.get_by_text("sunny").wait_for()
    ana.go_back()
    ana.wait_for_load_state()
    assert ana.url != f"{live_server.url}/safety/"
    assert ana.title() in {"Caracol", ""}


def test_capital_letters_do_not_lead_out(ana: Page, live_server: LiveServer) -> None:
    for _ in range(4):
        ana.keyboard.press("Shift+A")
    ana.keyboard.press("Shift")
    ana.keyboard.press("a")
    ana.keyboard.press("Shift")
    ana.keyboard.press("Shift")
    assert ana.evaluate(DOTS) == 2
    assert ana.url == f"{live_server.url}/safety/"


def test_after_five_seconds_shift_is_forgotten(ana: Page) -> None:
    ana.clock.install(time=THEN)
    ana.reload()
    # From here on no time passes but what is let pass.
    ana.clock.pause_at(THEN + dt.timedelta(hours=1))
    ana.keyboard.press("Shift")
    ana.keyboard.press("Shift")
    ana.clock.run_for(4_900)
    assert ana.evaluate(DOTS) == 2
    ana.clock.run_for(200)
    assert (ana.evaluate(WORDS), ana.evaluate(DOTS)) == ("You are still here: Shift was not pressed three times.", 0)
    ana.clock.run_for(5_100)
    assert ana.evaluate(WORDS) == ""


def test_the_second_tab_is_the_way_out(ana: Page, live_server: LiveServer) -> None:
    ana.keyboard.press("Tab")
    ana.keyboard.press("Tab")
    assert ana.evaluate("document.activeElement.textContent.trim()") == "Leave this page now"
    ana.keyboard.press("Enter")
    left(ana, live_server)


def test_the_page_is_covered_while_the_next_one_loads(ana: Page, live_server: LiveServer) -> None:
    ana.route("**/leave/", lambda route: route.fulfill(status=204))  # a next page that never comes
    ana.locator(".leave__link").click()
    assert ana.locator("[role=alert]").text_content() == "Loading."
    assert not ana.locator("main").is_visible()
    ana.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert ana.locator("main").is_visible()
    assert ana.locator(".leaving__cover").count() == 0


def test_without_javascript_the_link_leads_out_too(browser: Browser, live_server: LiveServer, outside: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    assert context.cookies() != []
    page.locator(".leave__link").click()
    page.get_by_text("sunny").wait_for()
    assert context.cookies() == []
    context.close()


def test_another_site_s_link_logs_nobody_out(ana: Page, live_server: LiveServer) -> None:
    trap = live_server.url.replace("localhost", "127.0.0.1") + "/trap/"
    link = f'<a href="{live_server.url}/leave/">a nice link</a>'
    ana.route(trap, lambda route: route.fulfill(body=link, content_type="text/html"))
    ana.goto(trap)
    ana.get_by_role("link").click()
    ana.get_by_text("sunny").wait_for()
    ana.goto(f"{live_server.url}/accounts/")
    assert ana.url == f"{live_server.url}/accounts/"
