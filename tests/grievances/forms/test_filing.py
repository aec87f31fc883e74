from __future__ import annotations

import pytest
from django.http import QueryDict

from grievances.actions import intake
from grievances.facts import Facts
from grievances.forms.filing import FileForm
from tests.grievances.cast import DRAFT, Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def written(cast: Cast, **more: str) -> Walk:
    going = walk(cast, "begun")
    going.written(**more)
    return going


def form_of(going: Walk, typed: str | None = None) -> FileForm:
    member = going.cast["member"]
    return FileForm(QueryDict(typed) if typed else None, facts=Facts(going.case, member.user), actor=member)


def test_the_answers_are_shown_to_be_checked(cast: Cast) -> None:
    form = form_of(written(cast))
    assert form.draft_words == DRAFT
    assert (form["version"].value(), form["draft_version"].value()) == (1, 1)


def test_what_was_checked_is_filed_and_nothing_of_it_stands_among_the_answers(cast: Cast) -> None:
    form = form_of(written(cast), "version=1&draft_version=1")
    assert form.is_valid()
    assert (form.choices(), form.words()) == ({}, {})


def test_a_draft_that_was_saved_anew_is_checked_anew(cast: Cast) -> None:
    going = written(cast)
    intake.save_draft(going.case, {**DRAFT, "saw": "Something else."}, by=cast["member"], version=1)
    form = form_of(going, "version=1&draft_version=1")
    assert not form.is_valid()
    assert form.non_field_errors() == ["The draft was saved in another window. Please check it as it is now."]
    assert form["draft_version"].value() == "2"
    assert form_of(going, "version=1&draft_version=2").is_valid()


@pytest.mark.parametrize("name", ["danger", "wish"])
def test_a_draft_that_lacks_an_answer_is_not_filed(cast: Cast, name: str) -> None:
    form = form_of(written(cast, **{name: ""}), "version=1&draft_version=1")
    assert form.errors["__all__"] == ["Please choose one. “I am not sure” is an answer."]
