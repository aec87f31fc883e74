from __future__ import annotations

from celery import shared_task

from caracol.accounts.session_store import SessionStore


@shared_task
def clear_sessions() -> None:
    """Delete what is kept of sessions that are over."""
    SessionStore.clear_expired()
