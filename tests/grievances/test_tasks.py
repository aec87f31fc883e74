from __future__ import annotations

import inspect

import pytest

from caracol.celery import DUE, app
from grievances import tasks

NAMES = sorted(name for name in vars(tasks) if hasattr(getattr(tasks, name), "delay"))


def test_the_schedule_names_every_task_and_no_other() -> None:
    ground = """caracol.accounts.tasks.clear_sessions caracol.ledger.tasks.checkpoint caracol.ledger.tasks.verify
        caracol.letters.tasks.ask_server caracol.limits.tasks.sweep caracol.tasks.rotate_key_backups""".split()
    assert sorted(DUE) == [*ground, *(f"grievances.tasks.{name}" for name in NAMES)]


def test_beat_wakes_each_task_in_its_time_and_a_wake_that_nobody_took_by_then_is_dropped() -> None:
    woken = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert woken == DUE
    for entry in app.conf.beat_schedule.values():
        assert entry["options"] == {"expires": entry["schedule"].total_seconds()}


@pytest.mark.parametrize("name", NAMES)
def test_the_message_of_a_task_carries_nothing(name: str) -> None:
    assert inspect.signature(getattr(tasks, name).run).parameters == {}


@pytest.mark.django_db(databases=["default", "keys"])
@pytest.mark.parametrize("name", NAMES)
def test_a_task_runs_and_returns_nothing(name: str) -> None:
    assert getattr(tasks, name)() is None
