"""
Who gets which answer: every address, everybody who could ask, GET and POST, written down in `access_matrix.txt`.

A new address that is not in the table fails here, and so does every answer that differs from it. A POST is sent
empty, or with what it needs to find something to act on, so that it shows who gets as far as the form; nothing it does
outlasts it. `--write-matrix` writes the table anew: each line that changes is then somebody's to check.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.grievances.cast import Cast
from tests.matrix import table
from tests.matrix.rows import Row, address, rows
from tests.matrix.undo import undone
from tests.matrix.world import VISITORS, World, the_world

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

METHODS = ("GET", "POST")


def asked(client: Client, method: str, where: str, row: Row) -> HttpResponse:
    with undone(client):
        return client.get(where) if method == "GET" else client.post(where, row.sent)  # type: ignore[return-value]


def written(response: HttpResponse) -> str:
    """Return an answer as the table writes it."""
    onward = urlsplit(response.headers.get("Location", "")).path
    return "login" if onward == reverse("accounts:login") else str(response.status_code)


def every_byte(response: HttpResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return all that an answer says, but for the random mask of a form's own token."""
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", response.content)
    return response.status_code, sorted(response.headers.items()), body


def answers(world: World, visitor: str) -> dict[table.Key, str]:
    """Return what a visitor gets at each address; where it is 404, the same as at an address that does not exist."""
    client, got = world.browser_of(visitor), {}
    for row in rows(world, world.case_of(visitor)):
        for method in METHODS:
            response = asked(client, method, address(row), row)
            got[method, row.name] = written(response)
            for unknown in row.unknown() if response.status_code == 404 else ():
                nothing = asked(client, method, unknown, row)
                assert every_byte(response) == every_byte(nothing), (visitor, method, row.name)
    return got


@pytest.mark.parametrize("visitor", VISITORS)
def test_everybody_gets_the_answers_that_the_table_says(
    cast: Cast, visitor: str, request: pytest.FixtureRequest
) -> None:
    got = answers(the_world(cast), visitor)
    if request.config.getoption("--write-matrix"):
        table.write(visitor, got)
    column = VISITORS.index(visitor)
    assert got == {key: said[column] for key, said in table.expected().items()}


def test_the_table_names_everybody() -> None:
    assert table.lines()[0].split() == ["method", "page", *VISITORS]


def test_every_address_is_somebodys() -> None:
    """A row in which nobody gets further than a 404 says nothing: its world lacks what the address leads to."""
    served: dict[str, set[str]] = {}
    for (_method, name), said in table.expected().items():
        logged_in = said[VISITORS.index("visitor") + 1 :]
        served.setdefault(name, set()).update(set(logged_in) - {"404", "405"})
    assert [name for name, said in served.items() if not said] == []
