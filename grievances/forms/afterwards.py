from __future__ import annotations

from typing import Any

from django import forms

from grievances.statistics.tables import SURVEYS


class AfterwardsForm(forms.Form):
    """How the process was: three questions, each of which may be left out. The answers are those that are counted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask what the tables of the survey count."""
        super().__init__(*args, **kwargs)
        for table in SURVEYS:
            self.fields[table.name] = forms.ChoiceField(
                label=str(table.says), choices=list(table.categories.items()), required=False, widget=forms.RadioSelect
            )
