from __future__ import annotations

from celery import shared_task
from django.conf import settings

from caracol import backups


@shared_task
def rotate_key_backups() -> None:
    """Remove the copies of the key store that are older than a week."""
    backups.rotate(settings.KEY_BACKUPS)
