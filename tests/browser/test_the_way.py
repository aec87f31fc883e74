"""The way in Chromium, by hand as it were: what is typed, ticked and pressed on the pages themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page
from pytest_django.live_server_helper import LiveServer

from grievances.models import Outcome
from grievances.workflow import Stage, Step
from tests.grievances.cast import PASSWORD, Cast, the_code
from tests.story import Story
from tests.visitor import BUTTONS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]


@dataclass
class Chromium:
    """Somebody at Chromium on a narrow telephone, without JavaScript."""

    page: Page
    site: str

    @classmethod
    def logged_in(cls, browser: Browser, site: str, login: str) -> Chromium:
        context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
        page = context.new_page()
        page.set_default_timeout(10_000)
        visitor = cls(page, site)
        visitor.done("/accounts/login/", login=login, password=PASSWORD)
        return visitor

    def open(self, path: str) -> str:
        answer = self.page.goto(self.site + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        if urlsplit(self.page.url).path == "/safety/leaving/":
            # Before the first concern it is explained, once, how to leave in a hurry.
            self.page.locator("main form button").click()
        return self.page.content()

    def done(self, path: str, **answers: str | list[str]) -> str:
        self.open(path)
        buttons = {name: said for name, said in answers.items() if name in BUTTONS}
        for name, said in answers.items():
            if name not in buttons:
                self._fill(name, said)
        self._send(buttons)
        return urlsplit(self.page.url).path

    def press(self, path: str, **hidden: str) -> None:
        self.open(path)
        form = self.page.locator("main form")
        for name, said in hidden.items():
            form = form.filter(has=self.page.locator(f'input[name="{name}"][value="{said}"]'))
        form.first.locator("button").click()

    def _fill(self, name: str, said: str | list[str]) -> None:
        fields = self.page.locator(f'main [name="{name}"]')
        if fields.first.get_attribute("type") in {"radio", "checkbox"}:
            for value in [said] if isinstance(said, str) else said:
                self._tick(self.page.locator(f'main [name="{name}"][value="{value}"]') if value != "on" else fields)
        elif self.page.locator(f'main select[name="{name}"]').count():
            fields.first.select_option(said)
        else:
            fields.first.fill(str(said))

    def _tick(self, box: Locator) -> None:
        for summary in box.first.locator("xpath=ancestor::details[not(@open)]/summary").all():
            summary.click()
        box.first.check()

    def _send(self, buttons: dict[str, str | list[str]]) -> None:
        chosen = "".join(f'[name="{name}"][value="{value}"]' for name, value in buttons.items())
        with self.page.expect_navigation() as navigation:
            self.page.locator(f"main form button{chosen}").first.click()
        assert navigation.value.status == 200, (self.page.url, self.page.locator("main").inner_text())


def test_a_concern_goes_to_national_and_closes_in_chromium(browser: Browser, live_server: LiveServer) -> None:
    the_code()
    story = Story(Cast(), partial(Chromium.logged_in, browser, live_server.url))
    story.under_way()
    story.one_on_one("declined")
    story.mediated()
    story.agreed()
    story.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    story.packed_and_referred()
    assert story.case.stage == Stage.NATIONAL
    story.take(Step.RECORD_ANSWER, "mediator2", text="They take it up.")
    assert (story.case.stage, story.case.outcome) == (Stage.CLOSED, Outcome.NATIONAL)
