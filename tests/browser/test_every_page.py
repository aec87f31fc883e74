"""
Every page as everybody sees it, in Chromium: from the rows of the access matrix, so that a new page is not forgotten.

What two people see alike, to the byte, is looked at once: the page itself, and the frame around it.
"""

from __future__ import annotations

import re

import pytest
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser

from tests.browser.looked import Looker
from tests.browser.served import content, shelf
from tests.grievances.cast import Cast
from tests.matrix import table
from tests.matrix.rows import Row, address, rows
from tests.matrix.undo import undone
from tests.matrix.world import VISITORS, World, the_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases=["default", "keys"])]

# Django's own pages, for members and the Code alone: the house answers for its own.
NOT_OURS = "admin:"
# The rows are dealt out, so that two workers have as much to do; everybody's answers to one row stay together.
PARTS = 4
# What is not the same twice, or says where one is: the mask of a form's token, the mark in the menu, the way back.
PASSING = re.compile(rb' aria-current="page"|name="(?:csrfmiddlewaretoken|next)" value="[^"]*"')


def pages_of(world: World, visitor: str, part: int) -> list[tuple[Row, HttpResponseBase]]:
    """Return every page of one part of the site that this visitor gets to see."""
    client, column = world.browser_of(visitor), VISITORS.index(visitor)
    seen: list[tuple[Row, HttpResponseBase]] = []
    expected = table.expected()
    for number, row in enumerate(rows(world, world.case_of(visitor))):
        is_there = expected["GET", row.name][column] == "200" and not row.name.startswith(NOT_OURS)
        if is_there and number % PARTS == part:
            with undone(client):
                answer = client.get(address(row))
                assert answer.status_code == 200, (visitor, row.name)
                if answer.headers["Content-Type"].startswith("text/html"):
                    seen.append((row, answer))
    return seen


def parts_of(answer: HttpResponseBase) -> tuple[bytes, bytes]:
    """Return the page itself, and its frame."""
    head, _main, rest = PASSING.sub(b"", content(answer)).partition(b"<main")
    page, _end, foot = rest.partition(b"</main>")
    return page, head + foot


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_can_be_used_by_everybody(cast: Cast, browser: Browser, part: int) -> None:
    world, looked_at, faults = the_world(cast), set[object](), dict[str, str]()
    with shelf() as served:
        looker = Looker(browser, served)
        for visitor in VISITORS:
            for row, answer in pages_of(world, visitor, part):
                page, frame = parts_of(answer)
                if {page, frame} <= looked_at:
                    continue
                at = "main" if frame in looked_at else "html"
                found = looker.faults(answer, part=at, dark=row.name not in looked_at)
                # The same fault on many pages is told once, with the last page it was found on.
                faults |= dict.fromkeys(found, f"{visitor}: {row.name}")
                looked_at |= {page, frame, row.name}
        looker.context.close()
    assert len(looked_at) > len(VISITORS)
    assert faults == {}
