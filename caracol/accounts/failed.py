"""
Tries that failed, told in the account's own chain: once for each kind and hour, however many there are.

They are recorded when the answer has gone out, and outside whatever failed: how long an answer takes tells nobody
whether there is such an account.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar

from django.db import DatabaseError, transaction

from caracol import moments
from caracol.accounts.chains import chain_of
from caracol.accounts.models import User
from caracol.ledger.chain import is_told, record

logger = logging.getLogger(__name__)

_WAITING: ContextVar[tuple[tuple[User, str], ...]] = ContextVar("_WAITING", default=())


def note(user: User | None, event: str) -> None:
    """Have it recorded, once this request is answered, that somebody failed to come in as `user`; None is nobody."""
    if user is not None:
        _WAITING.set((*_WAITING.get(), (user, event)))


def record_waiting(**_kwargs: object) -> None:
    """Record what waits, as a request ends."""
    waiting = _WAITING.get()
    _WAITING.set(())
    try:
        for user, event in waiting:
            _record(user, event)
    except DatabaseError:
        # The answer is out, and the error would quote what was asked: whoever runs the site is told no more than this.
        logger.error("A try that failed could not be recorded")  # noqa: TRY400


@transaction.atomic
def _record(user: User, event: str) -> None:
    with moments.by_the_day(lambda: user.is_guest):
        hour = moments.kept().replace(minute=0, second=0, microsecond=0)
        if not is_told(chain_of(user), event, since=hour):
            record(chain_of(user), event)
