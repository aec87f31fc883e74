from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.forms.fields import WordsField


class MessageForm(forms.Form):
    """A message in a room. It carries no version: it stands beside what others write, and overwrites nothing."""

    text = WordsField(label=_("Your message"), help_text=_("Whoever holds a key to this room can read it."))
