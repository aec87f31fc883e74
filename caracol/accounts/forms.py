from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from caracol.accounts import keys
from caracol.accounts.actor import Actor
from caracol.accounts.keys import KeysSwapped
from caracol.accounts.models import User
from caracol.accounts.passwords import could_be_password
from caracol.ledger.chain import Tampered
from caracol.vault.box import SealBroken

NO_FIT = _("That login name and password do not fit together. Please check both and try again.")
NOT_YOURS = _("That is not your password. Please try again.")
KEYS_STUCK = _("Your password is right, but your keys do not open. Please tell the secretary: something was altered.")


def shown(text: str) -> str:
    """Return the text as a page can show it: half a character (a lone surrogate) becomes a question mark."""
    return text.encode(errors="replace").decode()


class TypedField(forms.Field):
    """Text exactly as typed, whatever it is: a login name or password is right or wrong, never malformed."""

    def prepare_value(self, value: Any) -> Any:
        return shown(value) if isinstance(value, str) else value


class LoginForm(forms.Form):
    """Login name and password; `actor` is who they open, once valid."""

    login = TypedField(
        label=_("Login name"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = TypedField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    actor: Actor

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if "login" in typed and "password" in typed:
            self.actor = self._open(typed["login"], typed["password"])
        return typed

    def _open(self, login: str, password: str) -> Actor:
        user = authenticate(self.request, login=login, password=password)
        if not isinstance(user, User):
            raise ValidationError(NO_FIT, code="no_fit")
        try:
            return Actor(user, keys.unlock(user, password))
        except (SealBroken, KeysSwapped, Tampered):
            raise ValidationError(KEYS_STUCK, code="keys_stuck") from None


class UnlockForm(forms.Form):
    """The password alone, for a session whose keys are locked; `actor` is who it opens, once valid."""

    # The fields of another form travel beside these, so their names must not meet.
    prefix = "unlock"

    password = TypedField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    next = TypedField(required=False, widget=forms.HiddenInput)
    # Set when a form was on its way: it is sent again to `next`.
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)
    actor: Actor

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not could_be_password(password):
            raise ValidationError(NOT_YOURS, code="not_yours")
        try:
            self.actor = Actor(self.user, keys.unlock(self.user, password))
        except SealBroken:
            raise ValidationError(NOT_YOURS, code="not_yours") from None
        except (KeysSwapped, Tampered):
            raise ValidationError(KEYS_STUCK, code="keys_stuck") from None
        return password
