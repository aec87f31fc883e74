from __future__ import annotations

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.deadlines import today
from grievances.forms.fields import WordsField
from grievances.forms.step import DayField
from grievances.models import Hold


class HoldForm(forms.Form):
    """Why a closed case is kept for longer, and until when."""

    because = forms.ChoiceField(label=_("What for?"), choices=Hold.Because.choices, widget=forms.RadioSelect)
    reason = WordsField(label=_("Say it in a few words"), rows=3)
    review_on = DayField(label=_("Until which day?"), help_text=_("A year from now at most. Then it ends by itself."))

    def clean_review_on(self) -> dt.date:
        """Take a day in the year to come."""
        day: dt.date = self.cleaned_data["review_on"]
        if not today() < day <= today() + dt.timedelta(days=365):
            raise forms.ValidationError(_("Please choose a day within a year from now."))
        return day
