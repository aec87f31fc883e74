from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grievances.forms.fields import WordsField
from grievances.forms.step import DayField, Menu, let_choose

SHORTEST = 3


class AvailabilityForm(forms.Form):
    """What somebody who serves says of their own time."""

    busy = forms.BooleanField(label=_("I am busy: please ask others first"), required=False)
    away_from = DayField(label=_("Away from"))
    away_until = DayField(label=_("Away until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["away_from"].required = self.fields["away_until"].required = False

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        first, last = answers.get("away_from"), answers.get("away_until")
        if not self.errors and (first is None) != (last is None):
            raise ValidationError(_("Please give both days, or none."))
        if first and last and last < first:
            self.add_error("away_until", ValidationError(_("This day lies before the first.")))
        return answers


class CoverForm(forms.Form):
    """Who covers for the reader, of those in `menu`."""

    who = forms.ChoiceField(
        label=_("Who covers?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say who covers.")},
    )

    def __init__(self, data: Any = None, *, menu: Menu) -> None:
        super().__init__(data)
        let_choose(self.fields["who"], menu)


class FindForm(forms.Form):
    """Words to look for in one's own cases. They are sent, searched for and forgotten."""

    words = forms.CharField(
        label=_("Find in my open cases"),
        help_text=_("Looks into the rooms that you hold a key to. That you opened them is recorded, as always."),
        min_length=SHORTEST,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Please give a word to look for."),
            "min_length": _("Please give three letters at least."),
            "max_length": _("Please give fewer words."),
        },
    )
    done = forms.IntegerField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)


class HandOverForm(forms.Form):
    """What somebody who takes over needs to know."""

    text = WordsField(
        label=_("What comes next, what is agreed, and what to look out for"),
        help_text=_(
            "The mediators of this case read it, those who come later too. What you saw and heard, no motives."
        ),
    )
