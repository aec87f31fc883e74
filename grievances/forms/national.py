from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.forms.fields import WordsField
from grievances.forms.step import StepForm
from grievances.models import ExceptionReason, Purpose


class ReferForm(StepForm):
    """The questions of "Why am I sharing?" (Code 7.2), asked over the very text that would be shared."""

    shows = Purpose.PACKET

    who = WordsField(label=_("Who gets it?"), rows=2)
    why = WordsField(label=_("Why am I sharing?"), rows=3)
    what = WordsField(label=_("What exactly is shared?"), rows=3)
    needed = WordsField(label=_("Is all of it needed?"), rows=3)


class ReferByExceptionForm(ReferForm):
    exception_reason = forms.ChoiceField(
        label=_("Which exception?"), choices=ExceptionReason.choices, widget=forms.RadioSelect
    )
    reason = WordsField(label=_("Why by exception?"), rows=3)


class AnswerForm(StepForm):
    text = WordsField(label=_("What did National answer?"))
