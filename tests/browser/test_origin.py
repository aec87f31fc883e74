"""Forms under `Referrer-Policy: no-referrer`, as a real browser sends them: from our own pages, and from another's."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, Route
from pytest_django.live_server_helper import LiveServer

from caracol.accounts import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

PASSWORD = "a snail climbs slowly"


def fill_in(page: Page, live_server: LiveServer) -> None:
    people.join(login="ana", name="Ana", email="ana@example.org", password=PASSWORD)
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Login name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)


def sent_by(page: Page, button: str) -> tuple[Request, int]:
    """Press the button; return the form that went, and what was answered."""
    with page.expect_response(lambda response: response.request.method == "POST") as answered:
        page.locator(button).first.click()
    return answered.value.request, answered.value.status


def test_a_form_of_our_own_comes_with_no_origin_and_is_taken(page: Page, live_server: LiveServer) -> None:
    fill_in(page, live_server)
    request, status = sent_by(page, "main button")
    headers = request.all_headers()
    assert (headers["origin"], headers["sec-fetch-site"], "referer" in headers) == ("null", "same-origin", False)
    assert status == 302


@pytest.mark.parametrize("policy", ["no-referrer", "unsafe-url"])
def test_the_same_form_from_another_site_is_refused(page: Page, live_server: LiveServer, policy: str) -> None:
    fill_in(page, live_server)
    fields = page.locator("main form").first.inner_html()
    # To the browser, 127.0.0.1 is another site than localhost.
    trap = live_server.url.replace("localhost", "127.0.0.1") + "/trap/"
    assert trap != live_server.url + "/trap/"

    def answer(route: Route) -> None:
        form = f'<form method="post" action="{live_server.url}/accounts/login/">{fields}</form>'
        route.fulfill(body=form, content_type="text/html", headers={"referrer-policy": policy})

    page.route(trap, answer)
    page.goto(trap)
    page.unroute(trap)  # a browser being routed does not show every header
    page.get_by_label("Login name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    request, status = sent_by(page, "form button")
    assert (request.all_headers()["sec-fetch-site"], status) == ("cross-site", 403)
