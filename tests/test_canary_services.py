"""The canary where things are grown up: in dumps of PostgreSQL, in Redis, in the bucket, and beside a real worker."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
from django.conf import settings

from caracol.celery import DUE, app
from caracol.watch import done
from grievances.models import SealedFile
from tests.bucket import Bucket
from tests.canary.looks import CANARY
from tests.canary.plant import whole_way
from tests.canary.watch import Watch, WatchedClient, kept_in_redis, watching
from tests.grievances.cast import Cast
from tests.grievances.evidence import hand_in
from tests.services import broker_is_idle, until, url_of
from tests.story import Story
from tests.visitor import Visitor

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

ROOT = Path(__file__).resolve().parents[1]


def look_at_redis(watch: Watch) -> set[str]:
    """Look at whatever Redis keeps; returns under which keys."""
    places = set()
    for place, content in kept_in_redis():
        watch.look(place, content)
        places.add(place)
    return places


def look_at_dumps(watch: Watch) -> None:
    for alias in settings.DATABASES:
        command = ["pg_dump", "--format=plain", "--no-owner", url_of(alias)]
        dump = subprocess.run(command, check=True, capture_output=True).stdout
        assert b"PostgreSQL database dump complete" in dump
        watch.look(f"the dump of {alias}", dump)


def look_at_files(watch: Watch) -> None:
    """Look at each file that lies about, but letters, which say whom they go to."""
    for path in settings.VAR_DIR.rglob("*"):
        if path.is_file() and not path.is_relative_to(settings.VAR_DIR / "letters"):
            watch.look(f"file {path}", path.read_bytes())


def hand_in_files(story: Story, watch: Watch) -> None:
    """Hand in a file that says the canary, in its name and all through, and have it sent."""
    client = WatchedClient(raise_request_exception=False)
    client.watch = watch
    Visitor.logged_in("member", client)
    address = f"{story.path}rooms/{story.case.rooms.get(seat__user=story.cast.user('member')).token}/files/"
    content = f"I saw {CANARY} there. ".encode() * 20_000
    assert hand_in(client, address, (f"{CANARY}.txt", content), note=f"note {CANARY}").status_code == 302
    [token] = SealedFile.objects.values_list("token", flat=True)
    # Its own reader is told the name.
    sent = Visitor.logged_in("member").client.get(f"{address}{token}/")
    assert b"".join(sent.streaming_content) == content  # type: ignore[attr-defined]  # streamed


def look_at_bucket(watch: Watch, bucket: Bucket) -> None:
    """Look at what whoever keeps the bucket finds in it: names, what stands beside them, and every byte."""
    names = bucket.names()
    assert names == set(SealedFile.objects.values_list("token", flat=True))
    assert len(names) == 1
    for name in names:
        watch.look("the bucket", b"\0".join([name.encode(), repr(bucket.said_of(name)).encode(), bucket.content(name)]))


def worked_off() -> bytes:
    """Let a real worker do what waits in the broker, talking as much as it can, and return what it said."""
    environment = {**os.environ, "DATABASE_URL": url_of("default"), "KEYS_DATABASE_URL": url_of("keys")}
    command = [sys.executable, "-m", "celery", "--app", "caracol", "worker", "--pool", "solo", "--loglevel", "DEBUG"]
    with (
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process,
        ExitStack() as stack,
    ):
        stack.callback(process.terminate)
        # A message just taken is for a moment nowhere in the broker.
        until(lambda: broker_is_idle() and set(DUE) <= set(done.last()))
        process.terminate()
        said, _nothing = process.communicate(timeout=60)
    return said


def test_nothing_stands_in_dumps_in_redis_in_the_bucket_or_in_what_a_worker_says(bucket: Bucket, cast: Cast) -> None:
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    with watching() as watch:

        def visit(login: str) -> Visitor:
            client = WatchedClient(raise_request_exception=False)
            client.watch = watch
            return Visitor.logged_in(login, client)

        story = Story(cast, visit)
        whole_way(story)
        hand_in_files(story, watch)
        for name in DUE:
            app.send_task(name)
        places = look_at_redis(watch)
        said = worked_off()
        watch.look("what the worker says", said)
        look_at_redis(watch)
        look_at_dumps(watch)
        look_at_files(watch)
        look_at_bucket(watch, bucket)
    assert watch.seen == []
    assert "redis b'celery'" in places
    assert b"succeeded in" not in said
