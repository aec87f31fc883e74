from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation

from grievances.statistics import reading
from grievances.statistics.disclosure import highest, lowest
from grievances.statistics.sheets import digest_of, sheet_of
from grievances.statistics.tables import ACKNOWLEDGED, ARTICLE, OUTCOME, SURVEY, TABLES, UNPUBLISHED, Table
from tests.grievances.statistics.made import FIRST, SECOND, USUAL, Counts, published

NOTHING: Counts = {OUTCOME: {UNPUBLISHED: 12}}


def test_a_finding_says_what_came_most_often_then_the_rest_and_how_many_are_hidden() -> None:
    found = {each.table: each.finding for each in reading.read(published(USUAL, FIRST))}
    assert found[ACKNOWLEDGED] == "Most often: in time, about 15. One kind had too few to show."
    assert found[SURVEY] == "Most often: fair, about 5. 2 kinds had too few to show."
    article = "5: how everyone experiences our spaces, about 10. Then: 2: good faith, about 5."
    assert found[ARTICLE] == f"Most often: {article} 5 kinds had too few to show."


def test_where_all_is_hidden_the_page_says_so_and_names_no_number() -> None:
    release = published(NOTHING, FIRST)
    assert {each.finding for each in reading.read(release)} == {"There were too few of each kind to show."}
    assert reading.at_least(release) is None
    assert {bar.hidden for each in reading.read(release) for bar in each.bars} == {True}


def test_at_least_is_the_largest_line_of_the_tables_of_matters_alone() -> None:
    many: Counts = {**USUAL, SURVEY: {"fair": 400}}
    assert reading.at_least(published(many, FIRST)) == 10


def test_bars_end_where_the_number_can_end_and_begin_to_be_unsure_where_it_can_begin() -> None:
    release = published(USUAL, FIRST)
    most = reading.scale_of([release])
    shown = {(cell.table, cell.category): cell.count for cell in release.cells if cell.status == "shown"}
    for each in reading.read(release):
        for category, bar in zip(each.table.categories, each.bars, strict=True):
            count = shown.get((each.table.name, category))
            assert bar.hidden == (count is None)
            if count:
                assert bar.sure == reading.BAR * lowest(count, 5) // most
                assert bar.sure + bar.maybe == reading.BAR * highest(count) // most <= reading.BAR


def test_hidden_bars_all_look_the_same() -> None:
    bars = [bar for each in reading.read(published(USUAL, FIRST)) for bar in each.bars if bar.hidden]
    assert len({(bar.end, bar.sure, bar.maybe, bar.says) for bar in bars}) == 1


def test_two_releases_can_be_drawn_to_one_scale() -> None:
    small, large = published(USUAL, FIRST), published({**USUAL, OUTCOME: {"resolved": 100}}, SECOND)
    scale = reading.scale_of([small, large])
    ends = [
        max(bar.end for each in reading.read(release, scale=scale) for bar in each.bars) for release in (small, large)
    ]
    assert ends[0] < ends[1] == reading.BAR + reading.GAP


def test_every_table_is_read_in_its_order() -> None:
    assert [each.table for each in reading.read(published(USUAL, FIRST))] == list(TABLES)


def test_of_a_release_from_before_a_table_was_added_the_other_tables_are_read() -> None:
    release = published(USUAL, FIRST)
    before = replace(release, cells=tuple(cell for cell in release.cells if cell.table != SURVEY.name))
    assert [each.table for each in reading.read(before)] == [table for table in TABLES if table is not SURVEY]


@pytest.mark.parametrize(
    ("table", "finding"),
    [
        (ACKNOWLEDGED, "Lo más frecuente: a tiempo, alrededor de 15. De un tipo había muy pocas para mostrarlas."),
        (SURVEY, "Lo más frecuente: justo, alrededor de 5. De 2 tipos había muy pocas para mostrarlas."),
    ],
)
def test_a_finding_in_spanish(table: Table, finding: str) -> None:
    with translation.override("es"):
        found = {each.table: each.finding for each in reading.read(published(USUAL, FIRST))}
    assert found[table] == finding


def test_what_is_published_is_the_same_whatever_language_it_is_worked_out_in() -> None:
    made = []
    for language in ("en", "es"):
        with translation.override(language):
            release = published(USUAL, FIRST)
            made.append((release, sheet_of([release]), digest_of(release)))
    assert made[0] == made[1]
