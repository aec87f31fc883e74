"""
What goes wrong says nothing: every page made to fail, by its template and by the database; every job; bad requests.

Whatever fails quotes the canary, as exceptions do quote what they were given. The watch of `test_canary` looks on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import DataError, connections
from django.template.base import Template
from django.test import Client
from pytest_django.fixtures import Settings

from caracol.celery import DUE, app
from grievances.actions import jobs
from tests.canary.looks import CANARY, shows
from tests.canary.plant import filled
from tests.canary.watch import Watch, WatchedClient, watching
from tests.grievances.cast import Cast
from tests.matrix import table
from tests.matrix.rows import Row, address, rows
from tests.matrix.undo import undone
from tests.matrix.world import VISITORS, World, the_world
from tests.visitor import IN_THE_FRAME, forms_on

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

# Whose answer is tried: the first who gets a page; else who is sent onward.
A_PAGE, ONWARD = {"200", "303", "307", "409", "410", "422"}, {"302"}
OWN_PAGES = {"400.html", "500.html"}


# A job that asks nothing of the database has nothing to break.
ASKS_NOTHING = {"caracol.tasks.rotate_key_backups"}


class Broken:
    """The n-th query of a request fails, and says what it was given; with 0, all are counted and none fails."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.count = at, 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django's signature
        self.count += 1
        if self.count == self.at:
            raise DataError(f"value too long: {CANARY} {params}")
        return execute(sql, params, many, context)


@contextmanager
def broken_template(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every template fail but the page that says so, quoting all that it was given."""
    render = Template.render
    saying_so: list[str | None] = []

    def fails(template: Template, context: Any) -> Any:
        if template.name in OWN_PAGES or saying_so:
            saying_so.append(template.name)
            page = render(template, context)
            saying_so.pop()
            return page
        raise RuntimeError(f"{CANARY} {context.flatten()}")

    with monkeypatch.context() as patch:
        patch.setattr(Template, "render", fails)
        yield


@contextmanager
def broken_query(at: int = 0) -> Iterator[Broken]:
    with connections["default"].execute_wrapper(broken := Broken(at)):
        yield broken


def answered() -> dict[str, list[table.Key]]:
    """Return each address and method that answers anybody with more than a refusal, by whom it is tried as."""
    tried = defaultdict(list)
    for key, said in table.expected().items():
        for wanted in (A_PAGE, ONWARD):
            if asker := next((each for each, answer in zip(VISITORS, said, strict=True) if answer in wanted), None):
                tried[asker].append(key)
                break
    return tried


def typed(client: Client, where: str) -> dict[str, list[str]]:
    """Return what one could send to an address: the first form of its page, the canary in every field."""
    with undone(client):
        page = client.get(where)
    if page.streaming or "html" not in page.headers.get("Content-Type", ""):
        return {"text": [CANARY]}
    forms = [form for form in forms_on(page.content.decode()) if form.action not in IN_THE_FRAME]
    return filled(forms[0]) if forms else {"text": [CANARY]}


def client_of(world: World, visitor: str, watch: Watch) -> WatchedClient:
    client = WatchedClient(raise_request_exception=False)
    client.cookies, client.watch = world.browser_of(visitor).cookies, watch
    return client


def fails(client: Client, method: str, row: Row, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Ask while templates are broken, and while a query is, halfway and at the last; return whether anything failed."""
    where = address(row)
    ask = partial(client.get, where)
    if method == "POST":
        ask = partial(client.post, where, {**typed(client, where), **row.sent})
    with undone(client), broken_query() as usual:
        page = ask()
    # An address that asks nothing and shows nothing has nothing to break.
    failed = not (usual.count or page.templates)
    for broken in (broken_template(monkeypatch), *(broken_query(at) for at in (usual.count // 2, usual.count) if at)):
        with undone(client), broken:
            failed |= _is_bare(ask())
    return failed


@pytest.mark.parametrize("visitor", sorted(answered()))
def test_a_page_that_fails_says_nothing_of_what_it_was_given(
    cast: Cast, visitor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = the_world(cast)
    found = {row.name: row for row in rows(world, world.case_of(visitor))}
    with watching() as watch:
        client = client_of(world, visitor, watch)
        keys = answered()[visitor]
        unbroken = [key for key in keys if not fails(client, key[0], found[key[1]], monkeypatch)]
        watch.everything_kept()
    assert [place for place in watch.seen if not place.startswith("sql SELECT")] == []
    assert unbroken == []


def _is_bare(page: Any) -> bool:
    """Return whether a page is the bare one for what failed; it must not show the word then."""
    # The page for the proxy says of itself that something failed.
    if page.status_code not in {500, 503}:
        return False
    assert not shows(page.content), page.request["PATH_INFO"]
    return True


@pytest.mark.parametrize("name", sorted(DUE))
def test_a_job_that_fails_says_nothing(name: str, cast: Cast, settings: Settings) -> None:
    settings.SENDS_LETTERS = True
    app.autodiscover_tasks(force=True)
    with watching() as watch:
        with undone(Client()), broken_query(1):
            outcome = app.tasks[name].apply(throw=False)
        watch.everything_kept()
    assert [place for place in watch.seen if not place.startswith("sql SELECT")] == []
    assert outcome.failed() == (name not in ASKS_NOTHING)


def test_a_case_in_which_a_job_fails_says_nothing() -> None:
    def fails(_each: str) -> bool:
        raise RuntimeError(CANARY)

    with watching() as watch:
        assert jobs.each([CANARY], fails) == 0
    assert (watch.seen, watch.records > 0) == ([], True)


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        (400, {"data": f"version={CANARY}&" * 2000, "content_type": "application/x-www-form-urlencoded"}),
        (400, {"data": CANARY, "content_type": f"multipart/form-data; boundary={CANARY * 20}"}),
        (200, {"data": f'{{"{CANARY}": 1}}', "content_type": "application/json"}),
        (400, {"data": {"login": CANARY}, "HTTP_HOST": f"{CANARY}.example.org"}),
        (403, {"data": {"login": f"{CANARY}\0"}, "HTTP_ORIGIN": f"https://{CANARY}.example.org"}),
        (200, {"data": {"login": CANARY}, "HTTP_COOKIE": f"caracol-session={CANARY}; caracol-unlock={CANARY}"}),
    ],
    ids=["too many fields", "no multipart", "json", "another host", "another origin", "bad cookies"],
)
def test_a_bad_request_is_answered_without_its_words(cast: Cast, answer: int, sent: dict[str, Any]) -> None:
    with watching() as watch:
        client = WatchedClient(raise_request_exception=False, enforce_csrf_checks=answer == 403)
        client.watch = watch
        page = client.post("/accounts/login/", **sent)
        watch.everything_kept()
    assert (watch.seen, page.status_code) == ([], answer)
