from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command

from caracol.celery import DUE
from caracol.vault import keystore
from caracol.vault.models import Destruction
from tests.grievances.cast import Cast
from tests.services import PATIENCE_SECONDS, until

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.django_db(databases=["default", "keys"])
def test_once_does_what_is_due_and_ends() -> None:
    keystore.birth("left-over")
    Destruction.objects.create(token="left-over")
    call_command("work", "--once", skip_checks=True)
    assert keystore.keys_of(["left-over"]) == {}
    assert Destruction.objects.count() == 0


@pytest.mark.django_db(databases=["default", "keys"])
def test_without_a_broker_it_writes_and_sends_letters(cast: Cast) -> None:
    cast["intake"]
    call_command("work", "--once", skip_checks=True)
    call_command("work", "--once", skip_checks=True)
    assert [message.to for message in mail.outbox] == [["intake@example.org"]]


@pytest.mark.django_db(databases=["default", "keys"])
def test_a_job_that_fails_is_told_by_the_exit_and_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DUE, "no.such.task", dt.timedelta())
    keystore.birth("left-over")
    Destruction.objects.create(token="left-over")
    with pytest.raises(SystemExit) as end:
        call_command("work", "--once", skip_checks=True)
    assert end.value.code == 1
    assert keystore.keys_of(["left-over"]) == {}


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_on_whatever_fails_until_it_is_told_to_end_and_ends_well(tmp_path: Path, told: signal.Signals) -> None:
    # A site without a single table: every job fails.
    environment = {**os.environ, "DEMO": "1", "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "work", "--skip-checks"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        until(lambda: _listens(process.pid))
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(told)
        assert process.wait(PATIENCE_SECONDS) == 0


def _listens(pid: int) -> bool:
    """Return whether the process handles SIGTERM itself (the mask of caught signals in /proc)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    caught = int(next(line for line in status.splitlines() if line.startswith("SigCgt")).split()[1], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)
