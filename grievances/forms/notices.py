from __future__ import annotations

from django import forms


class ReadForm(forms.Form):
    """From and up to which moment somebody has read what they were told."""

    since = forms.DateTimeField()
    until = forms.DateTimeField()
