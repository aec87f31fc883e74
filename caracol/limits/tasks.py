from __future__ import annotations

from celery import shared_task

from caracol.limits import buckets


@shared_task
def sweep() -> None:
    """Delete what is kept of tries that count no more, and the secrets of hours gone by."""
    buckets.sweep()
