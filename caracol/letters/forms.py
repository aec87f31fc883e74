from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from caracol.accounts.models import User
from caracol.letters import cadences
from caracol.letters.models import Cadence
from caracol.letters.zones import zones

ONE_OF_THESE = {"required": _("Please choose one."), "invalid_choice": _("Please choose one of these.")}


class CadenceForm(forms.Form):
    """Whether to be told by letter that there is something new, when, and where to. "Never" is a full answer."""

    when = forms.ChoiceField(
        label=_("How often may we write to you?"),
        choices=Cadence.When.choices,
        widget=forms.RadioSelect,
        error_messages=ONE_OF_THESE,
    )
    address = forms.CharField(
        label=_("E-mail address for letters"),
        help_text=_("One that nobody but you reads. It need not be the one you came with."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"max_length": _("This is too long for an e-mail address.")},
    )
    hour = forms.TypedChoiceField(
        label=_("At which hour, if once a day?"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        error_messages=ONE_OF_THESE,
    )
    zone = forms.ChoiceField(label=_("Your time zone"), error_messages=ONE_OF_THESE)

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        kept = cadences.cadence_of(user)
        initial = {"when": kept.when, "hour": kept.hour, "zone": kept.zone, "address": cadences.address_of(user)}
        super().__init__(data, initial=initial, **kwargs)
        field = self.fields["zone"]
        if isinstance(field, forms.ChoiceField):
            field.choices = zones()

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        if typed:
            EmailValidator(_("This is no e-mail address. Please check it."))(typed)
        return typed

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        if answers.get("when", Cadence.When.NEVER) != Cadence.When.NEVER and answers.get("address") == "":
            self.add_error("address", ValidationError(_("To write to you we need an address. Or choose “Never”.")))
        return answers

    def keep(self, user: User) -> None:
        """Keep the answers."""
        answers = self.cleaned_data
        when = Cadence.When(answers["when"])
        cadences.choose(user, when, address=answers["address"], hour=answers["hour"], zone=answers["zone"])
