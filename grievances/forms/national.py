from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grievances.actions.designation import LONGEST_DAYS
from grievances.deadlines import today
from grievances.forms.fields import WordsField
from grievances.forms.step import DayField, StepForm, let_choose
from grievances.models import ExceptionReason, Purpose, Thing
from grievances.models.sharing import MAY_GO_TO


class ReferForm(StepForm):
    """The questions of "Why am I sharing?" (Code 7.2), asked over the very text that would be shared."""

    shows = Purpose.PACKET

    who = WordsField(label=_("Who gets it?"), rows=2)
    why = WordsField(label=_("Why am I sharing?"), rows=3)
    what = WordsField(label=_("What exactly is shared?"), rows=3)
    needed = WordsField(label=_("Is all of it needed?"), rows=3)
    recipient = forms.ChoiceField(label=_("For whom may it leave?"), widget=forms.RadioSelect)
    until = DayField(
        label=_("Until which day may it leave?"),
        help_text=_("At most 90 days away. By this you designate it (Code 7.3)."),
    )

    def prepare(self) -> None:
        menu = [(each.value, str(each.label)) for each in MAY_GO_TO[Thing.PACKET]]
        let_choose(self.fields["recipient"], menu)

    def clean_until(self) -> dt.date:
        """Refuse a day on which nothing could leave."""
        until: dt.date = self.cleaned_data["until"]
        if not today() <= until <= today() + dt.timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("Choose a day from today on, at most 90 days away."))
        return until


class ReferByExceptionForm(ReferForm):
    exception_reason = forms.ChoiceField(
        label=_("Which exception?"), choices=ExceptionReason.choices, widget=forms.RadioSelect
    )
    reason = WordsField(label=_("Why by exception?"), rows=3)


class AnswerForm(StepForm):
    text = WordsField(label=_("What did National answer?"))
