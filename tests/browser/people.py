"""Somebody at Chromium: logs in by the page itself, opens addresses, presses what they read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, ViewportSize

from tests.browser.pictures import Album
from tests.grievances.cast import PASSWORD

TELEPHONE = ViewportSize(width=320, height=640)
WIDTH = "document.documentElement.scrollWidth"


@dataclass
class Visit:
    """Somebody's browser, and the site it looks at."""

    page: Page
    site: str
    scripted: bool = True

    @property
    def path(self) -> str:
        """Where they are."""
        return urlsplit(self.page.url).path

    def open(self, path: str) -> None:
        """Go to an address that is theirs to see."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        if self.path == "/safety/leaving/":
            self.press("Go on")
        self._fits()

    def press(self, button: str, *, status: int = 200) -> None:
        """Press the first button of this name on the page, and wait for the page it leads to."""
        self._lead(self.page.locator("main").get_by_role("button", name=button).first, status)

    def follow(self, link: str) -> None:
        """Follow the first link of this name on the page."""
        self._lead(self.page.locator("main").get_by_role("link", name=link).first, 200)

    def fill(self, **answers: str) -> None:
        """Type into the fields of these names; a box or a choice is ticked."""
        for name, said in answers.items():
            field = self.page.locator(f'main [name="{name}"]')
            if field.first.get_attribute("type") in {"radio", "checkbox"}:
                by_value = self.page.locator(f'main [name="{name}"][value="{said}"]')
                self._tick((field if said == "on" else by_value).first)
            elif self.page.locator(f'main select[name="{name}"]').count():
                self._choose(field.first, said)
            else:
                self._write(field.first, said)

    def picture(self, name: str, at: str = "main") -> None:
        """Keep a picture of this page, from `at` on, for a guide, if pictures are wanted (with JavaScript)."""
        if self.scripted:
            Album.take(self.page, name, at)

    def reads(self) -> str:
        """Return the words of the page."""
        return self.page.locator("main").inner_text()

    def _lead(self, locator: Locator, status: int) -> None:
        with self.page.expect_navigation() as navigation:
            self._hit(locator)
        assert navigation.value.status == status, (self.page.url, self.reads())
        self._fits()

    def _fits(self) -> None:
        """Nothing of the page runs off the screen."""
        assert self.page.evaluate(WIDTH) <= TELEPHONE["width"], self.path

    def _hit(self, locator: Locator) -> None:
        locator.click()

    def _write(self, field: Locator, said: str) -> None:
        field.fill(said)

    def _tick(self, box: Locator) -> None:
        box.check()

    def _choose(self, select: Locator, value: str) -> None:
        select.select_option(value)


@contextmanager
def visit(browser: Browser, site: str, login: str = "", kind: type[Visit] = Visit, **options: Any) -> Iterator[Visit]:
    """Somebody on a narrow telephone, logged in if `login` is given; `options` are those of a browser context."""
    context = browser.new_context(viewport=TELEPHONE, reduced_motion="reduce", **options)
    page = context.new_page()
    page.set_default_timeout(15_000)
    visitor = kind(page, site, options.get("java_script_enabled", True))
    if login:
        visitor.open("/accounts/login/")
        visitor.fill(login=login, password=PASSWORD)
        visitor.press("Log in")
    yield visitor
    context.close()
