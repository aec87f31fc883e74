"""
A reader's own cases as the lines of a list: what `access.newest_cases` finds, in two statements that stay the same.

The list is the page that people open most. Its statements are fixed texts, so that nothing is compiled, and they bring
what a line says with them: the reader's parts and the next date. That they find what the one rule of `access` finds is
a test's to hold.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connections

from caracol.accounts.models import User
from grievances import access
from grievances.deadlines import today
from grievances.roles import Part
from grievances.workflow import Stage

# Case, seat and clock are looked at for what is shown, or narrowed to, one by one.
_AT = """
 AND EXISTS (SELECT 1 FROM grievances_case AS at WHERE at.id = own.content_object_id AND at.stage = %s)
"""
_LATE = """
 AND EXISTS (SELECT 1 FROM grievances_clock AS late WHERE late.case_id = own.content_object_id
 AND late.stopped_at IS NULL AND late.paused_on IS NULL AND late.due_on < %s)
"""
_TAKEN_IN = """
 AND EXISTS (SELECT 1 FROM grievances_seat AS mine WHERE mine.case_id = own.content_object_id
 AND mine.user_id = own.user_id AND mine.left_at IS NULL AND mine.intake)
"""
_PARTS = tuple(Part)
_HELD = ", ".join(f"seat.{part.value}" for part in _PARTS)
_SHOWN = f"""
 SELECT found.reference, found.stage, (
 SELECT MIN(next.due_on) FROM grievances_clock AS next
 WHERE next.case_id = found.id AND next.stopped_at IS NULL AND next.paused_on IS NULL
 ), {_HELD}
"""  # noqa: S608 - our own words
_JOINED = """
 JOIN grievances_case AS found ON found.id = own.content_object_id
 LEFT JOIN grievances_seat AS seat
 ON seat.case_id = own.content_object_id AND seat.user_id = own.user_id AND seat.left_at IS NULL
"""
_NEWEST_FIRST = " ORDER BY own.last_activity_at DESC, own.content_object_id LIMIT %s OFFSET %s"


@dataclass(frozen=True, slots=True)
class Line:
    """One case of somebody's: where it stands, the parts they have in it, and the next date that is due in it."""

    reference: str
    stage: Stage
    due_on: dt.date | None
    parts: frozenset[Part]


class Lines:
    """
    The cases that `user` sees by `permission`, the one that moved last first: counted, or a part of them, in one query.

    `live` chooses those that are not closed, or the closed ones; `stage`, `late` and `taken_in` narrow them to a stage,
    to those with a date that passed, and to those that the reader took in.
    """

    def __init__(  # noqa: PLR0913 (what a list is narrowed by)
        self,
        user: User,
        permission: str,
        *,
        live: bool = True,
        stage: Stage | None = None,
        late: bool = False,
        taken_in: bool = False,
        using: str = "default",
    ) -> None:
        """Take what is asked for; nothing is read yet."""
        self._connection = connections[using]
        asked: list[tuple[str, list[Any]]] = [
            (access.OWN, [user.pk, access.permission_id(permission), int(live), user.pk])
        ]
        narrowed: list[tuple[str, list[Any]]] = [(_AT, [stage.value])] if stage else []
        narrowed += [(_LATE, [self._connection.ops.adapt_datefield_value(today())])] if late else []
        narrowed += [(_TAKEN_IN, [])] if taken_in else []
        barred = [(access.NOT_BARRED, list[Any]())] if permission == access.SERVE else []
        self._where = "".join(sql for sql, _params in (*asked, *barred, *narrowed))
        self._params = [param for _sql, params in (*asked, *barred, *narrowed) for param in params]
        self._all_but_barred = bool(barred) and not narrowed

    def count(self) -> int:
        """Return how many there are."""
        with self._connection.cursor() as cursor:
            if self._all_but_barred:
                cursor.execute(access.ALL_BUT_BARRED, self._params * 2)
            else:
                cursor.execute("SELECT COUNT(*)" + self._where.format(joined=""), self._params)
            (count,) = cursor.fetchone()
        return int(count)

    def __getitem__(self, which: slice) -> list[Line]:
        """Return these of them."""
        start = which.start or 0
        with self._connection.cursor() as cursor:
            wanted = [*self._params, which.stop - start, start]
            cursor.execute(_SHOWN + self._where.format(joined=_JOINED) + _NEWEST_FIRST, wanted)
            return [_line(*row) for row in cursor.fetchall()]


def _line(reference: str, stage: str, due_on: dt.date | str | None, *held: bool | None) -> Line:
    # SQLite keeps a date as text.
    due = dt.date.fromisoformat(due_on) if isinstance(due_on, str) else due_on
    return Line(reference, Stage(stage), due, _parts(held))


def _parts(held: tuple[bool | None, ...]) -> frozenset[Part]:
    return frozenset(part for part, has in zip(_PARTS, held, strict=True) if has)
