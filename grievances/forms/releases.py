from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ShareForm(forms.Form):
    """Why am I sharing? Asked every time, before a release leaves the site (Code 7.2)."""

    whom = forms.ChoiceField(
        label=_("With whom will you share it?"),
        widget=forms.RadioSelect,
        choices=[
            ("members", _("members of the Caucus")),
            ("national", _("National, or a chapter")),
            ("others", _("somebody else")),
        ],
    )
    needed = forms.BooleanField(
        label=_("I asked myself why I share it, and whether all of it is needed"),
        error_messages={"required": _("Please ask yourself first; nothing hurries.")},
    )
