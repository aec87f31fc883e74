from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.forms.concern import ONE_OF_THESE
from grievances.models import Route


class RetaliationForm(forms.Form):
    """Against whom it went: the two ways by which such a concern comes."""

    route = forms.ChoiceField(
        label=_("Against whom did it go?"),
        choices=[(Route.HARMED.value, _("Against me")), (Route.SAW.value, _("Against somebody else; I saw it"))],
        widget=forms.RadioSelect,
        error_messages=ONE_OF_THESE,
    )
