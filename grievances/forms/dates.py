from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grievances.actions.dates import Seen
from grievances.deadlines import today
from grievances.forms.concern import ONE_OF_THESE
from grievances.forms.fields import WordsField
from grievances.forms.step import DayField
from grievances.models import Clock

MOVE, PAUSE, RESUME = "move", "pause", "resume"


class DateForm(forms.Form):
    """Another date for a clock, a pause, or its end. A pause and another date take a reason."""

    seen = forms.DateField(widget=forms.HiddenInput)
    paused = forms.BooleanField(required=False, widget=forms.HiddenInput)
    deed = forms.ChoiceField(label=_("What do you change?"), widget=forms.RadioSelect, error_messages=ONE_OF_THESE)
    due_on = DayField(label=_("Another date"))
    text = WordsField(label=_("Why"), help_text=_("For the mediators of this case alone."), required=False, rows=3)

    def __init__(self, data: Any = None, *, clock: Clock) -> None:
        pauses = clock.paused_on is not None
        super().__init__(data, initial={"seen": clock.due_on.isoformat(), "paused": pauses, "due_on": clock.due_on})
        self.kind = Clock.Kind(clock.kind)
        self.fields["due_on"].required = False
        other = (RESUME, _("Let it go on")) if pauses else (PAUSE, _("Let it pause"))
        field = self.fields["deed"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(MOVE, _("Set another date")), other]

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        deed, due_on = answers.get("deed"), answers.get("due_on")
        if deed in {MOVE, PAUSE} and not answers.get("text") and "text" not in self.errors:
            self.add_error("text", ValidationError(_("Please say why, in a few words.")))
        if deed == MOVE and "due_on" not in self.errors and (due_on is None or due_on < today()):
            self.add_error("due_on", ValidationError(_("Please give a day from today on.")))
        return answers

    def seen_then(self) -> Seen:
        """Return the clock as the page showed it."""
        return Seen(self.kind, self.cleaned_data["seen"], self.cleaned_data["paused"])
