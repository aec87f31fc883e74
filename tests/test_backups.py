from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from caracol import backups, checks, status, tasks
from caracol.ledger import chain, triggers
from caracol.vault import keystore
from caracol.vault.models import StoredKey
from caracol.watch import done
from tests.restored import restored

pytestmark = [pytest.mark.django_db(databases=["default", "keys"], transaction=True), pytest.mark.everywhere]

NOW = timezone.now()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def made_days_ago(folder: Path, days: int) -> Path:
    with time_machine.travel(NOW - dt.timedelta(days=days), tick=False):
        return backups.copy("keys", folder)


def test_a_copy_of_the_database_holds_its_rows_and_none_of_the_key_store(tmp_path: Path) -> None:
    entry = chain.record("site", "tests:backup:tried", said="snail")
    key = keystore.birth("room-1")
    call_command("backup", str(tmp_path / "database"))
    copy = next((tmp_path / "database").iterdir())
    assert key not in copy.read_bytes()
    chain.record("site", "tests:backup:later")
    with restored("default", copy):
        assert [each.event for each in chain.entries("site")] == [entry.event]
        assert chain.first_fault() is None
        assert triggers.present(connections["default"])
    assert len(chain.entries("site")) == 2


def test_in_a_restored_copy_the_record_goes_on_where_it_stood(tmp_path: Path) -> None:
    chain.record("site", "tests:backup:tried")
    with restored("default", backups.copy("default", tmp_path)):
        chain.record("site", "tests:backup:later")
        assert [each.number for each in chain.entries("site")] == [1, 2]


def test_a_copy_of_the_key_store_gives_its_keys_back(tmp_path: Path) -> None:
    key = keystore.birth("room-1")
    copy = backups.copy("keys", tmp_path)
    StoredKey.objects.all().delete()
    with restored("keys", copy):
        assert keystore.key_of("room-1") == key


def test_nobody_else_on_the_machine_reads_a_copy(tmp_path: Path) -> None:
    copy = backups.copy("keys", tmp_path / "keys")
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert names(copy.parent) == [copy.name]


def test_a_new_copy_of_the_key_store_removes_those_older_than_a_week(tmp_path: Path) -> None:
    old, kept = made_days_ago(tmp_path, 8), made_days_ago(tmp_path, 6)
    cut_short = tmp_path / "keys-20200101T000000Z.part"
    cut_short.touch()
    call_command("backup_keys", str(tmp_path))
    assert not old.exists()
    assert not cut_short.exists()
    assert kept.exists()
    assert len(names(tmp_path)) == 2
    assert backups.too_old(tmp_path) == []


def test_the_daily_job_removes_them_where_nobody_makes_any_more(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_BACKUPS = tmp_path
    old = made_days_ago(tmp_path, 8)
    assert [each.id for each in checks.no_old_key_copies()] == ["backups.W001"]
    tasks.rotate_key_backups()
    assert not old.exists()
    assert checks.no_old_key_copies() == []


def test_a_renamed_copy_goes_by_the_age_of_its_file(tmp_path: Path) -> None:
    renamed = tmp_path / "keys-monday.sqlite3"
    renamed.touch()
    assert backups.too_old(tmp_path) == []
    week = (NOW - dt.timedelta(days=8)).timestamp()
    os.utime(renamed, (week, week))
    assert backups.too_old(tmp_path) == [renamed]


def test_the_two_never_lie_in_one_folder(tmp_path: Path) -> None:
    backups.copy("keys", tmp_path / "a")
    backups.copy("default", tmp_path / "b")
    for command, folder in (("backup", "a"), ("backup_keys", "b")):
        with pytest.raises(CommandError, match="Keep the two apart"):
            call_command(command, str(tmp_path / folder))
        assert len(names(tmp_path / folder)) == 1


def test_where_no_copy_can_be_made_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object) -> None:
        raise backups.BackupFailed("pg_dump: no room left")

    monkeypatch.setattr(backups, "_dump", fails)
    monkeypatch.setattr(backups, "_copy_sqlite", fails)
    with pytest.raises(CommandError, match="no room left"):
        call_command("backup", str(tmp_path))
    assert names(tmp_path) == []


def test_a_copy_that_was_made_is_noted_for_the_secretarys_page(tmp_path: Path) -> None:
    call_command("backup", str(tmp_path / "database"))
    call_command("backup_keys", str(tmp_path / "keys"))
    assert set(done.last()) == {status.BACKUP, status.BACKUP_OF_KEYS}
