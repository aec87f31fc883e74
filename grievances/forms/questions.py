"""A concern asked one thing at a time: which questions, in which order, and the form of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievances.forms.concern import DraftForm, missing


class Question(NamedTuple):
    """
    One page of a draft: its `address` says nothing to somebody reading the browser's history.

    `fields` are those of the draft that it asks for; `note` says what comes, before it is read.
    """

    address: str
    title: Promise
    fields: tuple[str, ...]
    note: Promise


# fmt: off
# Laid out to be read as a table.
QUESTIONS = (
    Question("q01", _("Before you write"), (),
             _("What happens with your words, and the limits of that.")),
    Question("q02", _("What happened"), ("saw",),
             _("This page asks about what happened. A few words will do, and you can skip it.")),
    Question("q03", _("What it did to you"), ("effect",),
             _("This page asks how it is for you. You can skip it.")),
    Question("q04", _("What you need"), ("need",),
             _("Whatever would help, small or large. You can skip it.")),
    Question("q05", _("Is anyone in danger?"), ("danger",),
             _("One of three answers that we need from you.")),
    Question("q06", _("What you would like"), ("wish",),
             _("Every answer is honest, and none is final.")),
    Question("q07", _("The people this is about"), ("named",),
             _("So that nobody decides about a friend. You can skip it.")),
    Question("q08", _("The Code"), ("clauses",),
             _("You need not know it. You can skip it.")),
    Question("q09", _("What you want kept to yourself"),
             ("keep_back", "one_mediator", "tell_intake", "leave_recovery_out"),
             _("As a rule nothing needs to be ticked here.")),
    Question("q10", _("Reaching you"), ("reach", "reach_how"),
             _("Only ways that you name as safe are used. You can skip it.")),
)
# fmt: on
BY_ADDRESS = {question.address: question for question in QUESTIONS}


def after(question: Question) -> Question | None:
    """Return the question that follows, None after the last."""
    number = QUESTIONS.index(question) + 1
    return QUESTIONS[number] if number < len(QUESTIONS) else None


def before(question: Question) -> Question | None:
    """Return the question before it, None before the first."""
    number = QUESTIONS.index(question)
    return QUESTIONS[number - 1] if number else None


def first_open(words: Mapping[str, str]) -> Question | None:
    """Return where to go on with a draft: its first question if nothing is written, else the first that must be."""
    if not any(words.values()):
        return QUESTIONS[0]
    lacks = missing(words)
    return next((question for question in QUESTIONS if lacks.keys() & set(question.fields)), None)


class QuestionForm(DraftForm):
    """A draft's form that asks one question alone."""

    def __init__(self, *args: Any, question: Question, on: dt.date, **kwargs: Any) -> None:
        """Ask only for the fields of `question`; clauses are those in force on the day `on`."""
        super().__init__(*args, on=on, **kwargs)
        for name in set(self.fields) - {"version", *question.fields}:
            del self.fields[name]
