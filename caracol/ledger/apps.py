"""The ledger as an app: its triggers come back after every migrate, and their absence is an error."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db import connections
from django.db.models.signals import post_migrate

from caracol.ledger import checks, triggers


class LedgerConfig(AppConfig):
    """The append-only ledger."""

    name = "caracol.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Register the check, and have the triggers installed after every migrate."""
        register(checks.triggers_stand, Tags.database)
        post_migrate.connect(_reinstall_triggers, sender=self, dispatch_uid="ledger triggers")


def _reinstall_triggers(*, using: str, **_: Any) -> None:
    # A migration that rebuilds the table (SQLite's way to alter one) silently drops them.
    if triggers.has_table(connections[using]):
        triggers.install(connections[using])
