from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command

from caracol.celery import DUE
from caracol.ledger import checkpoints
from caracol.ledger.tasks import checkpoint
from caracol.watch import done

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

NOON = dt.datetime(2026, 11, 2, 12, 0, tzinfo=dt.UTC)


def test_what_was_done_is_known_by_its_last_time_alone() -> None:
    with time_machine.travel(NOON, tick=False):
        done.note("backup")
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        done.note("backup")
    done.note("another")
    done.forget("another")
    assert done.last() == {"backup": NOON + dt.timedelta(days=1)}


def test_every_job_that_goes_well_is_noted_without_a_broker() -> None:
    call_command("work", "--once", skip_checks=True)
    assert set(DUE) <= set(done.last())


def test_a_worker_notes_what_it_did_well_and_nothing_else() -> None:
    checkpoint.apply()
    assert set(done.last()) == {"caracol.ledger.tasks.checkpoint"}


def test_a_job_that_fails_is_not_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "make", lambda: 1 / 0)
    assert checkpoint.apply(throw=False).failed()
    assert done.last() == {}
