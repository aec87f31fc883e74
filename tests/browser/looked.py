"""What Chromium finds on one page: faults that axe knows, what runs off a narrow screen, and what it weighs."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, ConsoleMessage, Request, ViewportSize

from tests.browser.served import STATIC, Shelf, content

NARROW, WIDE = ViewportSize(width=320, height=640), ViewportSize(width=1280, height=800)
# HTML, style and scripts of one page, as they travel: compressed.
BUDGET = 60 * 1024
# What nobody sees move: browsers call a tenth good.
HARDLY = 0.005
# axe leaves what WCAG 2.2 says of the size of targets to who asks for it.
ALL_OF_AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS_ONLY = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
BY_AXE = "([part, options]) => axe.run(part, options)"
# All that is asked of a page in the light, at once. What moved after it was first shown is the sum that browsers call
# cumulative layout shift; `unnamed` are fields without words that can be read, and choices that no legend holds
# together (1.3.1, 3.3.2); `help` is where to turn to (3.2.6), and in which language the page is (3.1.1).
LOOK = """async ([part, options]) => {
  let moved = 0;
  new PerformanceObserver(list => { for (const each of list.getEntries()) moved += each.value; })
    .observe({type: 'layout-shift', buffered: true});
  const fields = [...document.querySelectorAll('main :is(input:not([type=hidden]), textarea, select)')];
  const named = field => [...field.labels].some(label => label.textContent.trim())
    && (field.type !== 'radio' || field.closest('fieldset')?.querySelector('legend')?.textContent.trim());
  return {
    violations: (await axe.run(part, options)).violations,
    title: document.title,
    help: [document.querySelector('body > main + footer')?.innerText, document.documentElement.lang],
    unnamed: fields.filter(field => !named(field)).map(field => field.name),
    styles: document.querySelectorAll('link[rel=stylesheet]').length,
    blocking: document.querySelectorAll('script[src]:not([defer]):not([async]):not([type=module])').length,
    fetched: performance.getEntriesByType('resource').map(each => new URL(each.name).pathname),
    moved,
  };
}"""
# A page is first shown when all of its HTML has come: in which pieces it comes, and is drawn, is the network's chance.
WHOLE = """
const unseen = new CSSStyleSheet();
unseen.replaceSync('html { display: none }');
document.adoptedStyleSheets = [unseen];
document.addEventListener('readystatechange', () => { document.adoptedStyleSheets = []; }, {once: true});
"""
SCROLLS = "document.documentElement.scrollWidth"


def weight(body: bytes) -> int:
    """Return how many bytes travel."""
    return len(gzip.compress(body))


WEIGHTS = {f"/static/{path.name}": weight(path.read_bytes()) for path in STATIC.iterdir() if path.suffix != ".svg"}


class Looker:
    """A browser that looks at pages as the site answered them, headers and all."""

    def __init__(self, browser: Browser, shelf: Shelf) -> None:
        self.shelf = shelf
        self.context = browser.new_context(viewport=WIDE)
        self.context.add_init_script(script=Axe().axe_script)
        self.context.add_init_script(script=WHOLE)
        self.page = self.context.new_page()
        self.strays: list[str] = []
        self.help: list[str] = []
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_refusal)

    def faults(self, answer: HttpResponseBase, *, part: str, dark: bool) -> Iterator[str]:
        """
        Yield what is wrong with a page: by axe in the light, at 320 px, by weight, by its title.

        `part` is what axe looks at ("html", or "main" where the frame is known already); `dark`: in the dark as well.
        """
        self.shelf.answer, self.strays = answer, []
        self.page.emulate_media(color_scheme="light")
        self.page.goto(f"{self.shelf.site}/page")
        looked = self.page.evaluate(LOOK, [part, ALL_OF_AXE])
        yield from _told(looked, "light")
        yield from self._of_frame(looked, answer)
        if dark:
            self.page.emulate_media(color_scheme="dark")
            yield from _told(self.page.evaluate(BY_AXE, [part, COLOURS_ONLY]), "dark")
        self.page.set_viewport_size(NARROW)
        if (wide := self.page.evaluate(SCROLLS)) > NARROW["width"]:
            yield f"is {wide} px wide at {NARROW['width']}"
        self.page.set_viewport_size(WIDE)

    def _of_frame(self, looked: Mapping[str, Any], answer: HttpResponseBase) -> Iterator[str]:
        if looked["title"] != "Caracol":
            yield f"has a title of its own: {looked['title']}"
        self.help = self.help or looked["help"]
        if not all(self.help) or looked["help"] != self.help:
            yield "has its help elsewhere, or no language"
        if looked["unnamed"]:
            yield f"asks without saying what: {looked['unnamed']}"
        weighs = weight(content(answer)) + sum(WEIGHTS.get(path, 0) for path in set(looked["fetched"]))
        if weighs > BUDGET:
            yield f"weighs {weighs} bytes"
        if self.strays:
            yield f"asks elsewhere: {self.strays}"
        if (looked["styles"], looked["blocking"]) != (1, 0):
            yield "waits for more than one stylesheet"
        if looked["moved"] > HARDLY:
            yield f"moves by {looked['moved']} after it was shown"

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(f"{self.shelf.site}/"):
            self.strays.append(request.url)

    def _note_refusal(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.strays.append(message.text)


def _told(looked: Mapping[str, Any], theme: str) -> Iterator[str]:
    for found in looked["violations"]:
        for node in found["nodes"]:
            yield f"axe, {theme}: {found['id']}: {node['html'][:160]}"
