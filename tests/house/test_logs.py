from __future__ import annotations

import logging
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings

from caracol.logs import WithoutContent

ROOT = Path(__file__).resolve().parents[2]
CANARY = "quetzal-nobody-may-read"


def logged(message: str, *args: object, **extra: object) -> str:
    """Return what the log would say of a record made here, of the exception being handled if there is one."""
    exception = sys.exc_info() if sys.exc_info()[0] else None
    record = logging.LogRecord("a.logger", logging.ERROR, __file__, 1, message, args, exception)
    record.__dict__.update(extra)
    assert WithoutContent().filter(record)
    return logging.Formatter("%(message)s").format(record)


def test_an_exception_keeps_its_type_and_place_and_loses_its_words() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        said = logged("Could not read %s", CANARY)
    first, place = said.splitlines()
    assert first == "ValueError"
    assert place.endswith("in test_an_exception_keeps_its_type_and_place_and_loses_its_words")
    assert CANARY not in said


def test_so_does_all_that_led_to_it() -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise ValueError(CANARY) from cause
    except ValueError:
        said = logged("Failed")
    assert [line for line in said.splitlines() if not line.startswith(" ")] == ["ValueError", "KeyError"]
    assert CANARY not in said


def test_of_a_request_only_the_status_is_told() -> None:
    said = logged("Not Found: %s", f"/{CANARY}/", request=SimpleNamespace(path=CANARY), status_code=404)
    assert said == "Answered 404 Not Found"


def test_an_exception_given_as_a_value_is_told_by_its_type() -> None:
    assert logged("It failed: %s", ValueError(CANARY)) == "It failed: ValueError"


def test_a_plain_message_stays() -> None:
    assert logged("Sent %d letters", 3) == "Sent 3 letters"


def test_everything_that_logs_does_so_through_it() -> None:
    gunicorn = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["logconfig_dict"]
    for logging_config in (settings.LOGGING, gunicorn):
        assert [handler["filters"] for handler in logging_config["handlers"].values()] == [["no_content"]]
        assert logging_config["filters"]["no_content"]["()"] == "caracol.logs.WithoutContent"


def test_neither_who_was_refused_nor_how_long_a_job_took_is_told() -> None:
    levels = {name: settings.LOGGING["loggers"][name]["level"] for name in ("django.request", "celery.app.trace")}
    assert levels == {"django.request": "ERROR", "celery.app.trace": "WARNING"}
