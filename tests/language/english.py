"""Finds English on a page that somebody reads in Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape

from tests.language.catalogue import in_catalogue
from tests.language.test_catalogue import forms
from tests.visitor import PageForm, Visitor, forms_on

# Shorter words may be the same in both, or part of others.
LETTERS = 13
# The packet of the tests' world was put together by somebody who reads English, and is sealed word for word as it was.
SEALED = frozenset({"Why it goes to National now"})
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


@cache
def pieces() -> frozenset[str]:
    """Return what is English and nothing else: the parts between the places of each sentence that is translated."""
    return frozenset(
        piece
        for message in in_catalogue()
        if message.id and message.string
        for asked, said in zip(forms(message.id), forms(message.string), strict=True)
        for piece in _english(asked, said)
    )


def _english(asked: str, said: str) -> Iterator[str]:
    for part in PLACE.split(asked.replace("%%", "%")):
        piece = " ".join(part.split())
        if sum(letter.isalpha() for letter in piece) >= LETTERS and piece not in said and piece not in SEALED:
            yield piece


def english_on(page: str) -> list[str]:
    """Return every piece of English that stands on a page, but for what is marked as English."""
    marked = re.sub(r'<(\w+)[^>]* lang="en".*?</\1>', " ", unescape(page), flags=re.DOTALL)
    text = " ".join(marked.split())
    return sorted(piece for piece in pieces() if piece in text)


@dataclass
class SpanishVisitor(Visitor):
    """A visitor who chose Spanish, and finds no English on any page they open or form they are shown."""

    @classmethod
    def reading(cls, login: str) -> SpanishVisitor:
        visitor = cls(Visitor.logged_in(login).client)
        visitor.client.post("/language/", {"language": "es"})
        return visitor

    def open(self, path: str) -> str:
        page = super().open(path)
        assert english_on(page) == [], path
        return page

    def forms(self, path: str) -> list[PageForm]:
        page = self.client.get(path).content.decode()
        assert english_on(page) == [], path
        return forms_on(page)
