"""What somebody typed, carried past a page that came between, so that no word is lost."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpRequest


def shown(text: str) -> str:
    """Return the text as a page can show it: half a character (a lone surrogate) becomes a question mark."""
    return text.encode(errors="replace").decode()


def carried(request: HttpRequest, *, but: str, without: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return every field typed, name and value, repeated names in their order; not those that begin with `but`."""
    return [
        (shown(name), shown(value))
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not name.startswith(but) and name not in without
        for value in values
    ]
