from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from caracol.accounts.models import Kind, User
from caracol.accounts.recovery import has_code
from caracol.menu import menu_of


def site(request: HttpRequest) -> dict[str, Any]:
    """
    Return what every page may ask: `demo`; `menu`; `site_roles`, the reader's role names; `lacks_recovery_code`.

    The roles decide what is shown to lead on and nothing else: every page asks at its own door.
    """
    return {
        "demo": settings.DEMO,
        "menu": lambda: menu_of(_held(request), settings.ROOT_URLCONF),
        "site_roles": SimpleLazyObject(lambda: _role_names(request)),
        "lacks_recovery_code": SimpleLazyObject(lambda: _lacks_recovery_code(request)),
    }


def _role_names(request: HttpRequest) -> frozenset[str]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frozenset()
    return user.role_names if isinstance(user, User) else frozenset()


def _held(request: HttpRequest) -> frozenset[str]:
    user = getattr(request, "user", None)
    kind = frozenset({user.kind}) if isinstance(user, User) and user.is_guest else frozenset[str]()
    return _role_names(request) | kind


def _lacks_recovery_code(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return isinstance(user, User) and user.kind != Kind.RECEIPT and not has_code(user)
