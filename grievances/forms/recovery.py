"""Forms of a recovery: who shall be asked to take a case over, and the ceremony in which the shares are typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caracol.accounts.contacts import login_tag, serving_names_of
from caracol.accounts.forms import NO_FIT, TypedField
from caracol.accounts.models import User
from caracol.limits import doors
from caracol.vault.recovery import MOST_SHARES, ShareForeign, ShareMistyped, ShareRefused, ShareRepeated, TooFewShares

REFUSALS: Mapping[type[ShareRefused], Promise] = {
    ShareMistyped: _("A word is wrong, missing or too many. Please check each word against the paper."),
    ShareRepeated: _("This share has been typed above already."),
    ShareForeign: _("This share is not one of the recovery kit in force."),
    TooFewShares: _("More shares are needed."),
}
NOT_TOGETHER = _("These shares together do not give the key of the recovery kit in force.")


# What is never written into a page again.
SECRETS = [f"{name}_{number}" for name in ("password", "share") for number in range(1, MOST_SHARES + 1)]


class AskRecoveryForm(forms.Form):
    """Which mediators the case shall be offered to."""

    mediators = forms.MultipleChoiceField(
        label=_("Who shall be asked to take the case over?"),
        help_text=_("They see the names first, and nothing else until they say yes."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please choose one or two."),
            "invalid_choice": _("The list has changed. Please look at it again."),
        },
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        """Let choose from `people`, by the names they serve by."""
        super().__init__(*args, **kwargs)
        field = self.fields["mediators"]
        users = list(people)
        names = serving_names_of(users)
        if isinstance(field, forms.MultipleChoiceField):
            menu = [(user.handle, names[user.pk]) for user in users]
            menu.sort(key=lambda pair: pair[1].casefold())
            field.choices = menu


class UnshownTextarea(forms.Textarea):
    """A text that is never sent back to the page: others stand at the same screen."""

    def format_value(self, value: object) -> None:
        """Return nothing, whatever was typed."""


class CeremonyForm(forms.Form):
    """
    The request's code, and for each share that is needed its holder's login name, password and words.

    `holders` are the people who typed, once valid: each another, each by their own password.
    """

    code = TypedField(
        label=_("The code of the request"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, needed: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.numbers = range(1, needed + 1)
        self.holders: list[User] = []
        for number in self.numbers:
            self.fields.update(_holder_fields(number))

    def clean(self) -> dict[str, Any]:
        """Check every holder's password, so that one attempt tells all that does not fit."""
        for number in self.numbers:
            self._open(number)
        return self.cleaned_data

    def shares(self) -> list[str]:
        """Return the shares in the order in which they were typed."""
        return [self.cleaned_data[f"share_{number}"] for number in self.numbers]

    def refuse(self, refusal: ShareRefused) -> None:
        """Say beside the share what is wrong with it, and nothing of what is in it."""
        if refusal.number in self.numbers:
            self.add_error(f"share_{refusal.number}", str(REFUSALS[type(refusal)]))
        else:
            self.add_error(None, ValidationError(NOT_TOGETHER))

    def _open(self, number: int) -> None:
        login, password = (self.cleaned_data.get(f"{name}_{number}") for name in ("login", "password"))
        if not login or not password:
            return
        entry = doors.enter(self.request, doors.LOGIN, person=login_tag(login) or "nobody")
        user = authenticate(self.request, login=login, password=password)
        if not isinstance(user, User):
            self.add_error(f"password_{number}", ValidationError(NO_FIT))
            return
        entry.was_right()
        if user in self.holders:
            self.add_error(f"login_{number}", ValidationError(_("Each share is typed by another person.")))
        else:
            self.holders.append(user)


def _holder_fields(number: int) -> dict[str, forms.Field]:
    plain = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    which = {"number": number}
    return {
        f"login_{number}": TypedField(
            label=_("Person %(number)s: login name") % which, widget=forms.TextInput(attrs=plain)
        ),
        f"password_{number}": TypedField(
            label=_("Person %(number)s: password") % which, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
        ),
        f"share_{number}": TypedField(
            label=_("Person %(number)s: the words of the share") % which,
            help_text=_("In their order. Capitals, numbers and line ends do not matter."),
            widget=UnshownTextarea(attrs={"rows": 5, **plain}),
        ),
    }
