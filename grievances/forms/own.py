from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from caracol.accounts.passwords import could_be_password, normal_password
from grievances.forms.waits import SealedWaitsForm

LEAST, LEAST_DIFFERENT = 20, 8
_WEAK = _("This is easy to guess. Please take five words or more that have nothing to do with one another.")
_FIELD = {"widget": forms.PasswordInput(attrs={"autocomplete": "new-password"}), "strip": False}


class CopyForm(SealedWaitsForm):
    """What of one's own leaves, and the passphrase that locks it, typed twice."""

    passphrase = forms.CharField(
        label=_("A passphrase for this file"),
        help_text=_(
            "Five words or more, 20 characters at least. It is not kept here: without it nobody opens the file."
        ),
        **_FIELD,  # type: ignore[arg-type]  # of two kinds
    )
    again = forms.CharField(label=_("The passphrase again"), **_FIELD)  # type: ignore[arg-type]  # of two kinds

    def clean_passphrase(self) -> str:
        """Take one that could be written down, is long enough, and is not one letter over and over."""
        typed = normal_password(self.cleaned_data["passphrase"])
        if not could_be_password(typed) or len(typed) < LEAST or len(set(typed)) < LEAST_DIFFERENT:
            raise ValidationError(_WEAK)
        return typed

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        said = self.cleaned_data
        if "passphrase" in said and normal_password(said.get("again", "")) != said["passphrase"]:
            self.add_error("again", _("The two are not the same. Please type both again."))
        return said
