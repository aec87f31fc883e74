from __future__ import annotations

import inspect

import pytest

from caracol.celery import DUE, app
from grievances import tasks
from grievances.actions import clocks

NAMES = sorted(name for name in vars(tasks) if hasattr(getattr(tasks, name), "delay"))


def test_the_schedule_names_every_task_and_no_other() -> None:
    ground = ["caracol.ledger.tasks.checkpoint", "caracol.limits.tasks.sweep"]
    assert sorted(DUE) == [*ground, *(f"grievances.tasks.{name}" for name in NAMES)]


def test_beat_wakes_each_task_in_its_time() -> None:
    woken = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert woken == DUE


@pytest.mark.parametrize("name", NAMES)
def test_a_task_is_a_job_of_the_clock_and_its_message_carries_nothing(name: str) -> None:
    assert inspect.signature(getattr(tasks, name).run).parameters == {}
    assert inspect.signature(getattr(clocks, name)).parameters == {}


@pytest.mark.django_db(databases=["default", "keys"])
@pytest.mark.parametrize("name", NAMES)
def test_a_task_runs_and_returns_nothing(name: str) -> None:
    assert getattr(tasks, name)() is None
