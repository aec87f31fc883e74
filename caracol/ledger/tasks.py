from __future__ import annotations

from celery import shared_task

from caracol.ledger import checkpoints


@shared_task
def checkpoint() -> None:
    """Make the night's checkpoint, where it is not made yet."""
    checkpoints.make()
