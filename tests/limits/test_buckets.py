from __future__ import annotations

import re
import secrets
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from caracol import env
from caracol.limits import buckets
from caracol.limits.buckets import Empty, Rate
from caracol.limits.models import Bucket, HourSecret

SLOW = Rate(burst=3, seconds=60)


@pytest.fixture(params=["database", pytest.param("redis", marks=pytest.mark.services)])
def key(request: pytest.FixtureRequest, settings: Settings) -> str:
    """A new bucket's key, in either store."""
    settings.REDIS_URL = env.read("REDIS_URL") if request.param == "redis" else ""
    assert bool(settings.REDIS_URL) == (request.param == "redis")
    return secrets.token_hex(32)


def taken(key: str, rate: Rate, times: int) -> int:
    """Return how many of so many tries got a token."""
    got = 0
    for _ in range(times):
        with suppress(Empty):
            got += buckets.take(key, rate) == 0
    return got


@pytest.mark.django_db
@pytest.mark.usefixtures("still_clock")
def test_a_bucket_gives_what_it_holds_and_then_says_when(key: str) -> None:
    assert taken(key, SLOW, 5) == 3
    with pytest.raises(Empty) as empty:
        buckets.take(key, SLOW)
    assert 59_000 < empty.value.milliseconds <= 60_000


@pytest.mark.django_db
def test_it_fills_again_but_never_over(key: str) -> None:
    def given(minutes: int) -> list[bool]:
        moment = start + minutes * 60_000
        return [buckets._in_redis_or_not(key, SLOW, 0, moment) == 0 for _ in range(4)]

    start = buckets.now()
    assert given(0) == [True, True, True, False]
    assert given(2) == [True, True, False, False]
    assert given(60) == [True, True, True, False]


@pytest.mark.django_db
def test_nobody_waits_for_a_clock_that_was_set_back_to_come_there_again(key: str) -> None:
    day = 24 * 60 * 60 * 1000
    moment = buckets.now()

    def given(at: int) -> list[bool]:
        return [buckets._in_redis_or_not(key, SLOW, 0, at) == 0 for _ in range(4)]

    assert given(moment + day) == [True, True, True, False]
    assert given(moment) == [True, True, True, False]


@pytest.mark.django_db
def test_hosts_whose_clocks_differ_a_little_share_one_bucket(key: str) -> None:
    moment = buckets.now()

    def given(at: int) -> bool:
        return buckets._in_redis_or_not(key, SLOW, 0, at) == 0

    assert [given(moment), given(moment - 30_000), given(moment)] == [True, True, True]
    assert [given(moment - 30_000), given(moment)] == [False, False]


@pytest.mark.django_db
def test_one_bucket_empty_leaves_another_full(key: str) -> None:
    assert (taken(key, SLOW, 4), taken(key[::-1], SLOW, 3)) == (3, 3)


@pytest.mark.django_db
def test_a_token_given_back_is_there_again(key: str) -> None:
    assert taken(key, SLOW, 3) == 3
    buckets.give_back(key, SLOW)
    assert taken(key, SLOW, 2) == 1


@pytest.mark.django_db
def test_giving_back_makes_no_more_than_a_full_bucket(key: str) -> None:
    for _ in range(5):
        buckets.give_back(key, SLOW)
    assert taken(key, SLOW, 5) == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("still_clock")
def test_tokens_still_to_come_are_promised_in_order_up_to_so_many(key: str) -> None:
    assert taken(key, SLOW, 3) == 3
    waits = [buckets.take(key, SLOW, ahead=2) for _ in range(2)]
    assert [round(wait / 60_000) for wait in waits] == [1, 2]
    with pytest.raises(Empty) as empty:
        buckets.take(key, SLOW, ahead=2)
    assert round(empty.value.milliseconds / 60_000) == 3


@pytest.mark.django_db
def test_redis_gone_is_no_open_door(settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    assert taken("without redis", SLOW, 5) == 3


@pytest.mark.django_db(transaction=True)
def test_what_was_tried_outlives_the_caller_s_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        buckets.take("in a transaction", SLOW)


@pytest.mark.django_db
def test_what_says_nothing_any_more_is_swept() -> None:
    buckets.take("soon full", Rate(burst=1, seconds=0.01))
    buckets.take("not yet full", SLOW)
    HourSecret.objects.create(hour=buckets.hour(), secret=b"this hour's")
    HourSecret.objects.create(hour=buckets.hour() - 1, secret=b"the last one's")
    time.sleep(0.02)
    assert buckets.sweep() == 2
    assert [bucket.key for bucket in Bucket.objects.all()] == ["not yet full"]
    assert [bytes(kept.secret) for kept in HourSecret.objects.all()] == [b"this hour's"]


def test_of_many_at_once_on_sqlite_none_gets_a_token_twice(tmp_path: Path) -> None:
    statement = re.sub(r"%\((\w+)\)s", r":\1", buckets._TAKE)
    moment = buckets.now()
    asked = {"key": "one", "now": moment, "every": 60_000, "latest": moment + 4 * 60_000, "apart": 60_000}
    with sqlite3.connect(tmp_path / "db") as made:
        made.execute("CREATE TABLE limits_bucket (id INTEGER PRIMARY KEY, key TEXT UNIQUE, full_at INTEGER)")

    def take(_: int) -> int:
        with sqlite3.connect(tmp_path / "db", timeout=20) as writer:
            return len(writer.execute(statement, asked).fetchall())

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(take, range(20))) == 5


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_on_a_server_none_gets_a_token_twice(key: str) -> None:
    def take(_: int) -> int:
        try:
            return taken(key, SLOW, 5)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(take, range(4))) == 3
