"""
The due jobs as Celery tasks, woken by beat, or by `manage.py work` where there is no broker.

They take no arguments and return nothing that says anything: no message ever carries a case.
"""

from __future__ import annotations

from celery import shared_task

from caracol.letters import sending
from grievances.actions import by_letter, clocks, expunging


@shared_task
def lapse_offers() -> None:
    """End the requests to serve that nobody answered in time."""
    clocks.lapse_offers()


@shared_task
def lapse_links() -> None:
    """Close the accounts of guests whose link nobody used in time."""
    clocks.lapse_links()


@shared_task
def ask_to_go_on() -> None:
    """Ask whether cases that stand still should go on."""
    clocks.ask_to_go_on()


@shared_task
def tell_of_late_dates() -> None:
    """Tell people of dates that passed."""
    clocks.tell_of_late_dates()


@shared_task
def follow_up() -> None:
    """Ask how it is, half a year after a closing."""
    clocks.follow_up()


@shared_task
def lapse_cases() -> None:
    """Close the cases that stood still for twelve months."""
    clocks.lapse_cases()


@shared_task
def expire_drafts() -> None:
    """Destroy the drafts that nobody has touched for a month."""
    clocks.expire_drafts()


@shared_task
def prepare_releases() -> None:
    """Prepare the release of a half-year that is due."""
    clocks.prepare_releases()


@shared_task
def destroy_keys() -> None:
    """Destroy the keys whose destruction is still due."""
    clocks.destroy_keys()


@shared_task
def sweep_keys() -> None:
    """Destroy the keys that nobody knows."""
    clocks.sweep_keys()


@shared_task
def send_letters() -> None:
    """Write the letters that have come due, and send what waits to be sent."""
    by_letter.write_letters()
    by_letter.send_letters()


@shared_task
def sweep_letters() -> None:
    """Forget the duty letters of past days, and what was given up a week ago."""
    sending.sweep()


@shared_task
def clear_files() -> None:
    """Delete the files whose deletion is still due."""
    clocks.clear_files()


@shared_task
def sweep_files() -> None:
    """Delete the files of uploads that came to nothing."""
    clocks.sweep_files()


@shared_task
def remind_of_talks() -> None:
    """Tell those who wanted to come back to a private talk."""
    clocks.remind_of_talks()


@shared_task
def expire_conversations() -> None:
    """Destroy the private talks whose year is over."""
    clocks.expire_conversations()


@shared_task
def expunge() -> None:
    """Destroy everything whose day has come."""
    expunging.expunge()
