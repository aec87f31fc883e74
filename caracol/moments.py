"""
Which moment is kept of a deed: of a guest's own, the day alone.

The one place that decides it. Whatever is written down with its time, in a column or in the ledger, asks here, so that
nothing tells at what hour somebody without a name came. What is only compared with the clock asks Django's timezone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
# Asked each time, since it is only found out on the way whose deed it is: a login begins as nobody's.
_DAY_ALONE: ContextVar[Callable[[], bool]] = ContextVar("_DAY_ALONE", default=lambda: False)


@contextmanager
def by_the_day(is_so: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Keep the day alone of everything done inside, whenever `is_so` says yes."""
    token = _DAY_ALONE.set(is_so)
    try:
        yield
    finally:
        _DAY_ALONE.reset(token)


def kept() -> dt.datetime:
    """Return the moment to keep of what is done now: the start of today where the day alone is kept."""
    return today_began() if _DAY_ALONE.get()() else timezone.now()


def today_began() -> dt.datetime:
    """Return the start of today in the site's time zone."""
    return day_began(timezone.now())


def day_began(moment: dt.datetime) -> dt.datetime:
    """Return the start of the day of a moment in the site's time zone."""
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def is_day_alone(moment: dt.datetime) -> bool:
    """Return whether this is a moment of which the day alone was kept."""
    return moment == day_began(moment)


def after(moment: dt.datetime, days: int) -> dt.datetime:
    """Return the moment so many days after one that was kept: of a day alone, the last second of that other day."""
    if not is_day_alone(moment):
        return moment + dt.timedelta(days=days)
    return timezone.localtime(moment) + dt.timedelta(days=days) + DAY - SECOND
