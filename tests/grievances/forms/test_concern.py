from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict

from grievances.forms.concern import ConflictsForm, DraftForm, RouteForm, missing
from grievances.models import Route
from tests.grievances.cast import the_code

TODAY = dt.date(2026, 5, 1)
COMPLETE = {"saw": "A cat was chased.", "danger": "no", "wish": "way"}
CONTROL = ["The text has characters that can't be kept, often from pasting. Please type that place anew."]
REORDERING = ["The text has hidden characters that change its reading order. Please type that place anew."]

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def draft(**typed: str | list[str]) -> DraftForm:
    sent = QueryDict(mutable=True)
    for name, value in {"version": "0", **typed}.items():
        sent.setlist(name, value if isinstance(value, list) else [value])
    return DraftForm(sent, on=TODAY)


def test_an_empty_draft_can_be_kept() -> None:
    form = draft()
    assert form.is_valid()
    assert set(form.words().values()) == {""}


def test_what_was_typed_comes_back_as_it_was() -> None:
    the_code()
    typed: dict[str, str | list[str]] = {
        **COMPLETE,
        "effect": "It\nhurt. 🐌",
        "named": "Robin",
        "clauses": ["3.3", "5.4"],
        "keep_back": "on",
    }
    form = draft(**typed)
    assert form.is_valid()
    again = DraftForm(initial=DraftForm.initial_of(form.words(), 3), on=TODAY)
    assert {name: again[name].value() for name in ("version", "effect", "named", "clauses", "keep_back")} == {
        "version": 3,
        "effect": "It\nhurt. 🐌",
        "named": "Robin",
        "clauses": ["3.3", "5.4"],
        "keep_back": "yes",
    }


def test_one_of_the_three_texts_is_enough() -> None:
    for name in ("saw", "effect", "need"):
        assert missing({"danger": "unsure", "wish": "unsure", name: "A word."}) == {}


def test_what_filing_needs_is_said_beside_each_answer() -> None:
    form = draft()
    assert form.is_valid()
    assert not form.require_answers()
    assert set(form.errors) == {"saw", "danger", "wish"}


@pytest.mark.parametrize("name", ["saw", "effect", "need", "named"])
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("a\x00b", CONTROL),
        ("a\x07b", CONTROL),
        ("a\ud800b", CONTROL),
        ("a\u202eb", REORDERING),
        ("a\u2066b", REORDERING),
        ("x" * 100_000, ["This is too long: 100000 characters; up to 50000 fit."]),
    ],
)
def test_a_text_that_cannot_be_kept_is_named_beside_its_field(name: str, typed: str, said: list[str]) -> None:
    form = draft(**{**COMPLETE, name: typed})
    assert form.errors == {name: said}
    assert form[name].value() == typed.replace("\ud800", "?")


@pytest.mark.parametrize("name", ["danger", "wish", "clauses"])
def test_an_answer_that_was_never_offered_is_not_said_back(name: str) -> None:
    form = draft(**{name: "made-up \ud800"})
    assert list(form.errors) == [name]
    assert "made-up" not in str(form.errors)


def test_clauses_are_offered_article_by_article() -> None:
    the_code()
    articles = draft(clauses=["3.3"]).articles()
    assert sum(len(article.boxes) for article in articles) == 34
    assert [article.is_open for article in articles] == [False, False, True, False, False, False, False]


def test_without_a_code_there_is_nothing_to_cite() -> None:
    assert draft().articles() == []


def test_a_difference_says_what_was_saved() -> None:
    form = draft(**COMPLETE)
    assert form.is_valid()
    saved = {**form.words(), "saw": "Another.", "danger": "yes", "keep_back": "yes"}
    assert form.differences(saved) == [
        ("What I saw or heard", "Another."),
        ("Is anyone in danger?", "Yes"),
        ("Keep my name back", "ticked"),
    ]


def test_the_page_shown_again_carries_the_version_that_is_saved_now() -> None:
    form = draft(clauses=["3.3"], saw="Typed.")
    form.show_as(7)
    assert (form["version"].value(), form["saw"].value(), form["clauses"].value()) == ("7", "Typed.", ["3.3"])


@pytest.mark.parametrize(
    ("typed", "fits"),
    [("people=h1", True), ("nobody=on", True), ("people=h1&nobody=on", False), ("", False), ("people=h9", False)],
)
def test_who_must_not_serve_takes_one_answer(typed: str, fits: bool) -> None:  # noqa: FBT001 (a table's column)
    assert ConflictsForm(QueryDict(typed), servers={"h1": "Mar", "h2": "Sol"}).is_valid() is fits


def test_where_nobody_could_serve_nobody_is_the_answer() -> None:
    assert ConflictsForm(QueryDict("nobody=on"), servers={}).is_valid()


@pytest.mark.parametrize("route", Route.values)
def test_each_of_the_four_doors_is_a_way_in(route: str) -> None:
    assert RouteForm({"route": route}).is_valid()


def test_no_door_is_no_way_in() -> None:
    assert RouteForm({}).errors == {"route": ["Please choose one."]}
    assert RouteForm({"route": "\x00"}).errors == {"route": ["Please choose one of these."]}
