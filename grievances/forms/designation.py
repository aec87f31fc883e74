from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.forms.step import DayField, let_choose
from grievances.models import Recipient, Thing
from grievances.models.sharing import MAY_GO_TO


class DesignateForm(forms.Form):
    """For whom something may leave, and until which day (Code 7.3)."""

    recipient = forms.ChoiceField(label=_("For whom may it leave?"), widget=forms.RadioSelect)
    until = DayField(label=_("Until which day?"), help_text=_("At most 90 days away."))

    def __init__(self, data: Mapping[str, Any] | None = None, *, thing: Thing) -> None:
        super().__init__(data)
        let_choose(self.fields["recipient"], [(each.value, str(each.label)) for each in MAY_GO_TO[thing]])

    def said(self) -> tuple[Recipient, dt.date]:
        """Return for whom, and until when."""
        return Recipient(self.cleaned_data["recipient"]), self.cleaned_data["until"]
