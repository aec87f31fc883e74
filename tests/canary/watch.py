"""
A watch over every way out of a request: nothing that a canary was in may carry it there.

What is stored is looked at as it is sent to the databases, so that what is deleted or rolled back is seen too.
"""

from __future__ import annotations

import logging
import os
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

import redis
from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from caracol.logs import WithoutContent
from tests.canary.looks import shows

TITLES = re.compile(rb"<title>(.*?)</title>", re.DOTALL)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# What Python and the tests' own tools write.
NOT_OURS = re.compile(r"__pycache__|\.pytest_cache|\.hypothesis|/dev/null")


class Watch:
    """Keeps where the canary was seen, in `seen`, and which files were written, in `files`."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.files: list[str] = []
        self.statements = 0
        self.records = 0

    def look(self, place: str, content: bytes | str) -> None:
        """Note the place if the canary shows in what is there."""
        if shows(content if isinstance(content, bytes) else content.encode()):
            self.seen.append(place)

    def everything_kept(self) -> None:
        """Look at what lies about now: letters, caches, both databases to the last byte."""
        for letter in mail.outbox:
            self.look("a letter", letter.message().as_bytes())
        for place, content in kept_in_redis() if settings.REDIS_URL else kept_in_memory():
            self.look(place, content)
        for place, content in everything_stored():
            self.look(place, content)
        for path in self.files:
            self.look(f"file {path}", Path(path).read_bytes() if Path(path).is_file() else b"")

    # What happens while a request is answered

    def _stores(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django's signature
        self.statements += 1
        self.look(f"sql {sql[:60]}", b"\0".join([sql.encode(), *map(as_bytes, _flat(params))]))
        return execute(sql, params, many, context)

    def answered(self, response: HttpResponse) -> None:
        """Look at all of an answer but its page, which may show their words to those who may read them."""
        said = [f"{name}: {value}" for name, value in response.headers.items()]
        said += [morsel.OutputString() for morsel in response.cookies.values()]
        self.look(f"header of {response.status_code}", "\n".join(said))
        if not response.streaming:
            self.look("title", b"".join(TITLES.findall(response.content)))

    def opened(self, event: str, args: tuple[Any, ...]) -> None:
        """Note a file that is opened for writing."""
        if event != "open" or not isinstance(args[0], str | os.PathLike):
            return
        path, mode, flags = str(args[0]), args[1], args[2]
        writes = bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool(flags & WRITES)
        if writes and not NOT_OURS.search(path):
            self.files.append(path)


class Kept(logging.Handler):
    """Shows a watch what the site's own logs would say, at their most talkative."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.DEBUG)
        self.watch = watch
        self.addFilter(WithoutContent())
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.watch.records += 1
        self.watch.look(f"log {record.name}", self.format(record))


class WatchedClient(Client):
    """A browser whose every answer a watch looks at."""

    watch: Watch

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        self.watch.answered(cast("HttpResponse", response))
        return response


_watching: list[Watch] = []


def _audit(event: str, args: tuple[Any, ...]) -> None:
    for watch in _watching:
        watch.opened(event, args)


sys.addaudithook(_audit)


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch what is stored, logged, answered and written to files from now on."""
    watch, loggers = Watch(), [logging.getLogger(name) for name in ("", *settings.LOGGING["loggers"])]
    handler, levels = Kept(watch), [logger.level for logger in loggers]
    with ExitStack() as stack:
        for alias in settings.DATABASES:
            stack.enter_context(connections[alias].execute_wrapper(watch._stores))
        for logger in loggers:
            logger.addHandler(handler)
            logger.setLevel(logging.DEBUG)
        _watching.append(watch)
        try:
            yield watch
        finally:
            _watching.remove(watch)
            for logger, level in zip(loggers, levels, strict=True):
                logger.removeHandler(handler)
                logger.setLevel(level)


def kept_in_memory() -> Iterator[tuple[str, bytes]]:
    """Yield what lies in each cache of this process."""
    for alias in settings.CACHES:
        yield f"cache {alias}", pickle.dumps(getattr(caches[alias], "_cache", {}))


def kept_in_redis() -> Iterator[tuple[str, bytes]]:
    """Yield everything Redis keeps: caches, sessions, limits, messages to workers and their results."""
    kept = redis.Redis.from_url(settings.REDIS_URL)
    values: list[Any]
    for key in kept.scan_iter():
        match kept.type(key):
            case b"list":
                values = kept.lrange(key, 0, -1)
            case b"hash":
                values = [part for pair in kept.hgetall(key).items() for part in pair]
            case b"set":
                values = list(kept.smembers(key))
            case b"zset":
                values = kept.zrange(key, 0, -1)
            case _:
                values = [kept.get(key) or b""]
        yield f"redis {as_bytes(key)!r}", b"\0".join(map(as_bytes, [key, *values]))


def everything_stored() -> Iterator[tuple[str, bytes]]:
    """Yield every row of every table of both databases; and each file whole, where a database is one file."""
    for alias in settings.DATABASES:
        connection = connections[alias]
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
                for row in cursor.fetchall():
                    yield f"{alias}.{table}", b"\0".join(as_bytes(value) for value in row)
        if connection.vendor == "sqlite":
            yield f"the file of {alias}", connection.connection.serialize()


def as_bytes(value: object) -> bytes:
    """Return a value of a column as bytes."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _flat(params: Any) -> Iterator[object]:
    for value in params.values() if isinstance(params, dict) else params or ():
        if isinstance(value, list | tuple):
            yield from _flat(value)
        else:
            yield value
