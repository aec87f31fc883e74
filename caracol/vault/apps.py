"""The vault as an app."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from caracol.vault import turns


class VaultConfig(AppConfig):
    """Keys and sealed things."""

    name = "caracol.vault"
    label = "vault"

    def ready(self) -> None:
        """Let as many derive keys at once as the settings say."""
        turns.argon2.at_once = settings.ARGON2_AT_ONCE
