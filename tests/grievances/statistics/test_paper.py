from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from django.utils import translation
from pypdf import PdfReader

from grievances.statistics.paper import paper_of
from grievances.statistics.releases import Stored
from grievances.statistics.sheets import digest_of
from grievances.statistics.tables import ARTICLE, OUTCOME, TABLES
from tests.grievances.statistics.made import FIRST, USUAL, Counts, published

FULL: Counts = {table: dict.fromkeys(table.categories, 40) for table in TABLES}


def stored(counts: Counts) -> Stored:
    release = published(counts, FIRST)
    return Stored(release, digest_of(release), dt.date(2024, 9, 1))


@pytest.mark.parametrize("counts", [USUAL, FULL, {OUTCOME: {"resolved": 1}}])
def test_it_has_two_pages_and_is_tagged_for_screen_readers(counts: Counts) -> None:
    made = paper_of(stored(counts))
    assert b"pdfuaid" in made
    assert b"/Marked true" in made
    assert b"/StructTreeRoot" in made
    assert re.findall(rb"/Count (\d+)", made)[0] == b"2"


def test_the_same_release_gives_the_same_file_whenever_it_is_made() -> None:
    assert paper_of(stored(USUAL)) == paper_of(stored(USUAL))


def test_what_is_hidden_makes_no_difference_in_the_file() -> None:
    other = {**USUAL, ARTICLE: {**USUAL[ARTICLE], "article_7": 0, "article_1": 4}}
    assert paper_of(stored(USUAL)) == paper_of(stored(other))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Concerns closed in 2024-H1"), ("es", "Preocupaciones cerradas en 2024-H1")]
)
def test_it_says_in_which_language_it_is(language: str, said: str) -> None:
    with translation.override(language):
        made = PdfReader(io.BytesIO(paper_of(stored(USUAL))))
    words = " ".join(page.extract_text() for page in made.pages)
    assert (str(made.root_object["/Lang"]), said in words) == (language, True)
    assert made.metadata is not None
    assert made.metadata.title == said
    assert digest_of(published(USUAL, FIRST)) in words.replace("\n", "").replace(" ", "")


def test_in_spanish_too_it_has_two_pages() -> None:
    with translation.override("es"):
        for counts in (USUAL, FULL):
            assert len(PdfReader(io.BytesIO(paper_of(stored(counts)))).pages) == 2
