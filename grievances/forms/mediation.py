from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from grievances.actions.mediation import ASIDE
from grievances.forms.fields import WordsField
from grievances.forms.step import DayField, StepForm, let_choose
from grievances.models import Actioned, MediationSession, Purpose
from grievances.presenters import People

REASON_HINT = _("The people concerned can read this. Keep it short and fair.")


class SetAsideForm(StepForm):
    actioned_how = forms.ChoiceField(
        label=_("Why is there no mediation?"),
        choices=[(how.value, how.label) for how in Actioned if how in ASIDE],
        widget=forms.RadioSelect,
    )
    text = WordsField(label=_("The reason"), help_text=_("This stays among the mediators."))


class RecordSessionForm(StepForm):
    form = forms.ChoiceField(
        label=_("How did you meet?"), choices=MediationSession.Form.choices, widget=forms.RadioSelect
    )
    held_on = DayField(label=_("On which day?"))
    attended = forms.MultipleChoiceField(label=_("Who was there?"), widget=forms.CheckboxSelectMultiple)
    ground_rules = forms.BooleanField(
        label=_("Everybody agreed to the ground rules at the beginning"),
        error_messages={"required": _("A session begins with ground rules that everybody agrees to.")},
    )
    beside = "grievances/_ground_rules.html"

    def prepare(self) -> None:
        people = People(self.facts)
        seats = [(seat.token, capfirst(people.called(seat))) for seat in self.facts.seats]
        let_choose(self.fields["attended"], seats)

    def clean_held_on(self) -> object:
        if self.cleaned_data["held_on"] > timezone.localdate():
            raise ValidationError(_("This day is yet to come."))
        return self.cleaned_data["held_on"]


class AgreeForm(StepForm):
    shows = Purpose.AGREEMENT


class CloseWithReasonForm(StepForm):
    """A closing whose reason is written into the rooms of those whom it concerns."""

    text = WordsField(label=_("The reason"), help_text=REASON_HINT)
