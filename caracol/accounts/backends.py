from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from caracol.accounts.models import User
from caracol.accounts.recognising import recognise

# A text that stays the same: every page begins with it, and to put it together would cost more than to ask it.
_WITH_ROLES = """
 SELECT person.*, held.role AS role_name FROM accounts_user AS person
 LEFT JOIN accounts_role AS held ON held.user_id = person.id AND held.ended_on IS NULL
 WHERE person.id = %s
"""


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
        found = recognise(login, password)
        return found.user if found and self.user_can_authenticate(found.user) else None

    def get_user(self, user_id: int) -> User | None:
        """Return the active user of a session, with the names of their roles in `role_names`, by one query."""
        found = list(User.objects.raw(_WITH_ROLES, [user_id]))
        if not found or not self.user_can_authenticate(found[0]):
            return None
        found[0].role_names = frozenset(filter(None, (vars(each)["role_name"] for each in found)))
        return found[0]
