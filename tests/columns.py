"""The columns of both databases, as `fields.txt` declares them: sealed, words of everybody's, plain, or unused."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

TABLE = Path(__file__).with_name("fields.txt")
KINDS = {"sealed", "words", "plain", "unused"}


def declared() -> dict[str, str]:
    """Return what each field is declared to be, by model and name; an unused table as itself."""
    said: dict[str, str] = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            model, kind, *names = line.split()
            assert kind in KINDS, line
            said |= dict.fromkeys((f"{model}.{name}" for name in names), kind) if names else {model: kind}
    return said


def tables() -> Iterator[type[models.Model]]:
    return (model for model in apps.get_models(include_auto_created=True) if model._meta.managed)


def in_columns(kind: str) -> Iterator[tuple[str, Any]]:
    """Yield every value in every column of this kind, with the field's name."""
    said = declared()
    for model in tables():
        for field in model._meta.local_fields:
            name = f"{model._meta.label}.{field.name}"
            if said.get(name) == kind:
                for value in model._base_manager.values_list(field.attname, flat=True):
                    yield name, value


def bare(value: Any) -> list[bytes]:
    """Return the ciphertext in a sealed column: bytes, base64, or base64 by name."""
    if isinstance(value, dict):
        return [each for inner in value.values() for each in bare(inner)]
    return [base64.b64decode(value, validate=True)] if isinstance(value, str) else [bytes(value)]
