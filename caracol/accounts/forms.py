from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from caracol.accounts import contacts, failed, keys, receipts, renewing
from caracol.accounts.actor import Actor
from caracol.accounts.chains import CODE_FAILED, LOGIN_FAILED, RECONFIRM_FAILED
from caracol.accounts.keys import KeysSwapped
from caracol.accounts.models import Invitation, User
from caracol.accounts.passwords import could_be_password
from caracol.accounts.people import by_login
from caracol.accounts.receipts import Receipt
from caracol.accounts.recognising import Recognised, recognise
from caracol.accounts.recovery import normal_code, open_copy
from caracol.accounts.renewing import Overtaken
from caracol.carrying import shown
from caracol.ledger.chain import Tampered
from caracol.limits import doors
from caracol.vault.box import SealBroken
from caracol.vault.ladder import PersonKeys

NO_FIT = _("That login name and password do not fit together. Please check both and try again.")
NOT_YOURS = _("That is not your password. Please try again.")
NO_CODE_FIT = _("That login name and recovery code do not fit together. Please check both and try again.")
NO_PASSWORD = _("This text can be no password. Please choose another.")
NOT_TWICE = _("This differs from the new password above. Please type both again.")
SAME_PASSWORD = _("This is the password you have now. Please choose another.")
NOT_ITS_END = _("The new receipt ends otherwise. Please look at your paper, and at the code above.")
OVERTAKEN = _("Your password or keys were changed while this page was open. Please log in and try again.")
KEYS_STUCK = _("Your password is right, but your keys do not open. Please tell the secretary: something was altered.")


class TypedField(forms.Field):
    """Text exactly as typed, whatever it is: a login name or password is right or wrong, never malformed."""

    def prepare_value(self, value: Any) -> Any:
        return shown(value) if isinstance(value, str) else value


def _with_receipt_split(request: HttpRequest, data: QueryDict) -> QueryDict:
    """Return what was typed, with a whole receipt in the first field put where handle and secret belong."""
    parts = receipts.split(data.get("login", "")) if not data.get("password") else None
    if parts is None:
        return data
    # Half of it is a password, so that no page carries it along.
    request.sensitive_post_parameters = ("login",)  # type: ignore[attr-defined]  # Django's own mark
    typed = data.copy()
    typed["login"], typed["password"] = parts
    return typed


class LoginForm(forms.Form):
    """Login name and password; `actor` is who they open, once valid."""

    login = TypedField(
        label=_("Login name"),
        help_text=_("Or your whole receipt, and nothing below."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = TypedField(
        label=_("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    actor: Actor

    def __init__(self, request: HttpRequest, data: QueryDict | None = None) -> None:
        super().__init__(_with_receipt_split(request, data) if data else data)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not password:
            raise ValidationError(self.fields["login"].error_messages["required"], code="required")
        return password

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if "login" in typed and "password" in typed:
            self.actor = self._open(typed["login"], typed["password"])
        return typed

    def _open(self, login: str, password: str) -> Actor:
        guest = receipts.holder(login)
        login, password = guest.handle if guest else login, receipts.as_password(guest, password)
        entry = doors.enter(self.request, doors.LOGIN, person=contacts.login_tag(login) or "nobody")
        found = recognise(login, password)
        if found is None:
            failed.note(by_login(login), LOGIN_FAILED)
            raise ValidationError(NO_FIT, code="no_fit")
        # A browser keeps no sign that somebody came with a receipt.
        entry.was_right(remember=not found.user.is_guest)
        return _in_hand(found, password)


def _in_hand(found: Recognised, password: str) -> Actor:
    """Return whoever was recognised with their keys, kept as the settings ask by now. Raises ValidationError."""
    try:
        actor = Actor(found.user, keys.unlock_with(found.user, found.stretched))
        renewing.keep_up(actor, password)
    except (SealBroken, KeysSwapped, Tampered):
        raise ValidationError(KEYS_STUCK, code="keys_stuck") from None
    except Overtaken:
        raise ValidationError(OVERTAKEN, code="overtaken") from None
    return actor


class NewPasswordForm(forms.Form):
    """A new password, typed twice: `new`, once valid."""

    new = TypedField(
        label=_("New password"),
        help_text=_("At least 12 characters. A few words in a row are easy to keep in mind. Pasting is fine."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = TypedField(
        label=_("New password, once more"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        if not could_be_password(new):
            raise ValidationError(NO_PASSWORD, code="no_password")
        validate_password(new)
        return new

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise ValidationError(NOT_TWICE, code="not_twice")
        return again


class JoinForm(NewPasswordForm):
    """What somebody with a one-time link chooses: a login name, unless they have one, and a password."""

    field_order = ("token", "login", "new", "again")

    token = TypedField(widget=forms.HiddenInput)
    login = TypedField(
        label=_("Login name"),
        help_text=_("Choose one that does not tell others who you are."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invitation.user and not invitation.user.is_guest:
            del self.fields["login"]


class InviteForm(forms.Form):
    """Whom a secretary invites: one person at a time."""

    name = forms.CharField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("May be left out. No letter of this site says more than that there is something new."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class PassphraseForm(forms.Form):
    """The words by which the Caucus knows its own."""

    words = forms.CharField(
        label=_("New passphrase"),
        help_text=_("At least 12 characters: a few words in a row. Spaces and capital letters make no difference."),
        min_length=12,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ChangePasswordForm(NewPasswordForm):
    """The password one has, and the one to have instead; `actor` is who the old one opens, once valid."""

    field_order = ("old", "new", "again")

    old = TypedField(
        label=_("The password you have now"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    actor: Actor

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        self.actor = opened(self.user, old)
        return old

    def clean_new(self) -> str:
        new = super().clean_new()
        if new == self.cleaned_data.get("old"):
            raise ValidationError(SAME_PASSWORD, code="same_password")
        return new


class NewReceiptForm(forms.Form):
    """
    The receipt one has, for the new one that stands beside the form: `receipt`. `actor` is who the old one opens.

    What was sent with another receipt than one proposed to this person counts for nothing: they are shown a new one.
    """

    old = TypedField(
        label=_("The receipt you have now"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    last = TypedField(
        label=_("The last group of the new receipt"),
        help_text=_("Type these four from your paper, to be sure that you have it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    secret = TypedField(widget=forms.HiddenInput)
    mark = TypedField(widget=forms.HiddenInput)
    actor: Actor

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        sent = Receipt(user, data.get("secret", "")) if data else None
        is_ours = bool(data and sent and receipts.is_proposed(sent, data.get("mark", "")))
        self.user, self.receipt = user, sent if sent and is_ours else receipts.propose(user)
        hidden = {"secret": self.receipt.secret, "mark": receipts.mark_of(self.receipt)}
        super().__init__(data if is_ours else None, initial=hidden)

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        self.actor = opened(self.user, old)
        return old

    def clean_last(self) -> str:
        last: str = self.cleaned_data["last"]
        if normal_code(last) != self.receipt.last_group:
            raise ValidationError(NOT_ITS_END, code="not_its_end")
        return last


class ForgottenForm(NewPasswordForm):
    """Login name, recovery code and a new password; `user` and `keys` are what the code opens, once valid."""

    field_order = ("login", "code", "new", "again")

    login = TypedField(
        label=_("Login name"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = TypedField(
        label=_("Recovery code"),
        help_text=_("From your paper. Spaces, dashes and capital letters make no difference. Pasting is fine."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    user: User
    keys: PersonKeys

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        # A code is tried only beside a password it could set.
        if not self.errors:
            user = by_login(typed["login"])
            try:
                self.keys = open_copy(user, typed["code"])
            except (SealBroken, KeysSwapped, Tampered):
                failed.note(user, CODE_FAILED)
                raise ValidationError(NO_CODE_FIT, code="no_fit") from None
            assert user is not None  # noqa: S101 - for the type checker: nobody's copy opens
            self.user = user
        return typed


class UnlockForm(forms.Form):
    """The password alone, for a session whose keys are locked; `actor` is who it opens, once valid."""

    # The fields of another form travel beside these, so their names must not meet.
    prefix = "unlock"

    password = TypedField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    next = TypedField(required=False, widget=forms.HiddenInput)
    # Set when a form was on its way: it is sent again to `next`.
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)
    # Set when the session is not locked, but a grave deed asks: the page says so.
    grave = forms.BooleanField(required=False, widget=forms.HiddenInput)
    actor: Actor

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        self.actor = opened(self.user, password)
        return password


def opened(user: User, password: str) -> Actor:
    """Return the person with the keys their password opens. Raises ValidationError, in words for the form."""
    password = receipts.as_password(user, password)
    if not could_be_password(password):
        raise ValidationError(NOT_YOURS, code="not_yours")
    try:
        return Actor(user, keys.unlock(user, password))
    except SealBroken:
        failed.note(user, RECONFIRM_FAILED)
        raise ValidationError(NOT_YOURS, code="not_yours") from None
    except (KeysSwapped, Tampered):
        raise ValidationError(KEYS_STUCK, code="keys_stuck") from None
