from __future__ import annotations

import base64
import time

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from caracol.accounts import people
from caracol.accounts.models import Factor, User
from caracol.accounts.second_factor.app import STEP_SECONDS, code_at
from tests.browser.paper import on_paper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

PASSWORD = "a snail climbs slowly"
WIDTH = "document.documentElement.scrollWidth"
# Waits until the image is there, and fails where it is none.
PICTURE = "async image => { await image.decode(); return image.naturalWidth; }"
UNTOUCHED = "() => { navigator.credentials.create = () => Promise.reject(new Error('nobody touched it')); }"


def log_in(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/accounts/login/?next=/accounts/")
    page.get_by_label("Login name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button").first.click()


@pytest.fixture
def ana(page: Page, live_server: LiveServer) -> User:
    """Ana, logged in, at her second factors."""
    user = people.join(login="ana", name="Ana", email="ana@example.org", password=PASSWORD)
    log_in(page, live_server)
    page.get_by_role("button", name="Log out").wait_for()
    page.goto(f"{live_server.url}/accounts/factors/")
    return user


@pytest.fixture
def key(page: Page) -> None:
    """A security key in the browser's own making, touched at once whenever it is asked."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "automaticPresenceSimulation": True,
        "isUserVerified": False,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_security_key_is_added_and_lets_in_at_the_next_login(
    page: Page, key: None, ana: User, live_server: LiveServer
) -> None:
    page.get_by_role("link", name="A security key").click()
    page.get_by_role("button", name="Add my key").click()
    page.get_by_role("heading", name="Your backup codes").wait_for()
    assert page.locator("main li code").count() == 10
    page.get_by_role("button", name="Log out").click()
    log_in(page, live_server)
    page.get_by_role("heading", name="One more step").wait_for()
    page.get_by_role("button", name="Use my key").click()
    page.get_by_role("heading", name="Your recovery code").wait_for()
    assert Factor.objects.get().counter > 0


def test_without_the_key_the_page_says_so_and_stays(page: Page, ana: User, live_server: LiveServer) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    page.goto(f"{live_server.url}/accounts/factors/key/")
    assert page.get_by_text("No key answered").is_hidden()
    page.evaluate(UNTOUCHED)
    page.get_by_role("button", name="Add my key").click()
    page.get_by_text("No key answered").wait_for()
    assert page.get_by_role("button", name="Add my key").is_enabled()


def test_an_app_is_added_from_the_picture_or_the_text(page: Page, ana: User, live_server: LiveServer) -> None:
    page.get_by_role("link", name="An app on your telephone").click()
    assert page.locator("main img").evaluate(PICTURE) > 0
    assert page.evaluate(WIDTH) == 320
    text = page.locator("code.secret").inner_text()
    secret = base64.b32decode(text.replace(" ", ""))
    page.get_by_label("The code your app shows now").fill(code_at(secret, int(time.time()) // STEP_SECONDS))
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("heading", name="Your backup codes").wait_for()
    assert page.evaluate(WIDTH) == 320
    paper = on_paper(page)
    assert [code for code in page.locator("main li code").all_inner_texts() if code not in paper] == []
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("heading", name="An app that shows codes").wait_for()
    assert page.evaluate(WIDTH) == 320
