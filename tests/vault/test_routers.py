from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.db import router

from caracol.ledger.models import Entry
from caracol.vault.models import Destruction, StoredKey


def test_stored_keys_are_read_and_written_in_the_key_store() -> None:
    assert (router.db_for_read(StoredKey), router.db_for_write(StoredKey)) == ("keys", "keys")


@pytest.mark.parametrize("model", [Destruction, Entry, Session])
def test_everything_else_is_read_and_written_in_the_database(model: type) -> None:
    assert (router.db_for_read(model), router.db_for_write(model)) == ("default", "default")


@pytest.mark.parametrize(("model", "home"), [(StoredKey, "keys"), (Destruction, "default"), (Entry, "default")])
def test_a_table_is_made_in_one_database_only(model: type, home: str) -> None:
    homes = [alias for alias in ("default", "keys") if router.allow_migrate_model(alias, model)]
    assert homes == [home]


def test_a_migration_that_runs_code_leaves_the_key_store_alone() -> None:
    homes = [alias for alias in ("default", "keys") if router.allow_migrate(alias, "ledger")]
    assert homes == ["default"]
