"""
Token buckets: in Redis where there is one, in the database otherwise, or while Redis does not answer.

A bucket is kept as the moment it will be full again ("generic cell rate algorithm"): to take a token is to
move that moment on, in one atomic statement, so that of many who try at once none gets a token twice. One that would
be full much later than any token taken now could make it was emptied by a clock that has been set back since: it is
full.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from redis import RedisError

from caracol.limits import redis_buckets
from caracol.limits.models import Bucket, HourSecret

# So many milliseconds may the clocks of several hosts differ.
APART = 60_000
# PostgreSQL and SQLite (3.35 or newer) both do this in one step, looking at the row as it is when it is locked.
_TAKE = """
    INSERT INTO limits_bucket (key, full_at) VALUES (%(key)s, %(now)s + %(every)s)
    ON CONFLICT (key) DO UPDATE SET full_at = %(every)s
        + CASE WHEN limits_bucket.full_at BETWEEN %(now)s AND %(latest)s THEN limits_bucket.full_at ELSE %(now)s END
        WHERE limits_bucket.full_at <= %(latest)s OR limits_bucket.full_at > %(latest)s + %(every)s + %(apart)s
    RETURNING full_at
"""


class Empty(Exception):
    """No token is there, and none was taken; the next comes in `milliseconds`."""

    def __init__(self, milliseconds: int) -> None:
        super().__init__(milliseconds)
        self.milliseconds = milliseconds


@dataclass(frozen=True)
class Rate:
    """A bucket of `burst` tokens that gains one every `seconds`."""

    burst: int
    seconds: float

    @property
    def every(self) -> int:
        """The milliseconds from one token to the next."""
        return int(self.seconds * 1000)


def now() -> int:
    """Return the milliseconds since 1970."""
    return int(time.time() * 1000)


def hour() -> int:
    """Return the hours since 1970."""
    return now() // 3_600_000


def take(key: str, rate: Rate, *, ahead: int = 0) -> int:
    """
    Take a token, and return the milliseconds until it is there: 0 for at once.

    Up to `ahead` tokens that are still to come can be taken too. Raises Empty. It must outlive whatever the
    caller's transaction does, so it refuses (RuntimeError) to be called inside one.
    """
    moment = now()
    answer = _in_redis_or_not(key, rate, ahead, moment)
    if answer < 0:
        raise Empty(-answer)
    return answer


def give_back(key: str, rate: Rate) -> None:
    """Put a token back that was taken."""
    try:
        if settings.REDIS_URL:
            return redis_buckets.give_back(key, rate.every)
    except RedisError:
        pass
    Bucket.objects.filter(key=key).update(full_at=F("full_at") - rate.every)
    return None


def sweep() -> int:
    """Delete the buckets that are full again, and the secrets of hours gone by; returns how many rows went."""
    swept, _kinds = Bucket.objects.filter(full_at__lte=now()).delete()
    return swept + HourSecret.objects.filter(hour__lt=hour()).delete()[0]


def _in_redis_or_not(key: str, rate: Rate, ahead: int, moment: int) -> int:
    try:
        if settings.REDIS_URL:
            return redis_buckets.take(key, rate.burst, rate.every, ahead, moment, apart=APART)
    except RedisError:
        pass
    with transaction.atomic(durable=True):
        return _in_database(key, rate, ahead, moment)


def _in_database(key: str, rate: Rate, ahead: int, moment: int) -> int:
    """Return the wait for the token taken, or how long none is there as a negative number."""
    latest = moment + (rate.burst - 1 + ahead) * rate.every
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key, "now": moment, "every": rate.every, "latest": latest, "apart": APART})
        taken = cursor.fetchone()
    if taken:
        return max(0, int(taken[0]) - moment - rate.burst * rate.every)
    full_at = Bucket.objects.filter(key=key).values_list("full_at", flat=True).first() or moment
    return min(-1, moment + (rate.burst - 1) * rate.every - full_at)
