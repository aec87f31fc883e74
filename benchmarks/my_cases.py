"""
*My cases* (the 25 that moved last, and how many there are) and one case, fetched and checked: without a page around.

    python -m benchmarks.my_cases DATABASE SIZES
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connections
from django.db.models import QuerySet
from guardian.core import ObjectPermissionChecker  # noqa: TID251 - likewise
from guardian.shortcuts import get_objects_for_user  # noqa: TID251 - what people would usually write, to compare with

from benchmarks.sites import Site, connect
from benchmarks.timing import interleaved, milliseconds, ratio, table
from caracol.accounts.models import User
from caracol.accounts.people import by_login
from grievances import access
from grievances.lines import Line, Lines
from grievances.models import Case

ROUNDS, USUAL_ROUNDS, PER_PAGE = 200, 12, 25
# Tables with as many rows as there are cases, or more: no list and no check reads one of them through.
CASE_SIZED = {"grievances_case", "grievances_casegrant", "grievances_seat", "own", "found", "seat"}
# Where all of a table is a few pages on the disk, to read it through is quickest, and PostgreSQL does.
LARGE = 10_000
Statement = tuple[str, tuple[Any, ...]]

# By hand, for one who is known to be active, as the session has just said.
_MINE = """
 FROM grievances_casegrant AS own {} WHERE own.user_id = %s AND own.permission_id = %s AND own.live = 1
 AND NOT EXISTS (
 SELECT 1 FROM grievances_conflict AS bar WHERE bar.user_id = %s AND bar.case_id = own.content_object_id)
"""
_GRANTS = "FROM grievances_casegrant AS own WHERE own.user_id = %s AND own.permission_id = %s AND own.live = 1"
# Counted by the grants' index alone, and the few from which they are barred taken off.
COUNT = f"""
 SELECT (SELECT COUNT(*) {_GRANTS}) - (SELECT COUNT(*) {_GRANTS} AND own.content_object_id IN (
 SELECT bar.case_id FROM grievances_conflict AS bar WHERE bar.user_id = %s))
"""  # noqa: S608 - our own words
_WITH = """
 JOIN grievances_case AS found ON found.id = own.content_object_id
 LEFT JOIN grievances_seat AS seat ON seat.case_id = found.id AND seat.user_id = own.user_id AND seat.left_at IS NULL
"""
_SAID = """
 SELECT found.reference, found.stage, seat.reporter, seat.harmed, seat.respondent, seat.mediator, seat.intake,
 (SELECT MIN(due_on) FROM grievances_clock WHERE case_id = found.id AND stopped_at IS NULL AND paused_on IS NULL)
"""
NEWEST = f"{_SAID} {_MINE} ORDER BY own.last_activity_at DESC, own.content_object_id LIMIT {PER_PAGE}".format(_WITH)


class Reader:
    """Somebody who lists their cases in one database."""

    def __init__(self, login: str, alias: str = "default") -> None:
        found = by_login(login)
        if found is None:
            raise User.DoesNotExist(login)
        self.user: User = found
        self.alias = alias
        self.serve = access.permission_id(access.SERVE)

    def objects(self) -> tuple[int, list[Line]]:
        lines = Lines(self.user, access.SERVE, using=self.alias)
        return lines.count(), lines[0:PER_PAGE]

    def by_orm(self) -> tuple[int, list[Case]]:
        grants = access.newest_cases(self.user, access.SERVE)
        return grants.count(), [grant.content_object for grant in grants[:PER_PAGE]]

    def guardian(self) -> tuple[int, list[Case]]:
        found: QuerySet[Case] = get_objects_for_user(self.user, "grievances.serve_case").filter(closed_at=None)
        return found.count(), list(found.order_by("-moved_at", "pk")[:PER_PAGE])

    def by_hand(self) -> list[Statement]:
        mine = (self.user.pk, self.serve, self.user.pk)
        return [(COUNT, (*mine[:2], *mine)), (NEWEST, mine)]

    def issued(self) -> list[Statement]:
        """Return the statements that `objects` issues."""
        said: list[Statement] = []

        def hear(execute: Callable[..., Any], sql: str, params: Any, *more: Any) -> Any:
            said.append((sql, tuple(params)))
            return execute(sql, params, *more)

        with connections[self.alias].execute_wrapper(hear):
            self.objects()
        return said

    def replay(self, statements: Iterable[Statement]) -> list[list[Any]]:
        with connections[self.alias].cursor() as cursor:
            return [self._fetched(cursor, *statement) for statement in statements]

    def _fetched(self, cursor: Any, sql: str, params: tuple[Any, ...]) -> list[Any]:
        cursor.execute(sql, params)
        return list(cursor.fetchall())

    def check(self) -> None:
        """Raise AssertionError where the ways find different cases, or one reads a case-sized table through."""
        count, grants = self.objects()
        by_hand = self.replay(self.by_hand())
        assert by_hand[0] == [(count,)]  # noqa: S101 - measurements of different things mean nothing
        assert len(by_hand[1]) == len(grants)  # noqa: S101 - likewise
        for sql, params in self.issued():
            read_whole(self.alias, sql, params)


def read_whole(alias: str, sql: str, params: tuple[Any, ...]) -> None:
    """Raise AssertionError for a statement that reads a case-sized table from end to end, once it is a large one."""
    if Case.objects.count() < LARGE:
        return
    connection = connections[alias]
    how = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{how} {sql}", params)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    scanned = re.findall(r"Seq Scan on (\w+)", plan) or re.findall(r"^SCAN (\w+)", plan, re.MULTILINE)
    assert not CASE_SIZED & set(scanned), f"{sql}\n{plan}"  # noqa: S101 - it would be measured all the same


GOALS = {"our statements, replayed": "1.15", "with objects": "1.3"}
USUAL = "guardian's default"


def lists(title: str, login: str, rounds: int) -> list[str]:
    """Return the lines about one reader's list, beside the same by hand and by what is usual."""
    reader = Reader(login)
    reader.check()
    by_hand, issued = reader.by_hand(), reader.issued()
    taken = interleaved(
        {
            "by hand": lambda: reader.replay(by_hand),
            "our statements, replayed": lambda: reader.replay(issued),
            "with objects": reader.objects,
            "by the ORM": reader.by_orm,
        },
        rounds,
    )
    usual = interleaved({"by hand": lambda: reader.replay(by_hand), USUAL: reader.guardian}, USUAL_ROUNDS)
    said = f"| {USUAL} | {milliseconds(usual, USUAL):.3g} | {ratio(usual, USUAL, 'by hand'):.2f} | |"
    return [*table(f"My cases, {login}, {title}", taken, "by hand", GOALS)[:-1], said, ""]


def one_case(title: str) -> list[str]:
    """Return the lines about fetching one case and checking, beside fetching it unchecked and what is usual."""
    reader = Reader("light")
    case = reader.by_orm()[1][0]

    def usual() -> bool:
        found = Case.objects.get(reference=case.reference)
        return bool(ObjectPermissionChecker(reader.user).has_perm("serve_case", found))

    taken = interleaved(
        {
            "unchecked get": lambda: Case.objects.get(reference=case.reference),
            "fetched and checked": lambda: access.case_seen_by(reader.user, case.reference),
            "get, then guardian": usual,
        },
        ROUNDS,
    )
    return table(f"One case, {title}", taken, "unchecked get", {"fetched and checked": "2"})


def growth(title: str, sites: list[Site]) -> list[str]:
    """Return the lines about the light reader's list at every size, beside the smallest; and the heavy one's."""
    readers = {site.cases: Reader("light", connect(site)) for site in sites[:-1]}
    readers[sites[-1].cases] = Reader("light")
    issued = {cases: reader.issued() for cases, reader in readers.items()}
    floor = f"{sites[0].cases} cases"
    alike = {f"{cases} cases": partial(one.replay, issued[cases]) for cases, one in readers.items()}
    replayed = interleaved(alike, ROUNDS)
    objects = interleaved({f"{cases} cases": one.objects for cases, one in readers.items()}, ROUNDS)
    heavy, light = Reader("heavy"), Reader("light")
    both = {"light": light.objects, "heavy": heavy.objects}
    heavy_issued, light_issued = heavy.issued(), light.issued()
    alone = {"light": lambda: light.replay(light_issued), "heavy": lambda: heavy.replay(heavy_issued)}
    return [
        *table(f"Growth, SQL alone, {title}", replayed, floor, dict.fromkeys(replayed, "1.1")),
        *table(f"Growth, with objects, {title}", objects, floor, dict.fromkeys(objects, "1.1")),
        *table(f"A holder of many, SQL alone, {title}", interleaved(alone, ROUNDS), "light", {"heavy": "2, SQLite 3"}),
        *table(
            f"A holder of many, with objects, {title}", interleaved(both, ROUNDS), "light", {"heavy": "2, SQLite 3"}
        ),
    ]


def main(database: str, sizes: str) -> None:
    """Print what was measured."""
    sites = [Site(database, int(cases)) for cases in sizes.split(",")]
    title = f"{database}, {sites[-1].cases} cases"
    lines = [*lists(title, "light", ROUNDS), *lists(title, "heavy", ROUNDS), *one_case(title)]
    if len(sites) > 1:
        lines += growth(title, sites)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
