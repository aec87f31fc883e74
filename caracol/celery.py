"""The Celery application: woken when REDIS_URL is set, and otherwise never asked."""

from __future__ import annotations

import logging.config
import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caracol.settings")

app = Celery("caracol")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_without_content(**_: object) -> None:
    """Log as the web process does: Celery's own set-up would print the arguments and messages of what failed."""
    logging.config.dictConfig(settings.LOGGING)
