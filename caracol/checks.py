"""What Caracol refuses to start with, each in a sentence saying what to set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as Warned

from caracol import backups
from caracol.env import SHORTEST_SECRET

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1"})


def refusals() -> Iterator[str]:
    """Yield a sentence for each reason not to start with the settings as they are."""
    yield from _demo_stays_local()
    yield from _hosts_are_named()
    yield from _redis_asks_a_password()
    yield from _metrics_have_a_strong_token()


def _demo_stays_local() -> Iterator[str]:
    elsewhere = sorted(set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS)
    if settings.DEMO and elsewhere:
        yield (
            f"DEMO is on, and ALLOWED_HOSTS names {', '.join(elsewhere)}. The demo may answer on localhost and "
            f"127.0.0.1 only, since its passwords are known and its cookies are not secured: unset DEMO, or the hosts."
        )


def _hosts_are_named() -> Iterator[str]:
    if not settings.DEMO and (not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS):
        yield "Set ALLOWED_HOSTS to the names this site answers to, separated by commas; a star is not a name."


def _redis_asks_a_password() -> Iterator[str]:
    if not settings.DEMO and settings.REDIS_URL and not urlsplit(settings.REDIS_URL).password:
        yield "REDIS_URL has no password. Give Redis one (requirepass), and write redis://:PASSWORD@HOST:6379/0."


def _metrics_have_a_strong_token() -> Iterator[str]:
    if 0 < len(settings.METRICS_TOKEN) < SHORTEST_SECRET:
        yield f"METRICS_TOKEN is too short. Make it at least {SHORTEST_SECRET} random characters, or leave it out."


def no_old_key_copies(**_: Any) -> list[CheckMessage]:
    """Return a warning where copies of the key store are kept longer than may be: they bring destroyed keys back."""
    old = backups.too_old(settings.KEY_BACKUPS)
    if not old:
        return []
    said = f"{len(old)} copies of the key store in {settings.KEY_BACKUPS} are older than seven days."
    return [
        Warned(
            said, hint="Remove them: `python manage.py backup_keys` does, and so does the daily job.", id="backups.W001"
        )
    ]
