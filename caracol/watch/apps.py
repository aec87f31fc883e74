from __future__ import annotations

from typing import Any

from celery.signals import task_success
from django.apps import AppConfig


class WatchConfig(AppConfig):
    """Seeing that the site runs, and how quickly, without seeing what anybody does in it."""

    name = "caracol.watch"
    label = "watch"

    def ready(self) -> None:
        """Have every job that a worker does well noted."""
        task_success.connect(_note, dispatch_uid="jobs done")


def _note(sender: Any, **_: object) -> None:
    from caracol.watch import done

    done.note(sender.name)
