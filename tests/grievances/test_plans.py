"""What the pages that people open most ask of the database: how often, and that nothing is read from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from grievances.models import CaseGrant
from tests.grievances.cast import Cast, walk
from tests.grievances.views.cost import cost

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

Statement = tuple[str, Any]
# Grow with the cases; read through, they make a page slower with every case that somebody else has.
GROWING = re.compile(r"grievances_(?!policy)\w+|ledger_entry|accounts_(user|opensession|role|contact)")


@contextmanager
def noted(said: list[Statement]) -> Iterator[None]:
    """Note every statement with what it was given."""

    def note(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        said.append((sql, params))
        return execute(sql, params, *more)

    with connection.execute_wrapper(note):
        yield


def read_through(sql: str, params: Any) -> list[str]:
    """The tables that the database reads from end to end for this statement, or would if that were not much dearer."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table of a few rows is read through whatever indexes it has: an index that can be used is used now.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    return re.findall(r"Seq Scan on (\w+)|^SCAN (?!CONSTANT)(\w+)", plan, re.MULTILINE)


def statements(browser: Client, address: str) -> list[Statement]:
    browser.get(address)
    said: list[Statement] = []
    with noted(said):
        assert browser.get(address).status_code == 200
    return [
        (sql, params) for sql, params in said if sql.lstrip().startswith(("SELECT", "UPDATE")) and GROWING.search(sql)
    ]


def test_my_cases_cost_four_queries_at_most_whatever_stands_there(cast: Cast) -> None:
    walk(cast, "served")
    browser = cast.browser("mediator")
    one = cost(browser, "/cases/")
    walk(cast, "mediation")
    assert CaseGrant.objects.filter(user=cast.user("mediator"), live=1).count() == 2
    # One fewer with Redis, which keeps the session.
    assert one == cost(browser, "/cases/") <= 4


@pytest.mark.parametrize("address", ["/cases/", "/cases/?late", "/cases/?stage=3", "/concerns/", "/intake/"])
def test_no_list_reads_a_table_through(address: str, cast: Cast) -> None:
    walk(cast, "mediation")
    cast["intake"]
    browser = cast.browser({"/concerns/": "member", "/intake/": "intake"}.get(address, "mediator"))
    said = statements(browser, address)
    assert len(said) >= 3
    assert [(sql, read_through(sql, params)) for sql, params in said if read_through(sql, params)] == []


@pytest.mark.parametrize("login", ["member", "mediator", "respondent"])
def test_no_page_of_a_case_reads_a_table_through(login: str, cast: Cast) -> None:
    going = walk(cast, "mediation")
    said = statements(cast.browser(login), f"/cases/{going.case.reference}/")
    assert len(said) >= 7
    assert [(sql, read_through(sql, params)) for sql, params in said if read_through(sql, params)] == []


# One fewer with Redis, which keeps the session.
@pytest.mark.parametrize(
    ("until", "login", "most"),
    [
        ("filed", "member", 8),
        ("mediation", "member", 8),
        ("mediation", "respondent", 9),
        ("mediation", "mediator", 10),
        ("amends", "member", 9),
        ("amends", "respondent", 9),
        ("amends", "mediator", 11),
    ],
)
def test_the_page_of_a_case_asks_only_for_what_is_there(until: str, login: str, most: int, cast: Cast) -> None:
    going = walk(cast, until)
    assert most - 1 <= cost(cast.browser(login), f"/cases/{going.case.reference}/") <= most
