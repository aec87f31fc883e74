"""Deeds done at the very same moment, each in a thread with a connection of its own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import pytest
from django.db import connections

from grievances.actions import holding
from grievances.exceptions import Refused
from grievances.models import Case

T = TypeVar("T")
PATIENCE_SECONDS = 10


class AtOnce:
    """Lets deeds meet just before each holds the case for the first time: all have looked, and none has acted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.met = threading.local()
        self.barrier = threading.Barrier(1)

    def __call__(self, *deeds: Callable[[], T]) -> list[T | Refused]:
        """Return what came of each deed: what it returned, or the refusal it met."""
        self.barrier = threading.Barrier(len(deeds))
        hold = holding.hold

        def meet_and_hold(case: Case) -> Case:
            self.meet()
            return hold(case)

        with self.monkeypatch.context() as patched, ThreadPoolExecutor(len(deeds)) as people:
            for name, module in list(sys.modules.items()):
                if name.startswith("grievances.actions") and getattr(module, "hold", None) is hold:
                    patched.setattr(module, "hold", meet_and_hold)
            waiting = [people.submit(_on_a_connection_of_its_own, deed) for deed in deeds]
            return [each.result(timeout=3 * PATIENCE_SECONDS) for each in waiting]

    def meet(self) -> None:
        """Wait for the others once; whoever does not come is not waited for long."""
        if not hasattr(self.met, "others"):
            self.met.others = True
            with suppress(threading.BrokenBarrierError):
                self.barrier.wait(timeout=PATIENCE_SECONDS)


def _on_a_connection_of_its_own(deed: Callable[[], T]) -> T | Refused:
    try:
        return deed()
    except Refused as refusal:
        return refusal
    finally:
        connections.close_all()
