"""Where a person goes on to after the password."""

from __future__ import annotations

from django.conf import settings
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

# Django refuses to redirect to more than 2048 characters.
LONGEST_PATH = 1500


def own_path(path: str | None) -> str:
    """Return `path` if it is one of this site's own, else the home page's."""
    return path if path and _is_own(path) else resolve_url(settings.LOGIN_REDIRECT_URL)


def _is_own(path: str) -> bool:
    readable = len(path) <= LONGEST_PATH and path.isprintable()
    return readable and path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
