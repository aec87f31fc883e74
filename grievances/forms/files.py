"""Handing in files. What is wrong with one is named beside the field, and the words typed with it stay."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from caracol.files.kinds import KINDS
from caracol.files.uploads import Upload
from grievances.forms.fields import WordsField


class FilesInput(forms.FileInput):
    """A place to choose several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, _data: object, files: MultiValueDict[str, Any], name: str) -> list[Upload]:
        """Return every file that came under this name."""
        return files.getlist(name)


class FilesField(forms.Field):
    """Files as they came to rest; those that were not taken are named, each with what is wrong."""

    widget = FilesInput

    def validate(self, value: list[Upload]) -> None:
        """Refuse all of them where one has a fault."""
        super().validate(value)
        faulty = [upload for upload in value if upload.fault]
        if faulty:
            raise ValidationError([f"{upload.name}: {upload.fault.label}" for upload in faulty if upload.fault])


class FilesForm(forms.Form):
    """Some files, and a few words on what they show."""

    note = WordsField(
        label=_("What they show"),
        help_text=_("A few words, if you like: when it was, and what to look at."),
        required=False,
        rows=3,
    )
    chosen = FilesField(
        label=_("Files"),
        help_text=_("Up to five at once, of 25 MB each: photos (JPEG, PNG, WebP), PDF, plain text, sound or film."),
        error_messages={"required": _("Please choose a file.")},
        widget=FilesInput(
            attrs={"multiple": True, "accept": ",".join(ending for kind in KINDS.values() for ending in kind.endings)}
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Take nothing of a form whose end did not arrive: the files before it may be cut off, or missing."""
        if self.data.get("whole") != "yes":
            self.errors.pop("chosen", None)
            self.add_error("chosen", _("The files broke off on the way. Please send them again."))
        return self.cleaned_data
