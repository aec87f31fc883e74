"""
What each job and each command may read and write: by table, in `jobs.txt`, and it is not more than that.

Every query is seen while they run, in a world in which all of them have something to do; so is every sealed column
whose ciphertext they fetch, and every one that they open. `--write-matrix` writes the table anew, to be checked line
by line.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connections
from django.utils import timezone
from nacl import bindings
from nacl.public import SealedBox
from nacl.secret import Aead
from pytest_django.fixtures import Settings

import conduct
from caracol.accounts import invitations
from caracol.celery import DUE, app
from caracol.letters import cadences
from caracol.letters.models import Cadence
from grievances import retention
from grievances.packet.policy import SEEDED
from tests.columns import bare, declared, in_columns, tables
from tests.grievances.cast import Cast, walk
from tests.grievances.statistics.made import SECOND
from tests.matrix.world import the_world

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

TABLE = Path(__file__).with_name("jobs.txt")
KINDS = ("reads", "writes", "fetches", "opens")
READS = re.compile(r'(?:FROM|JOIN)\s+"(\w+)"')
WRITES = re.compile(r'^\s*(?:INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM)\s+"(\w+)"')
ALIASES = re.compile(r'"(\w+)" ([A-Z]+\d+)\b')
COLUMNS = re.compile(r'"?(\w+)"?\."(\w+)"')
CODE = Path(conduct.__file__).with_name("code.toml")
# What else a command does than what a job does; each with what it is given.
COMMANDS: dict[str, tuple[str, ...]] = {
    "verify_ledger": (),
    "draw_workflow": (),
    "load_code": (CODE.name,),
    "release_statistics": (str(SECOND), "--dry-run"),
    "recovery_kit": ("--demo",),
    "load_policy": (str(SEEDED),),
    "load_retention": ("retention.toml",),
    "expunge": (),
}
# These do what a row above says, or act for the people they make or ask, with the passwords they are given.
BY_PEOPLE = {"work", "demo", "person"}
# These copy a whole database as it lies, without a query.
COPYING = {"backup", "backup_keys"}
Lines = dict[str, set[str]]


class Seen:
    """What is done meanwhile: the tables that queries read and write, the sealed columns they fetch, what is opened."""

    def __init__(self) -> None:
        self.lines: Lines = {kind: set() for kind in KINDS}
        self._columns = {
            (model._meta.db_table, field.column): name
            for model in tables()
            for field in model._meta.local_fields
            if declared().get(name := f"{model._meta.label}.{field.name}") == "sealed"
        }
        self._stored: dict[bytes, str] = {}

    @contextmanager
    def seeing(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """See every query and every opening, by whatever code, until the end of the block."""
        self._stored = {sealed: name for name, value in in_columns("sealed") for sealed in bare(value)}
        with ExitStack() as stack, monkeypatch.context() as patch:
            for alias in settings.DATABASES:
                stack.enter_context(connections[alias].execute_wrapper(self))
            for kind in (SealedBox, Aead):
                patch.setattr(kind, "decrypt", _noted(kind.decrypt, self))
            patch.setattr(bindings, "crypto_secretstream_xchacha20poly1305_pull", _no_file)
            yield

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django's signature
        self.lines["writes"].update(WRITES.findall(sql))
        self.lines["reads"].update(READS.findall(sql))
        if sql.startswith("SELECT"):
            self.lines["fetches"].update(self._sealed_in(sql))
        return execute(sql, params, many, context)

    def _sealed_in(self, sql: str) -> Iterator[str]:
        aliases = {alias: table for table, alias in ALIASES.findall(sql)}
        for table, column in COLUMNS.findall(sql):
            if name := self._columns.get((aliases.get(table, table), column)):
                yield name

    def opened(self, sealed: bytes) -> None:
        self.lines["opens"].add(self._stored.get(bytes(sealed), "what_is_in_no_column"))


def _noted(decrypt: Callable[..., bytes], found: Seen) -> Callable[..., bytes]:
    def noted(box: object, sealed: bytes, *more: Any) -> bytes:
        found.opened(sealed)
        return decrypt(box, sealed, *more)

    return noted


def _no_file(*_args: object) -> None:
    raise AssertionError("A job has opened a file.")


def expected() -> dict[str, Lines]:
    """Return what each may do, as it is written."""
    said: dict[str, Lines] = defaultdict(lambda: {kind: set() for kind in KINDS})
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            name, kind, *names = line.split()
            said[name][kind].update(names)
    return said


def write(found: dict[str, Lines]) -> None:
    """Write the lines of these jobs anew."""
    head = [line for line in TABLE.read_text().splitlines() if line.startswith("#")]
    said = {**expected(), **found}
    wide = max(map(len, said)) + 2
    body = [
        f"{each:<{wide}}{kind:<8}{' '.join(sorted(said[each][kind]))}".rstrip()
        for each in sorted(said)
        for kind in KINDS
        if said[each][kind] or kind in {"reads", "writes"}
    ]
    TABLE.write_text("\n".join([*head, *body]) + "\n")


def checked(request: pytest.FixtureRequest, found: dict[str, Seen]) -> None:
    """Compare what was seen with the lines of each; or write those."""
    if request.config.getoption("--write-matrix"):
        write({name: each.lines for name, each in found.items()})
    may = expected()
    too_much = {name: {kind: found[name].lines[kind] - may[name][kind] for kind in KINDS} for name in found}
    assert too_much == {name: {kind: set() for kind in KINDS} for name in found}
    for kind in ("writes", "opens"):
        assert {name: each.lines[kind] for name, each in found.items()} == {name: may[name][kind] for name in found}


def test_no_job_does_more_than_its_lines_say(
    cast: Cast, request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried today, and as the days go by until everything has lapsed that can."""
    settings.SENDS_LETTERS = True
    cadences.choose(cast.user("respondent"), Cadence.When.AT_ONCE, address="quiet@example.net", hour=8, zone="UTC")
    the_world(cast)
    walk(cast, "closed")
    invitations.open_seat(invitations.prepare_seat(invitations.new_guest()), by=cast.user("mediator"))
    app.autodiscover_tasks(force=True)
    now, found = timezone.now(), {name: Seen() for name in DUE}
    for days in (0, 2, 40, 345, 400, 600, 1300, 1500):
        with time_machine.travel(now + dt.timedelta(days=days), tick=False):
            for name in DUE:
                with found[name].seeing(monkeypatch):
                    app.tasks[name]()
    checked(request, found)


def test_no_command_does_more_than_its_lines_say(
    cast: Cast, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    the_world(cast)
    (tmp_path / CODE.name).write_text(re.sub("in_force = .*", "in_force = 2025-01-01", CODE.read_text()))
    (tmp_path / "retention.toml").write_text(retention.DEFAULT.read_text().replace("draft = 30", "draft = 20"))
    monkeypatch.chdir(tmp_path)
    found = {name: Seen() for name in COMMANDS}
    for name, given in COMMANDS.items():
        with found[name].seeing(monkeypatch):
            call_command(name, *given, stdout=io.StringIO())
    checked(request, found)


def test_every_job_and_command_has_its_lines() -> None:
    app.autodiscover_tasks(force=True)
    ours = ("caracol", "conduct", "grievances")
    assert {name for name in app.tasks if name.startswith(ours)} == set(DUE)
    assert {name for name, owner in get_commands().items() if str(owner).startswith(ours)} == {
        *COMMANDS,
        *BY_PEOPLE,
        *COPYING,
    }
    assert set(expected()) == {*DUE, *COMMANDS}


def test_no_job_and_no_command_opens_a_word_or_a_key() -> None:
    """Of all that is sealed, it is opened where a letter goes that says nothing; the rest is fetched at most."""
    assert {name: lines["opens"] for name, lines in expected().items() if lines["opens"]} == {
        "grievances.tasks.send_letters": {"accounts.Contact.sealed", "letters.Cadence.sealed"}
    }
