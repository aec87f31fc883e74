"""Whoever reads Spanish meets no English: not on any page of any role, and not on the whole way of a concern."""

from __future__ import annotations

import pytest

from caracol.ledger.chain import first_fault
from grievances.models import Outcome
from grievances.workflow import Step
from tests.grievances.cast import Cast
from tests.language.english import SpanishVisitor, english_on, pieces
from tests.matrix.rows import address, rows
from tests.matrix.undo import undone
from tests.matrix.world import the_world
from tests.story import Story

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

READERS = ("visitor", "reporter", "respondent", "mediator", "intake", "steering", "secretary", "receipt")


@pytest.mark.parametrize("reader", READERS)
def test_no_page_shows_english_to_a_reader_of_spanish(cast: Cast, reader: str) -> None:
    world = the_world(cast)
    client = world.browser_of(reader)
    client.post("/language/", {"language": "es"})
    astray, seen = {}, 0
    for row in rows(world, world.case_of(reader)):
        # The admin speaks by Django's own catalogue.
        if row.name.startswith("admin:"):
            continue
        with undone(client):
            for page in (client.get(address(row)), client.post(address(row), row.sent)):
                if not page.streaming and "html" in page.headers.get("Content-Type", ""):
                    seen += page.status_code == 200
                    if found := english_on(page.content.decode()):
                        astray[row.name, page.status_code] = found
    assert astray == {}
    assert seen


def test_a_whole_story_is_walked_in_spanish_to_its_closing(cast: Cast) -> None:
    story = Story(cast, SpanishVisitor.reading)
    story.under_way()
    story.one_on_one("held")
    story.mediated()
    story.agreed()
    story.take(Step.CHECK_IN, "mediator", item="1", state="kept")
    story.take(Step.COMPLETE_AMENDS, "mediator", heard="heard")
    assert story.case.outcome == Outcome.AMENDS_KEPT
    history = story["member"].open(f"{story.path}history/")
    assert "El caso se cerró con la reparación completa." in history
    assert first_fault() is None


def test_it_would_find_english() -> None:
    assert len(pieces()) > 1000
    assert english_on("<p>There is nothing for you here.</p>") == ["There is nothing for you here"]
    assert english_on('<p lang="en">There is nothing for you here</p><p>Aquí no hay nada para ti</p>') == []
