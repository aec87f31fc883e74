"""Fields for words: whatever cannot be kept just as typed is named beside the field, and nothing typed is lost."""

from __future__ import annotations

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST = 50_000
# Overrides and isolates can make a text read otherwise than it is; plain direction marks stay allowed.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACES = {"\n", "\t", "\r"}


# What a decoder puts where it could not read a character, half of a surrogate pair for one.
_LOST = "\ufffd"


def check_characters(text: str) -> None:
    """Raise ValidationError for characters that cannot be kept or that would make the text read otherwise."""
    if _LOST in text or any(_is_control(character) for character in text):
        raise ValidationError(
            _("The text has characters that can't be kept, often from pasting. Please type that place anew."),
            code="control",
        )
    if _REORDERING.search(text):
        raise ValidationError(
            _("The text has hidden characters that change its reading order. Please type that place anew."),
            code="reordering",
        )


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in _SPACES


class WordsField(forms.CharField):
    """A text in the writer's own words, up to 50,000 characters; with plain line ends; outer space goes."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 6, required: bool = True, label: object = "", help_text: object = "") -> None:
        super().__init__(
            required=required,
            max_length=LONGEST,
            label=label,  # type: ignore[arg-type]  # lazy texts are texts
            help_text=help_text,  # type: ignore[arg-type]  # lazy texts are texts
            widget=forms.Textarea(attrs={"rows": rows, "maxlength": None}),
            error_messages={"max_length": _("This is too long: %(show_value)d characters; up to %(limit_value)d fit.")},
        )

    def to_python(self, value: object) -> str:
        """Return the text with plain line ends."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")

    def prepare_value(self, value: object) -> object:
        """Return the text as a page can show it: half of a surrogate pair becomes a question mark."""
        return value.encode(errors="replace").decode() if isinstance(value, str) else value

    def validate(self, value: str) -> None:
        """Refuse characters that cannot be kept as typed."""
        super().validate(value)
        check_characters(value)
