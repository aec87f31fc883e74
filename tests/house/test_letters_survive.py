"""Letters while things break: real workers on a real broker, killed and started anew. None is lost, each comes once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from django.utils import timezone

from caracol.accounts.models import Role, SiteRole
from caracol.letters import cadences
from caracol.letters.models import Cadence, Letter
from caracol.watch import done
from grievances import access, tasks
from grievances.models import Notice
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk
from tests.house.mail_server import Mailbox, mail_server
from tests.services import broker_is_idle, until, url_of

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
BEAT_EACH_SECOND = """
import datetime as dt, sys
from caracol.celery import app
name = "grievances.tasks.send_letters"
app.conf.beat_schedule = {name: {**app.conf.beat_schedule[name], "schedule": dt.timedelta(seconds=1)}}
app.Beat(loglevel="WARNING", schedule=sys.argv[1]).run()
"""
Works = Callable[[], AbstractContextManager[subprocess.Popen[bytes]]]


@pytest.fixture
def box() -> Mailbox:
    """A mailbox with a port of its own, at which nobody listens yet."""
    found = Mailbox()
    with mail_server(found):
        pass
    return found


@contextmanager
def running(*command: str, box: Mailbox) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "DATABASE_URL": url_of("default"),
        "KEYS_DATABASE_URL": url_of("keys"),
        "EMAIL_URL": f"smtp://127.0.0.1:{box.port}",
    }
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment) as process, ExitStack() as stack:
        stack.callback(process.kill)
        yield process


@pytest.fixture
def works(box: Mailbox) -> Works:
    """Start a worker that writes to the mailbox."""
    command = ("-m", "celery", "--app", "caracol", "worker", "--pool", "solo", "--loglevel", "CRITICAL")
    return lambda: running(*command, box=box)


@pytest.fixture
def readers(cast: Cast, broker: redis.Redis) -> list[str]:
    """People who want letters at once, and have one piece of news each."""
    case = walk(cast, "filed").case
    Role.objects.filter(role=SiteRole.INTAKE).update(ended_on=timezone.localdate())
    logins = ["member", "respondent", "witness", "friend", "stranger"]
    for login in logins:
        cadences.choose(cast.user(login), Cadence.When.AT_ONCE, address="", hour=8, zone="UTC")
    # Only the reporter sees the case; the others' seats are beside the point here.
    for login in logins[1:]:
        access.let_in(cast.user(login), case, access.TAKE_PART, timezone.now())
    for login in logins:
        Notice.objects.create(user=cast.user(login), case=case, step=Step.ACKNOWLEDGE, told_at=timezone.now())
    return [f"{login}@example.org" for login in logins]


def wake() -> None:
    """Wake whoever works, as beat does."""
    tasks.send_letters.delay()


def wake_and_wait() -> None:
    """Wake whoever works, and wait until that is done: a message just taken is for a moment nowhere in the broker."""
    since = timezone.now()
    wake()
    until(lambda: done.last().get(tasks.send_letters.name, since) > since)


def over() -> None:
    """Let every pause before a next try be over."""
    Letter.objects.filter(ended_at=None).update(next_try_at=timezone.now())


def all_ended() -> bool:
    """Whether every notice was told by a letter, and every letter was sent and forgotten."""
    return not Notice.objects.filter(step=Step.ACKNOWLEDGE, letter="").exists() and not Letter.objects.exists()


def test_two_workers_that_are_woken_often_send_each_letter_once(box: Mailbox, works: Works, readers: list[str]) -> None:
    with mail_server(box), works(), works():
        for _ in range(12):
            wake()
        until(all_ended)
        until(broker_is_idle)
        wake_and_wait()
        assert sorted(box.to) == sorted(readers)
        assert set(box.greeted_by) == {"localhost"}


@dataclass
class Moment:
    """A moment in the first letter's sending, at which the mail server waits until the worker is dead."""

    comes: threading.Event = field(default_factory=threading.Event)
    dead: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> bool:
        if self.comes.is_set():
            return True
        self.comes.set()
        self.dead.wait(PATIENCE_SECONDS)
        return False

    def kill(self, works: Works) -> None:
        """Let a worker die in this moment, and another go on when the pause is over."""
        with works() as first:
            wake()
            assert self.comes.wait(PATIENCE_SECONDS)
            first.kill()
        self.dead.set()
        over()
        with works():
            wake()
            until(all_ended)


def test_a_worker_killed_while_it_sends_leaves_the_letter_to_the_next(
    box: Mailbox, works: Works, readers: list[str]
) -> None:
    box.before_yes = sending = Moment()
    with mail_server(box):
        sending.kill(works)
    assert sorted(box.to) == sorted(readers)


def test_a_worker_killed_after_the_server_said_yes_sends_the_same_letter_under_the_same_name(
    box: Mailbox, works: Works, readers: list[str]
) -> None:
    box.after_yes = sent = Moment()
    with mail_server(box):
        sent.kill(works)
    assert (len(box.taken), len(box.kept)) == (len(readers) + 1, len(readers))


def test_a_broker_that_forgets_everything_loses_no_letter(
    box: Mailbox, works: Works, readers: list[str], broker: redis.Redis
) -> None:
    wake()
    assert broker.llen("celery") == 1
    broker.flushdb()
    with mail_server(box), works():
        wake()
        until(all_ended)
    assert sorted(box.to) == sorted(readers)


def test_while_the_mail_server_is_away_every_letter_waits_for_it(
    box: Mailbox, works: Works, readers: list[str]
) -> None:
    with works():
        wake()
        until(lambda: Letter.objects.filter(tries=1).count() == 1)
        assert (box.taken, Letter.objects.filter(ended_at=None).count()) == ([], len(readers))
        with mail_server(box):
            over()
            wake()
            until(all_ended)
    assert sorted(box.to) == sorted(readers)


def test_a_mail_server_that_hangs_up_half_way_through_gets_every_letter_in_the_end(
    box: Mailbox, works: Works, readers: list[str]
) -> None:
    hangs_up = iter([False, True, False, *[True] * 20])
    box.before_yes = lambda: next(hangs_up)
    with mail_server(box), works():
        for _ in range(4):
            over()
            wake_and_wait()
        assert all_ended()
    assert sorted(box.to) == sorted(readers)


def test_a_clock_that_is_killed_and_started_anew_goes_on_waking(
    box: Mailbox, works: Works, readers: list[str], cast: Cast, tmp_path: Path
) -> None:
    def news() -> None:
        case = Notice.objects.latest("pk").case
        Notice.objects.create(user=cast.user("member"), case=case, step=Step.ACCEPT, told_at=timezone.now())

    beat = ("-c", BEAT_EACH_SECOND, str(tmp_path / "beat"))
    with mail_server(box), works():
        with running(*beat, box=box) as first:
            until(lambda: len(box.taken) == len(readers))
            first.kill()
        news()
        with running(*beat, box=box):
            until(lambda: len(box.taken) == len(readers) + 1)
    assert sorted(box.to) == sorted([*readers, "member@example.org"])
