from __future__ import annotations

from celery import shared_task

from caracol.letters import sending


@shared_task
def ask_server() -> None:
    """Ask whether the mail server answers, letters or none."""
    sending.ask_server()
