"""Where the vault's models live."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

KEYS = "keys"


class KeyStoreRouter:
    """Sends stored keys to the database "keys", and nothing else there."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        """Return "keys" for stored keys, no opinion for the rest."""
        return KEYS if _is_stored_key(model._meta.app_label, model._meta.model_name) else None

    def db_for_write(self, model: type[Model], **_hints: Any) -> str | None:
        """Return "keys" for stored keys, no opinion for the rest."""
        return self.db_for_read(model)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **_hints: Any) -> bool:
        """Return whether the table belongs in `db`: stored keys in "keys", everything else elsewhere."""
        return _is_stored_key(app_label, model_name) == (db == KEYS)


def _is_stored_key(app_label: str, model_name: str | None) -> bool:
    return (app_label, model_name) == ("vault", "storedkey")
