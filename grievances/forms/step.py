"""The form of one step: what is asked, as the closed answers and the sealed words that the gate takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.accounts.invitations import SeatLink
from grievances.facts import Facts
from grievances.forms.fields import WordsField
from grievances.models import Paper, Purpose

LARGEST = 2_147_483_647
# The same in every language: what 03/05 means differs from one to the other.
ISO_DAY = "%Y-%m-%d"
# Pairs of a value and its label.
Menu = Sequence[tuple[str, str]]


def let_choose(field: forms.Field, menu: Menu) -> None:
    """Let a field of choices choose from `menu`."""
    cast("forms.ChoiceField", field).choices = menu


class VersionField(forms.IntegerField):
    """The version that somebody saw, carried unseen, so that nobody acts on what others have changed meanwhile."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        odd = _("This page was changed on its way here. Please check it and send it again.")
        super().__init__(
            min_value=0,
            max_value=LARGEST,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), odd),
        )


class DayField(forms.DateField):
    """A day, chosen by the browser's calendar or typed as year-month-day."""

    def __init__(self, *, label: object, help_text: object = "") -> None:
        super().__init__(
            label=label,  # type: ignore[arg-type]  # lazy texts are texts
            help_text=help_text,  # type: ignore[arg-type]  # lazy texts are texts
            input_formats=[ISO_DAY],
            widget=forms.DateInput(attrs={"type": "date"}, format=ISO_DAY),
            error_messages={"invalid": _("Please give a day, like 2026-11-30.")},
        )


class StepForm(forms.Form):
    """
    A step with nothing to say but yes; steps that ask for more add their fields.

    Fields of words are sealed; the answers of all others are closed, and may stand in a proposal in the clear.
    `shows` is the purpose of the text that is put before whoever takes the step, `beside` the template of what else
    they should have before their eyes.
    """

    version = VersionField()
    shows: Purpose | None = None
    beside = ""

    def __init__(self, data: Mapping[str, Any] | None = None, *, facts: Facts, actor: Actor) -> None:
        super().__init__(data, initial={"version": facts.case.version})
        self.facts = facts
        self.actor = actor
        self.prepare()

    def prepare(self) -> None:
        """Fill in the choices that depend on the case."""

    def texts(self) -> list[Paper]:
        """Return the texts that the step carries on, to be read before it is taken."""
        paper = self.facts.paper(self.shows) if self.shows else None
        return [paper] if paper else []

    def link(self) -> SeatLink | None:
        """Return the link of the guest whom the step would bring in, made here; nothing for anybody else."""
        return None

    def choices(self) -> dict[str, object]:
        """Return the closed answers, as JSON can hold them."""
        return {
            name: _closed(value)
            for name, value in self.cleaned_data.items()
            if name != "version" and not self._is_words(name)
        }

    def words(self) -> dict[str, str]:
        """Return what was written."""
        return {name: value for name, value in self.cleaned_data.items() if self._is_words(name)}

    def answers(self, choices: Mapping[str, object], words: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return given answers with their labels, as a second mediator reads them before confirming."""
        closed = [(str(self.fields[name].label), self._shown(name, value)) for name, value in choices.items()]
        return closed + [(str(self.fields[name].label), text) for name, text in words.items()]

    def _is_words(self, name: str) -> bool:
        return isinstance(self.fields[name], WordsField)

    def _shown(self, name: str, value: object) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(cast("Menu", field.choices)).get(str(value), value))
        return localize(dt.date.fromisoformat(str(value))) if isinstance(field, forms.DateField) else str(value)


def _closed(value: object) -> object:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, dt.date) else value
