"""A database whose ledger lost its triggers is an error, at `check --database` and before every migrate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from caracol.ledger import triggers


def triggers_stand(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return an error for each database that has a ledger without its triggers."""
    with_ledger = [alias for alias in databases or () if triggers.has_table(connections[alias])]
    return [
        Error(
            f"The ledger in database '{alias}' has lost the triggers that refuse changes to it.",
            hint="Find out who took them away, run `manage.py verify_ledger`, then `manage.py migrate --skip-checks`.",
            id="ledger.E001",
        )
        for alias in with_ledger
        if not triggers.present(connections[alias])
    ]
