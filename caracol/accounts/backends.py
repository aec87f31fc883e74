from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from caracol.accounts import people
from caracol.accounts.models import User
from caracol.accounts.passwords import could_be_password


class HandleBackend(ModelBackend):
    """Finds a person by their login name's keyed HMAC. Every answer costs one Argon2, whatever was typed."""

    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's signature
        login: str | None = None,
        password: str | None = None,
        **_other: Any,
    ) -> User | None:
        """Return the active user of this login name and password, else None."""
        if login is None or password is None:
            return None
        user = people.by_login(login)
        if user is None or not could_be_password(password):
            make_password("the time a real one takes")
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
