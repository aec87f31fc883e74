from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.models import Case
from grievances.statistics.tables import OF_MATTERS


class UncountedForm(forms.Form):
    """In which tables of the statistics a case is not counted."""

    tables = forms.MultipleChoiceField(
        label=_("Do not count this in"),
        help_text=_("Tick as many as you like, or none. Nobody is told why, or that you did."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(table.name, table.says) for table in OF_MATTERS],
    )

    @classmethod
    def of(cls, case: Case) -> UncountedForm:
        """Return the form as it stands for a case."""
        return cls(initial={"tables": list(case.uncounted.values_list("table", flat=True))})
