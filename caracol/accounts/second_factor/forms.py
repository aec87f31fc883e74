from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from caracol.accounts import failed
from caracol.accounts.actor import MemberRequest
from caracol.accounts.chains import FACTOR_FAILED
from caracol.accounts.forms import TypedField
from caracol.accounts.models import Factor
from caracol.accounts.second_factor import app, backup_codes, security_key
from caracol.accounts.second_factor.security_key import KeyRefused
from caracol.limits import doors

NO_CODE = _("This code does not fit. It may be used up, or from before: please take the one shown now.")
NOT_FROM_APP = _("This is not the code your app should show now. Please check the clock of your telephone.")
NO_KEY = _("This key did not answer as it should. Please try again.")
# What lets telephones offer the code, and a keyboard of digits come up; neither forbids anything.
CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class CodeForm(forms.Form):
    """A code from the app, or a backup code; used up once valid."""

    code = TypedField(
        label=_("Code"),
        help_text=_("Six digits from your app, or one of your backup codes. Pasting is fine."),
        widget=forms.TextInput(attrs=CODE),
    )

    def __init__(self, request: MemberRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        user, from_app = self.request.user, app.digits_in(code) is not None
        entry = doors.enter(self.request, doors.CODES if from_app else doors.FACTORS, person=user.handle)
        if not (app.use(user, code) if from_app else backup_codes.use(user, code)):
            failed.note(user, FACTOR_FAILED)
            raise ValidationError(NO_CODE, code="no_code")
        entry.was_right()
        return code


class AppForm(forms.Form):
    """The first code of an app to be added: `factor`, not saved yet, once valid."""

    code = TypedField(
        label=_("The code your app shows now"),
        help_text=_("Six digits. Pasting is fine."),
        widget=forms.TextInput(attrs=CODE),
    )
    factor: Factor

    def __init__(self, request: MemberRequest, secret: bytes, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.secret = request, secret

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        factor = app.enrolled(self.request.user, self.secret, code)
        if factor is None:
            raise ValidationError(NOT_FROM_APP, code="not_from_app")
        self.factor = factor
        return code


class NewKeyForm(forms.Form):
    """What a browser brings of a new key: `factor`, not saved yet, once valid. It is filled in by a script."""

    answer = TypedField(required=False, widget=forms.HiddenInput)
    factor: Factor

    def __init__(self, request: MemberRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_answer(self) -> str:
        answer: str = self.cleaned_data["answer"] or ""
        try:
            self.factor = security_key.new_factor(self.request, self.request.user, answer)
        except KeyRefused:
            raise ValidationError(NO_KEY, code="no_key") from None
        return answer


class KeyForm(forms.Form):
    """What a browser brings of a key asked for; checked once valid. It is filled in by a script."""

    answer = TypedField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: MemberRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_answer(self) -> str:
        answer: str = self.cleaned_data["answer"] or ""
        entry = doors.enter(self.request, doors.FACTORS, person=self.request.user.handle)
        try:
            security_key.use(self.request, self.request.user, answer)
        except KeyRefused:
            failed.note(self.request.user, FACTOR_FAILED)
            raise ValidationError(NO_KEY, code="no_key") from None
        entry.was_right()
        return answer
