from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from caracol.accounts.models import Kind, User
from caracol.accounts.recovery import has_code


def site(request: HttpRequest) -> dict[str, Any]:
    """
    Return what every page may ask: `demo`; `site_roles`, a set of the reader's role names; `lacks_recovery_code`.

    The roles decide what the menu shows and nothing else: every page asks at its own door.
    """
    return {
        "demo": settings.DEMO,
        "site_roles": SimpleLazyObject(lambda: _role_names(request)),
        "lacks_recovery_code": SimpleLazyObject(lambda: _lacks_recovery_code(request)),
    }


def _role_names(request: HttpRequest) -> frozenset[str]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frozenset()
    return user.role_names if isinstance(user, User) else frozenset()


def _lacks_recovery_code(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return isinstance(user, User) and user.kind != Kind.RECEIPT and not has_code(user)
