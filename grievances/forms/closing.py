from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from grievances.forms.fields import WordsField
from grievances.forms.step import StepForm


class AdviceForm(StepForm):
    text = WordsField(label=_("The advice that was given"), help_text=_("The reporter reads this."))


class CloseForm(StepForm):
    text = WordsField(label=_("The reason"), help_text=_("The reporter reads this and may contest it."))
