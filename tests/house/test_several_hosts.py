"""Several hosts for one site: two gunicorns and two workers that share nothing but PostgreSQL, Redis and a bucket."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.core.management import call_command

from caracol.celery import DUE, app
from caracol.ledger.chain import entries
from caracol.watch import done
from grievances.events import Event
from grievances.models import SealedFile
from grievances.workflow import Step
from tests.bucket import Bucket
from tests.files.made import TEXT
from tests.grievances.cast import Cast, walk
from tests.grievances.evidence import files_of
from tests.grievances.views.pages import at
from tests.house.browser import Browser, hand_in, logged_in
from tests.house.parts import ROOT, serving, stores
from tests.services import broker_is_idle, until
from tests.story import Story
from tests.visitor import PageForm, forms_on

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True, databases=["default", "keys"]),
    pytest.mark.usefixtures("collected", "broker"),
]
WORKER = ("-m", "celery", "--app", "caracol", "worker", "--concurrency", "2", "--loglevel", "CRITICAL")


@pytest.fixture
def hosts(bucket: Bucket, folders: Iterator[Path]) -> Iterator[tuple[int, int]]:
    """Two gunicorns, started at the same time; yields their ports."""
    with ExitStack() as stack, ThreadPoolExecutor(2) as starting:
        one, other = (serving(next(folders)) for _host in range(2))
        ports = [each[0] for each in starting.map(stack.enter_context, (one, other))]
        yield ports[0], ports[1]
    assert bucket.unfinished() == []


@pytest.fixture
def workers(hosts: tuple[int, int]) -> Iterator[None]:
    """Two workers beside them."""
    with ExitStack() as stack:
        for _host in hosts:
            process = subprocess.Popen([sys.executable, *WORKER], cwd=ROOT, env={**os.environ, **stores()})
            stack.enter_context(process)
            stack.callback(process.terminate)
        yield


def there_and_back(ports: tuple[int, int]) -> tuple[int, ...]:
    """Have pages and the forms on them, which are asked for by turns, each go to either."""
    one, other = ports
    return (one, other, other, one)


def test_a_concern_is_carried_by_whichever_host_is_asked(
    hosts: tuple[int, int], workers: None, bucket: Bucket, cast: Cast
) -> None:
    story = Story(cast, lambda login: logged_in(login, *there_and_back(hosts)).visitor())
    story.filed()
    story.served()
    member = logged_in("member", *there_and_back(hosts))
    going = walk(cast, "begun")
    going.case = story.case
    address = files_of(going)
    kept, gone = (handed_in(member, address, name) for name in ("kept.txt", "gone.txt"))
    assert [member.get(f"{address}{kept}/").content for _host in range(4)] == [TEXT] * 4
    assert bucket.names() == {kept, gone}
    assert member.visitor().done(f"{address}{gone}/back/") == address
    for name in [*DUE, *DUE]:
        app.send_task(name)
    until(lambda: broker_is_idle() and set(DUE) <= set(done.last()) and bucket.names() == {kept})
    call_command("verify_ledger", stdout=io.StringIO())


def handed_in(browser: Browser, address: str, name: str) -> str:
    """Hand in a file; return its token."""
    before = set(SealedFile.objects.values_list("token", flat=True))
    assert hand_in(browser, address, name, TEXT).status_code == 302
    [token] = set(SealedFile.objects.values_list("token", flat=True)) - before
    return str(token)


def test_what_one_host_ends_counts_or_decides_holds_at_the_other(hosts: tuple[int, int], cast: Cast) -> None:
    going = walk(cast, "served")
    leaves_once_for_both(logged_in("member", *hosts))
    is_taken_once(at(going, f"{Step.DISTINGUISH}/"), hosts)
    assert len(entries(going.case.chain, Event.DISTINGUISHED)) == 1
    stranger = Browser(*hosts).visitor()
    guesses = [stranger.send("/accounts/login/", login="respondent", password="wrong") for _each in range(12)]
    assert [answer.status_code for answer in guesses] == [200] * 10 + [429] * 2


def leaves_once_for_both(browser: Browser) -> None:
    pages = [browser.get("/cases/") for _host in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    [leave] = [form for form in forms_on(pages[0].content.decode()) if form.action == "/accounts/logout/"]
    before = SimpleCookie(browser.cookies)
    assert browser.post(leave.action, leave.fields).status_code == 302
    browser.cookies = before
    assert [browser.get("/cases/").headers["Location"] for _host in range(2)] == ["/accounts/login/?next=/cases/"] * 2


def is_taken_once(step: str, hosts: tuple[int, int]) -> None:
    """Have both mediators take a step in the same moment, one at each host."""
    people = [logged_in(login, port) for login, port in zip(("mediator", "mediator2"), hosts, strict=True)]
    forms = [form for each in people for form in each.visitor().forms(step) if "nature" in form.names]

    def send(person: Browser, form: PageForm) -> int:
        return person.post(step, {**form.fields, "nature": "interpersonal", "text": "A chase."}).status_code

    with ThreadPoolExecutor(2) as at_once:
        assert sorted(at_once.map(send, people, forms)) == [302, 409]
