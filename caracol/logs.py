"""Logging that says what went wrong and where, and never what somebody wrote."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from http import HTTPStatus


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
