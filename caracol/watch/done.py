"""What was done last, and when: jobs, backups, the ledger found whole."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from caracol.watch.models import JobDone


def note(name: str) -> None:
    """Note that something was done well just now. Call it for what runs by the clock, never for what somebody did."""
    now = JobDone(name=name, at=timezone.now())
    JobDone.objects.bulk_create([now], update_conflicts=True, unique_fields=["name"], update_fields=["at"])


def forget(name: str) -> None:
    """Take back what was noted: something has turned out not to be well after all."""
    JobDone.objects.filter(name=name).delete()


def last() -> dict[str, dt.datetime]:
    """Return when each was last done, by its name."""
    return dict(JobDone.objects.values_list("name", "at"))
