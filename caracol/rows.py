"""
Rows by the thousand, past the ORM: by COPY on PostgreSQL, by one statement for all on SQLite.

For what is made up in bulk. No signal is sent and no default of the database is asked; its constraints and triggers
hold as always.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

Row = tuple[Any, ...]
Prepare = Callable[[Any], Any]
NUMBERS_AT_ONCE = 1000


class Table:
    """A model's columns, and what stands in them where nothing is said."""

    def __init__(self, model: type[models.Model], *, without: Sequence[str] = ()) -> None:
        """Take the columns of `model` but for those named `without`, which the database fills in."""
        self.fields = [field for field in model._meta.concrete_fields if field.attname not in without]
        self.names = [field.attname for field in self.fields]
        self._blank = {field.attname: _blank(field) for field in self.fields}
        self.model = model

    def row(self, **columns: object) -> Row:
        """Return one row by its columns. Raises TypeError for a column that there is not."""
        row = self._blank | columns
        if len(row) != len(self._blank):
            raise TypeError(f"no such column: {set(row) - set(self._blank)}")
        return tuple(row.values())

    def row_of(self, made: models.Model) -> Row:
        """Return the row of an object that was not saved."""
        held = made.__dict__
        return tuple([held[name] for name in self.names])

    def write(self, rows: Iterable[Row], using: str = "default") -> None:
        """Insert rows in one go, in the caller's transaction. Raises IntegrityError as any insert does."""
        connection = connections[using]
        columns = [
            list(map(prepare, column)) if prepare else column
            for prepare, column in zip(self._prepares(connection), zip(*rows, strict=True), strict=False)
        ]
        names = ", ".join(connection.ops.quote_name(str(field.column)) for field in self.fields)
        into = f"{connection.ops.quote_name(self.model._meta.db_table)} ({names})"
        if columns:
            _insert(connection, into, zip(*columns, strict=True), len(columns))

    def _prepares(self, connection: BaseDatabaseWrapper) -> list[Prepare | None]:
        return [_prepare(field, connection) for field in self.fields]


def numbers(model: type[models.Model], using: str = "default") -> Iterator[int]:
    """Yield ids for new rows that no other row is given. On SQLite within a transaction, which holds off others."""
    connection = connections[using]
    while True:
        yield from _sequence(connection, model) if connection.vendor == "postgresql" else _highest(connection, model)


def _sequence(connection: BaseDatabaseWrapper, model: type[models.Model]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, NUMBERS_AT_ONCE],
        )
        return [number for (number,) in cursor.fetchall()]


def _highest(connection: BaseDatabaseWrapper, model: type[models.Model]) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        (last,) = cursor.fetchone() or (0,)
    number = int(last)
    while True:
        number += 1
        yield number


def _insert(connection: BaseDatabaseWrapper, into: str, rows: Iterable[Row], width: int) -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * width)})", list(rows))  # noqa: S608 - names alone


def _blank(field: models.Field[Any, Any]) -> object:
    # A default that is drawn anew for each row is the caller's to draw.
    return None if field.has_default() and callable(field.default) else field.get_default()


def _prepare(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> Prepare | None:
    """Return what has to become of a column's values before the database takes them; None for nothing."""
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.CharField):
        return _plain
    if isinstance(field, models.DateTimeField) and connection.vendor != "postgresql":
        return cache(connection.ops.adapt_datetimefield_value)
    if isinstance(field, models.DateField) and connection.vendor != "postgresql":
        return connection.ops.adapt_datefield_value
    return None


def _plain(text: str | None) -> str | None:
    """Return the text of a choice: a driver may take its name for it."""
    return text if type(text) is str or text is None else str.__str__(text)
