"""Logging that says what went wrong and where, and never what somebody wrote."""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

# A name drawn by chance for the request at hand, so that what is logged of it can be found together.
_REQUEST: ContextVar[str] = ContextVar("_REQUEST", default="")


def configuration(level: str, *, plain: bool = False) -> dict[str, Any]:
    """Return how everything logs, from `level` on: to stderr, without content, a JSON object a line, or plain text."""
    to_stderr = {"handlers": ["stderr"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_content": {"()": "caracol.logs.WithoutContent"}},
        "formatters": {
            "json": {"()": "caracol.logs.AsJson"},
            "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "plain" if plain else "json",
                "filters": ["no_content"],
            },
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {**to_stderr, "level": level},
            "django.db.backends": {**to_stderr, "level": level},
            # Of what was refused, a line would say no more than that somebody was here, and when.
            "django.request": {**to_stderr, "level": "ERROR"},
            # How long a job took would say whether there was anything to do: a letter to send, a case to close.
            "celery.app.trace": {**to_stderr, "level": "WARNING"},
            "gunicorn.error": {**to_stderr, "level": level},
        },
    }


@contextmanager
def one_request() -> Iterator[None]:
    """Give all that is logged inside the same random name."""
    token = _REQUEST.set(secrets.token_hex(8))
    try:
        yield
    finally:
        _REQUEST.reset(token)


class AsJson(logging.Formatter):
    """
    A record as one JSON object: `at` (UTC), `level`, `logger`, `message`; in a request its random name, `request`.

    What else is known stands in the record's `facts`: closed words alone, never a path, a person or an address.
    """

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if _REQUEST.get():
            said["request"] = _REQUEST.get()
        return json.dumps({**said, **getattr(record, "facts", {})}, ensure_ascii=False)


class WithoutContent(logging.Filter):
    """
    Take the content out of a record, and keep it.

    Of an exception the types and places stay (file, line, function) for it and all that led to it;
    its message, its arguments and the record's own message go, since any of them may quote a value.
    Of a request only the status stays: not the address, not the body.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        failure = record.exc_info[1] if record.exc_info else None
        if failure is not None:
            _say(record, "\n".join(_whereabouts(failure)))
        elif hasattr(record, "request"):
            _say(record, _status(record))
        elif isinstance(record.args, tuple):
            record.args = tuple(_without_message(value) for value in record.args)
        return True


def _say(record: logging.LogRecord, message: str) -> None:
    record.msg, record.args = message, ()
    record.exc_info = record.exc_text = record.stack_info = None


def _whereabouts(failure: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    current: BaseException | None = failure
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield type(current).__qualname__
        for frame, line in traceback.walk_tb(current.__traceback__):
            yield f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_name}"
        current = current.__cause__ or current.__context__


def _status(record: logging.LogRecord) -> str:
    code = getattr(record, "status_code", None)
    return f"Answered {code} {HTTPStatus(code).phrase}" if code in set(HTTPStatus) else "A request was refused"


def _without_message(value: object) -> object:
    return type(value).__qualname__ if isinstance(value, BaseException) else value
