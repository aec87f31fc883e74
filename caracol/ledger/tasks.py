from __future__ import annotations

from celery import shared_task

from caracol.ledger import checkpoints, verifying


@shared_task
def checkpoint() -> None:
    """Make the night's checkpoint, where it is not made yet."""
    checkpoints.make()


class NotWhole(Exception):
    """Something in the ledger is not as it was written; `verify_ledger` says what."""


@shared_task
def verify() -> None:
    """Look whether the whole ledger is as it was written. Raises NotWhole."""
    if verifying.first_fault():
        raise NotWhole
