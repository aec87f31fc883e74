"""The vault as an app."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Keys and sealed things."""

    name = "caracol.vault"
    label = "vault"
