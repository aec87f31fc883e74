"""
A whole site whose parts fail one by one, while people go on writing.

`writing` looks after each: nothing they were told of is lost, nothing is there twice, the ledger verifies, and
whatever they were told instead is a clear page. Letters in the same straits: test_letters_survive.
"""

from __future__ import annotations

import html
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery

from caracol.celery import DUE
from caracol.files.faults import Fault
from tests.files.made import HEADS
from tests.house.browser import Browser, hand_in, logged_in
from tests.house.own_stores import OwnRedis, own_cluster
from tests.house.parts import children, serving
from tests.house.site import Site, own_site, up
from tests.house.writing import AWAY, writing
from tests.services import until, url_of

pytestmark = pytest.mark.services

A_JOB = "grievances.tasks.destroy_keys"
# More than fits on the disk below.
FILM = HEADS["mp4"] + bytes(1024 * 1024)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Have a folder be a disk of its own, of half a megabyte."""
    folder.mkdir()
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=512k,mode=700", "tmpfs", str(folder)], check=True)
    yield
    subprocess.run(["/bin/umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def built(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, static: str) -> Iterator[Site]:
    """A site with people, and a room for each test below to write in."""
    folder = tmp_path_factory.mktemp("site")
    with own_cluster() as cluster, small_disk(folder / "files"):
        for name, alias in (("caracol", "default"), ("keys", "keys")):
            cluster.copy(url_of(alias), name)
        redis = OwnRedis()
        with own_site(cluster, redis, folder, static) as site:
            site.people(cases=6)
            yield site
        redis.stop()


@pytest.fixture
def site(built: Site) -> Site:
    """The site, with every part running."""
    up(built)
    return built


@pytest.fixture
def room(site: Site) -> str:
    return site.rooms.pop()


def test_web_processes_killed_one_and_all(site: Site, room: str) -> None:
    with writing(site, room) as writers:
        one, *_others = children(site.parts["web"].pid)
        os.kill(one, signal.SIGKILL)
        for writer in writers:
            writer.goes_on()
        site.kill("web")
        site.start("web")


def test_the_worker_and_the_clock_killed_while_they_work(site: Site, room: str) -> None:
    until(lambda: set(DUE) <= set(site.jobs_done()))
    with writing(site, room) as writers:
        for part in ("worker", "beat"):
            site.kill(part)
        since = time.time()
        up(site)
        until(lambda: min(site.jobs_done()[name] for name in DUE) > since)
    assert [writer.refusals for writer in writers] == [[], []]


@pytest.mark.parametrize("how", ["immediate", "fast"])
def test_a_database_that_goes_and_comes_again(site: Site, room: str, how: str) -> None:
    with writing(site, room) as writers:
        site.cluster.stop(how)
        until(lambda: all(each.refusals and each.refusals[-1].status_code == 503 for each in writers))
        assert Browser(site.port).get("/health/").status_code == 503
        site.cluster.start()
        since = time.time()
        for writer in writers:
            writer.goes_on()
        _bid(site, A_JOB)
        until(lambda: site.jobs_done()[A_JOB] > since)


def test_redis_that_goes_comes_again_and_forgets_everything(site: Site, room: str) -> None:
    with writing(site, room) as writers:
        site.redis.flush()
        for writer in writers:
            writer.goes_on()
        site.redis.stop()
        for writer in writers:
            writer.goes_on()
        logged_in("mediator2", site.port)
        site.redis.start()
        since = time.time()
        _bid(site, A_JOB)
        until(lambda: site.jobs_done()[A_JOB] > since)
    assert [writer.refusals for writer in writers] == [[], []]


def _bid(site: Site, job: str) -> None:
    """Wake a job, as beat does."""
    with Celery(broker=site.redis.url) as asking:
        asking.send_task(job)


def test_a_disk_that_is_full_is_said_beside_the_file_and_stops_nothing_else(site: Site, room: str) -> None:
    shelf = site.folder / "files"
    browser = logged_in("member", site.port)
    with writing(site, room) as writers:
        page = hand_in(browser, f"{room}files/", "film.mp4", FILM)
        assert (page.status_code, str(Fault.NO_ROOM.label) in page.content.decode()) == (422, True)
        assert list(shelf.iterdir()) == []
        (shelf / "in-the-way").write_bytes(bytes(440 * 1024))
        assert hand_in(browser, f"{room}files/", "film.mp4", HEADS["mp4"] + bytes(200 * 1024)).status_code == 422
        (shelf / "in-the-way").unlink()
        assert hand_in(browser, f"{room}files/", "film.mp4", HEADS["mp4"] + bytes(200 * 1024)).status_code == 302
    assert len(list(shelf.iterdir())) == 1
    assert [writer.refusals for writer in writers] == [[], []]


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
@pytest.mark.usefixtures("collected", "broker")
def test_a_database_that_takes_calls_and_says_nothing_is_away_within_seconds(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgres://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing"
        with serving(tmp_path, well=503, DATABASE_URL=url) as (port, _master):
            browser = Browser(port)
            browser.cookies["caracol-session"] = "of-somebody-who-came-before-it"
            began = time.monotonic()
            page = browser.get("/cases/")
            took = time.monotonic() - began
    assert (page.status_code, AWAY in html.unescape(page.content.decode())) == (503, True)
    assert took < 20
