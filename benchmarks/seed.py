"""
Fills a site: live cases by the demo's bulk path, sealed and recorded like any other, and a past without words.

    python -m benchmarks.seed CASES

One mediator has 40 live cases, another 5,000 (where there are so many); whoever serves with them has both. What else
there is closed long ago, and is what a list and a check have to find their way through: a case's row, its seats and
its grants. It holds no room, no key, no entry and no chain of the ledger, so it can be counted and listed, not opened.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
import time
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from caracol import rows
from caracol.accounts.models import SiteRole, User
from grievances import access
from grievances.demo import bulk
from grievances.demo.cast import Figure, join_all
from grievances.demo.courses import LIVE
from grievances.models import Case, CaseGrant, Outcome, Route, Seat
from grievances.models.case import new_token
from grievances.workflow import Stage

LIGHT, HEAVY = 40, 5000
HOLDERS = 6
AT_ONCE = 20_000
_MEDIATOR = (SiteRole.MEMBER, SiteRole.MEDIATOR)
PEOPLE = (
    Figure("secretary", "Secretary of Measurements", (SiteRole.SECRETARY,), ""),
    Figure("light", "Light Mediator", _MEDIATOR, "", "Light"),
    Figure("heavy", "Heavy Mediator", _MEDIATOR, "", "Heavy"),
    Figure("beside", "Beside Both", _MEDIATOR, "", "Beside"),
    *(Figure(f"holder{number}", f"Holder Number {number}", (SiteRole.MEMBER,), "") for number in range(HOLDERS)),
)


def fill(cases: int) -> None:
    """Make the tables, the people and so many cases."""
    for alias in ("default", "keys"):
        call_command("migrate", database=alias, verbosity=0)
    call_command("load_code", Path(settings.BASE_DIR) / "conduct" / "code.toml", stdout=io.StringIO())
    people = join_all(PEOPLE)
    heavy = min(HEAVY, cases // 2)
    begun = time.perf_counter()
    bulk.add(LIGHT, [people["light"], people["beside"]], LIVE)
    bulk.add(heavy, [people["heavy"], people["beside"]], LIVE)
    sealed = time.perf_counter()
    add_past(cases - LIGHT - heavy, [people[f"holder{number}"].user for number in range(HOLDERS)])
    told = f"{(LIGHT + heavy) / (sealed - begun):.0f} sealed cases a second, "
    sys.stderr.write(f"{told}{(cases - LIGHT - heavy) / (time.perf_counter() - sealed):.0f} of the past\n")
    with connections["default"].cursor() as cursor:
        cursor.execute("ANALYZE")


def add_past(count: int, holders: list[User]) -> None:
    """Add cases that closed long ago: rows, seats and grants alone, held by these people in turn."""
    called = f"long-ago-{new_token()[:8]}"
    for start in range(0, count, AT_ONCE):
        with transaction.atomic():
            _write(range(start, min(start + AT_ONCE, count)), [user.pk for user in holders], called)


def _write(which: range, holders: list[int], called: str) -> None:
    cases, seats, grants = rows.Table(Case), rows.Table(Seat, without=["id"]), rows.Table(CaseGrant, without=["id"])
    begun, permissions = timezone.now(), (access.TAKE_PART, access.TAKE_PART, access.SERVE, access.SERVE)
    made: tuple[list[rows.Row], ...] = ([], [], [])
    for number, pk in zip(which, rows.numbers(Case), strict=False):
        closed = begun - dt.timedelta(days=400 + number % 2000, seconds=number % 86400)
        made[0].append(
            cases.row(
                id=pk, reference=f"{called}-{number}", token=new_token(), stage=Stage.CLOSED, route=Route.HARMED,
                outcome=Outcome.RESOLVED, begun_on=closed.date(), filed_at=closed, moved_at=closed, closed_at=closed,
                counted=True,
            )
        )  # fmt: skip
        for place, permission in enumerate(permissions):
            user = holders[(number + place) % len(holders)]
            part = ("reporter", "respondent", "mediator", "mediator")[place]
            made[1].append(seats.row(token=new_token(), case_id=pk, user_id=user, taken_at=closed, **{part: True}))
            granted = {"user_id": user, "permission_id": access.permission_id(permission), "content_object_id": pk}
            made[2].append(grants.row(**granted, live=0, last_activity_at=closed))
    for table, new in zip((cases, seats, grants), made, strict=True):
        table.write(new)


if __name__ == "__main__":
    fill(int(sys.argv[1]))
