"""What a browser does with a form on a page, as far as these tests need it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.http.response import HttpResponseBase


class _Inputs(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside = action, False
        self.fields: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.inside = found.get("action") == self.action
        elif tag == "input" and self.inside and found.get("name"):
            self.fields.setdefault(str(found["name"]), []).append(_as_sent(found.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


def form_fields(page: HttpResponseBase, action: str) -> dict[str, list[str]]:
    """Return every field, by name, that a browser would send from the form of this action."""
    inputs = _Inputs(action)
    inputs.feed(getattr(page, "content").decode())  # noqa: B009 - a streaming page has none
    return inputs.fields


def _as_sent(value: str) -> str:
    # A page is read with its line ends made LF; a form is sent with its line ends made CRLF.
    return re.sub("\r\n|\r|\n", "\r\n", value)
