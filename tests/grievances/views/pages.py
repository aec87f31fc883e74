"""Asking for a case's pages, and reading what they say."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client

from tests.grievances.cast import Walk

CONTROL = "The text has characters that can't be kept, often from pasting. Please type that place anew."
REORDERING = "The text has hidden characters that change its reading order. Please type that place anew."
TOO_LONG = "This is too long: 100000 characters; up to 50000 fit."
# What somebody may type or paste, and what is said beside the field.
HOSTILE = [
    ("", "This field is required."),
    ("a\x00b", CONTROL),
    ("a\x07b", CONTROL),
    ("a\ufffdb", CONTROL),
    ("a\u202eb", REORDERING),
    ("x" * 100_000, TOO_LONG),
]


def at(going: Walk, rest: str = "") -> str:
    """Return the address of one of the case's pages."""
    return f"/cases/{going.case.reference}/{rest}"


def text_of(page: Any) -> str:
    """Return a page's text without its markup and its CSRF tokens, its spaces made one."""
    bare = re.sub(r"<input[^>]*csrfmiddlewaretoken[^>]*>", "", page.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", bare)).split())


def statuses(browser: Client, address: str) -> tuple[int, int]:
    """Return what an address answers to GET and to an empty POST."""
    return browser.get(address).status_code, browser.post(address).status_code


def same_as_unknown(browser: Client, address: str) -> bool:
    """Return whether an address answers just what one does that does not exist."""
    page, unknown = browser.get(address), browser.get("/cases/no-such-case/")
    return (page.status_code, text_of(page)) == (404, text_of(unknown))
