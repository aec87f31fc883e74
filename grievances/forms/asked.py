from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.forms.step import VersionField
from grievances.workflow import Step

ANSWERS: Mapping[str, Step] = {"accept": Step.ACCEPT, "recuse": Step.RECUSE}
_BY_THE_BUTTONS = _("Please answer by one of the two buttons.")


class AnswerForm(forms.Form):
    """A yes to serving, or a step back; each is a button."""

    version = VersionField()
    answer = forms.ChoiceField(
        choices=[("accept", _("I can serve")), ("recuse", _("I step back"))],
        error_messages={"required": _BY_THE_BUTTONS, "invalid_choice": _BY_THE_BUTTONS},
    )
