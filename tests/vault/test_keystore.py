from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from caracol.vault import box, keystore, ladder
from caracol.vault.keystore import KeyDestroyed
from caracol.vault.models import Destruction, StoredKey
from tests.services import until, url_of

both_databases = pytest.mark.django_db(databases=["default", "keys"])
pytestmark = both_databases


@contextmanager
def undone() -> Iterator[None]:
    """A deed that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored() -> set[str]:
    return set(StoredKey.objects.values_list("token", flat=True))


def asked() -> set[str]:
    return set(Destruction.objects.values_list("token", flat=True))


def test_a_key_is_born_and_found_again() -> None:
    key = keystore.birth("room-1")
    assert len(key) == 32
    assert keystore.key_of("room-1") == key


def test_every_key_is_its_own() -> None:
    assert keystore.birth("room-1") != keystore.birth("room-2")


def test_a_token_has_one_key() -> None:
    key = keystore.birth("room-1")
    with pytest.raises(IntegrityError):
        keystore.birth("room-1")
    assert keystore.key_of("room-1") == key


def test_a_token_without_a_key_says_that_it_is_destroyed() -> None:
    with pytest.raises(KeyDestroyed):
        keystore.key_of("room-1")


def test_many_keys_come_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    born = {f"room-{number}": keystore.birth(f"room-{number}") for number in range(3)}
    with django_assert_num_queries(1, using="keys"):
        assert keystore.keys_of([*born, "never-born"]) == born


def test_keys_live_in_the_key_store_and_destructions_in_the_database() -> None:
    keystore.birth("room-1")
    keystore.destroy_later("room-1")
    tables = {alias: set(connections[alias].introspection.table_names()) for alias in ("default", "keys")}
    assert {alias: "vault_storedkey" in names for alias, names in tables.items()} == {"default": False, "keys": True}
    assert tables["keys"] - {"django_migrations"} == {"vault_storedkey"}
    assert "vault_destruction" in tables["default"]


def test_a_key_outlives_the_deed_it_was_born_for() -> None:
    with undone():
        keystore.birth("room-1")
    assert stored() == {"room-1"}


def test_destroying_waits_for_the_deed_to_be_committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    keystore.birth("room-1")
    keystore.birth("room-2")
    with django_capture_on_commit_callbacks(execute=True):
        keystore.destroy_later("room-1")
        assert (stored(), asked()) == ({"room-1", "room-2"}, {"room-1"})
    assert (stored(), asked()) == ({"room-2"}, set())


def test_a_deed_undone_destroys_nothing(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    keystore.birth("room-1")
    with django_capture_on_commit_callbacks(execute=True), undone():
        keystore.destroy_later("room-1")
    assert (stored(), asked()) == ({"room-1"}, set())


def test_what_was_asked_and_not_done_is_done_at_the_next_run() -> None:
    keystore.birth("room-1")
    keystore.destroy_later("room-1", "never-born")
    assert keystore.run_destructions() == 2
    assert (stored(), asked()) == (set(), set())
    assert keystore.run_destructions() == 0


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_a_key_store_that_fails_does_not_fail_the_deed_and_is_asked_again() -> None:
    keystore.birth("room-1")
    with connections["keys"].cursor() as cursor:
        cursor.execute("ALTER TABLE vault_storedkey RENAME TO away")
        keystore.destroy_later("room-1")
        cursor.execute("ALTER TABLE away RENAME TO vault_storedkey")
    assert (stored(), asked()) == ({"room-1"}, {"room-1"})
    # As below: PostgreSQL's own housekeeping may look at the table just then.
    until(lambda: bool(keystore.run_destructions()))
    assert (stored(), asked()) == (set(), set())


def test_asking_twice_is_asking_once() -> None:
    keystore.birth("room-1")
    keystore.destroy_later("room-1")
    keystore.destroy_later("room-1")
    assert keystore.run_destructions() == 1


def test_more_keys_than_go_in_one_statement_are_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keystore, "AT_ONCE", 2)
    tokens = [f"room-{number}" for number in range(5)]
    for token in tokens:
        keystore.birth(token)
    keystore.destroy_later(*tokens)
    assert keystore.run_destructions() == 5
    assert stored() == set()


def test_a_room_whose_shred_key_is_destroyed_opens_no_more() -> None:
    """The control comes first: with the key, the very same bytes open."""
    person, room = ladder.new_person(), box.new_box_pair()
    shred = keystore.birth("room-1")
    sealed = ladder.seal_room_key(
        room.private, room="party", epoch=1, to="ana", public=person.public.box, wraps=[shred]
    )
    wraps = [keystore.key_of("room-1")]
    assert ladder.open_room_key(sealed, room="party", epoch=1, to="ana", keys=person, wraps=wraps) == room.private
    keystore.destroy_later("room-1")
    keystore.run_destructions()
    with pytest.raises(KeyDestroyed):
        keystore.key_of("room-1")


# --- Orphans ---


def aged(token: str, days: int) -> None:
    keystore.birth(token)
    StoredKey.objects.filter(token=token).update(made_on=timezone.localdate() - timedelta(days=days))


def test_old_keys_that_no_row_knows_are_swept() -> None:
    aged("known", 9)
    aged("orphan", 9)
    aged("young", 1)

    def known(tokens: Collection[str]) -> set[str]:
        return {"known"} & set(tokens)

    assert keystore.sweep_orphans(known=known, before=timezone.localdate() - timedelta(days=2)) == 1
    assert stored() == {"known", "young"}


def test_a_key_made_on_the_day_itself_is_not_swept() -> None:
    keystore.birth("room-1")
    assert keystore.sweep_orphans(known=lambda _: set(), before=timezone.localdate()) == 0


def test_nothing_old_asks_nobody() -> None:
    def known(_: Collection[str]) -> set[str]:
        raise AssertionError

    assert keystore.sweep_orphans(known=known, before=date(2000, 1, 1)) == 0


# --- What is left on the disk ---


def test_sqlite_overwrites_the_keys_it_deletes(tmp_path: Path) -> None:
    """With the key store's own pragmas; the control shows that SQLite's default leaves the bytes."""
    pragmas = settings.DATABASES["keys"]["OPTIONS"]["init_command"]
    assert left_on_disk(tmp_path / "control.sqlite3", "PRAGMA secure_delete=OFF; PRAGMA journal_mode=DELETE;")
    assert not left_on_disk(tmp_path / "keys.sqlite3", pragmas)


def left_on_disk(file: Path, pragmas: str) -> bool:
    """Return whether a deleted key's bytes are still anywhere beside the database file."""
    key = box.new_key()
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript(pragmas)
    connection.execute("CREATE TABLE stored (token TEXT UNIQUE, key BLOB)")
    connection.execute("INSERT INTO stored VALUES ('room-1', ?), ('room-2', zeroblob(32))", [key])
    connection.execute("DELETE FROM stored WHERE token = 'room-1'")
    left = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    connection.close()
    return key in left


@pytest.mark.services
@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_postgresql_rewrites_the_table_without_the_keys_it_deletes() -> None:
    keystore.birth("room-1")
    doomed = keystore.birth("room-2")
    assert doomed in table_file()
    keystore.destroy_later("room-2")
    # PostgreSQL's own housekeeping may look at the table just then: what it asks for is done by a next run.
    until(lambda: not Destruction.objects.exists() or bool(keystore.run_destructions()))
    assert doomed not in table_file()
    assert keystore.key_of("room-1") in table_file()


@pytest.mark.services
@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_what_somebody_looks_at_on_postgresql_is_destroyed_once_they_look_away() -> None:
    doomed = keystore.birth("room-1")
    with psycopg.connect(url_of("keys")) as beside:
        beside.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        beside.execute("SELECT 1")
        keystore.destroy_later("room-1")
        assert Destruction.objects.count() == 1
    until(lambda: bool(keystore.run_destructions()))
    assert doomed not in table_file()


@pytest.mark.services
@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_an_older_deed_elsewhere_that_a_look_begun_later_still_sees_keeps_the_asking() -> None:
    """Whoever looks while an older transaction runs, even in another database, could look at what is deleted since."""
    doomed = keystore.birth("room-1")
    with psycopg.connect(url_of("default")) as older, psycopg.connect(url_of("keys")) as looking:
        older.execute("SELECT pg_current_xact_id()")
        keystore.order_destruction("room-1")
        looking.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        looking.execute("SELECT 1")
        assert keystore.run_destructions() == 0
        assert Destruction.objects.count() == 1
    until(lambda: bool(keystore.run_destructions()))
    assert doomed not in table_file()


@pytest.mark.parametrize(
    "said",
    [["Es können 2 Zeilenversionen noch nicht entfernt werden.\nCPU: 0.00 s."], [""], []],
)
def test_a_report_of_rows_kept_or_no_report_leaves_the_asking_in_any_language(said: list[str]) -> None:
    assert keystore.kept_none(["", "0 dead row versions cannot be removed yet.\nCPU: user: 0.01 s."])
    assert not keystore.kept_none(said)


@pytest.mark.services
@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_a_key_is_not_born_inside_a_transaction_on_the_key_store() -> None:
    with transaction.atomic(using="keys"), pytest.raises(RuntimeError):
        keystore.birth("room-1")


def table_file() -> bytes:
    """Return the bytes of the keys' table as PostgreSQL has them on disk."""
    with connections["keys"].cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath('vault_storedkey'))")
        return bytes(cursor.fetchone()[0])


def test_many_keys_are_kept_at_once_and_none_in_place_of_another() -> None:
    keystore.keep({"one": b"1" * 32, "two": b"2" * 32})
    with pytest.raises(IntegrityError):
        keystore.keep({"three": b"3" * 32, "two": b"4" * 32})
    assert keystore.keys_of(["one", "two", "three"]) == {"one": b"1" * 32, "two": b"2" * 32}
