from __future__ import annotations

import logging
import signal
import threading
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from caracol.celery import DUE, app
from caracol.watch import done

logger = logging.getLogger(__name__)
LOOKS_EVERY_SECONDS = 5.0


class Command(BaseCommand):
    """
    Do the due jobs where there is no broker: at once, and then each in its own time.

    A job that fails is logged and done again in its time. SIGTERM or SIGINT ends the command after the job at hand.
    """

    help = "Do every job that is due, over and over; with --once, do each a single time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do each job once and end; exit 1 if one failed")

    def handle(self, *, once: bool, **_options: Any) -> None:
        # Only a worker does this by itself.
        app.autodiscover_tasks(force=True)
        if not once:
            _go_on(_told_to_end())
        elif [name for name in DUE if not _do(name)]:
            raise SystemExit(1)


def _go_on(ending: threading.Event) -> None:
    due = dict.fromkeys(DUE, time.monotonic())
    while not ending.is_set():
        for name in [name for name, at in due.items() if at <= time.monotonic()]:
            if not ending.is_set():
                _do(name)
                due[name] = time.monotonic() + DUE[name].total_seconds()
        close_old_connections()
        ending.wait(LOOKS_EVERY_SECONDS)


def _do(name: str) -> bool:
    """Do one job here and now; returns whether it went well."""
    try:
        app.tasks[name]()
        done.note(name)
    except Exception:
        logger.exception("A job failed.")
        return False
    return True


def _told_to_end() -> threading.Event:
    """Return what is set as soon as the process is told to end."""
    ending = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, end)
    return ending
