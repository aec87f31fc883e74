"""
The Celery application, and when which job is due.

With REDIS_URL set, beat and a worker do the jobs; without a broker `manage.py work` does, by the same table.
"""

from __future__ import annotations

import datetime as dt
import logging.config
import os

from celery import Celery
from celery.signals import beat_init, setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caracol.settings")

app = Celery("caracol")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_SOON, _HOURLY, _DAILY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)

# By their names, since the ground imports nothing that stands on it. Every job may run again at any time.
DUE = {
    "grievances.tasks.destroy_keys": _SOON,
    "grievances.tasks.clear_files": _SOON,
    "caracol.limits.tasks.sweep": _SOON,
    "grievances.tasks.send_letters": _SOON,
    "grievances.tasks.lapse_offers": _HOURLY,
    "grievances.tasks.lapse_links": _HOURLY,
    "grievances.tasks.ask_to_go_on": _HOURLY,
    "grievances.tasks.lapse_cases": _HOURLY,
    "grievances.tasks.tell_of_late_dates": _HOURLY,
    "grievances.tasks.follow_up": _HOURLY,
    "grievances.tasks.expire_drafts": _HOURLY,
    "grievances.tasks.expire_conversations": _HOURLY,
    "grievances.tasks.remind_of_talks": _HOURLY,
    # Looked at every hour, so that it is made soon after midnight, and soon after a night without one.
    "caracol.ledger.tasks.checkpoint": _HOURLY,
    "caracol.letters.tasks.ask_server": _HOURLY,
    "caracol.ledger.tasks.verify": _DAILY,
    "grievances.tasks.sweep_keys": _DAILY,
    "caracol.accounts.tasks.clear_sessions": _DAILY,
    "grievances.tasks.prepare_releases": _DAILY,
    "grievances.tasks.sweep_letters": _DAILY,
    "grievances.tasks.sweep_files": _DAILY,
    "grievances.tasks.expunge": _DAILY,
    "caracol.tasks.rotate_key_backups": _DAILY,
}
# What nobody took before the next is due is dropped: the database knows what is left to do.
app.conf.beat_schedule = {
    name: {"task": name, "schedule": every, "options": {"expires": every.total_seconds()}}
    for name, every in DUE.items()
}


@setup_logging.connect
def log_without_content(**_: object) -> None:
    """Log as the web process does: Celery's own set-up would print the arguments and messages of what failed."""
    logging.config.dictConfig(settings.LOGGING)


@beat_init.connect
def begin_with_everything(**_: object) -> None:
    """Wake every job at the start, as `manage.py work` does: a clock often restarted never reaches the daily ones."""
    for each in app.conf.beat_schedule.values():
        app.send_task(each["task"], **each["options"])
