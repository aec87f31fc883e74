"""A page as it leaves the printer."""

from __future__ import annotations

import io
import unicodedata

from playwright.sync_api import Page, ViewportSize
from pypdf import PdfReader

# A4 within the margins of `@page`, at 96 dots to the inch.
SHEET = ViewportSize(width=643, height=971)
NOT_ON_PAPER = ".nav, .leave, .skip, .site-footer, .demo-banner, .keep, button, .button, main form, .actions, .back"
# Words of the frame: on paper they would be noise, or tell what was open.
CHROME = ("Leave this page", "Log out", "Your account", "Skip to", "Other places to turn to", "Español")
INK = "getComputedStyle(document.body).color"
# What is cut at an edge of its own, where nobody can scroll; what only a screen reader hears is meant to be.
CUT = """width => [...document.querySelectorAll('body, main *')].filter(each => {
  const look = getComputedStyle(each), box = each.getBoundingClientRect();
  if (!box.width || look.clipPath !== 'none') return false;
  const within = look.overflowX === 'visible' || each.scrollWidth <= each.clientWidth + 1;
  const whole = look.overflowY === 'visible' || each.scrollHeight <= each.clientHeight + 1;
  return !(within && whole) || box.right > width + 1;
}).map(each => each.outerHTML.slice(0, 120))"""


def on_paper(page: Page) -> str:
    """Return the words of a page as printed, its spaces made one: whole, black, and with nothing of the chrome."""
    before = page.viewport_size
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print", color_scheme="dark")
    assert [each.inner_text() for each in page.locator(NOT_ON_PAPER).all() if each.is_visible()] == []
    assert page.locator("header").inner_text().split() == ["Caracol"]
    assert page.evaluate(INK) == "rgb(0, 0, 0)"
    assert page.evaluate(CUT, SHEET["width"]) == []
    words = printed(page)
    assert [each for each in CHROME if each in words] == []
    page.emulate_media(media="screen")
    if before:
        page.set_viewport_size(before)
    return words


def printed(page: Page) -> str:
    """Return what can be read in the PDF of a page, letters that the printer joined taken apart again."""
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    words = unicodedata.normalize("NFKC", " ".join(sheet.extract_text() for sheet in sheets))
    return " ".join(words.split())
