from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from caracol import logs
from caracol.watch import metrics

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

CANARY = "quetzal-nobody-may-read"
TOKEN = "a token of tests that is long enough to be one"


def collect(**headers: str) -> Any:
    return Client(headers=headers).get("/metrics/")


def bare(answer: Any) -> bytes:
    """Return a page without what its forms carry: a random token, and where they came from."""
    return re.sub(rb'value="[^"]*"', b"", answer.content)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path))
    settings.METRICS_TOKEN = TOKEN


@pytest.mark.usefixtures("counting")
def test_whoever_holds_the_token_may_collect() -> None:
    answer = collect(authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize("said", ["", TOKEN, "Bearer ", f"Bearer {TOKEN}s", f"bearer {TOKEN}"])
def test_for_everybody_else_there_is_no_such_address(said: str) -> None:
    answer, nothing = collect(authorization=said), Client().get("/no-such-page/")
    assert (answer.status_code, answer.headers, bare(answer)) == (404, nothing.headers, bare(nothing))


@pytest.mark.parametrize("said", ["Bearer ", "Bearer", ""])
def test_without_a_token_nobody_collects(settings: Settings, counting: None, said: str) -> None:
    settings.METRICS_TOKEN = ""
    assert collect(authorization=said).status_code == 404


def watched(client: Client, path: str, **sent: str) -> list[dict[str, Any]]:
    """Return what is logged of a POST, line by line, as it comes out at the end."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Kept()
    handler.addFilter(logs.WithoutContent())
    handler.setFormatter(logs.AsJson())
    loggers = [logging.getLogger(name) for name in ("django", "caracol")]
    for logger in loggers:
        logger.addHandler(handler)
    client.post(path, sent)
    for logger in loggers:
        logger.removeHandler(handler)
    return [json.loads(line) for line in lines]


def test_a_request_that_fails_is_told_by_group_and_range_and_can_be_found_together(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.house.urls"
    said = watched(Client(raise_request_exception=False, headers={"user-agent": CANARY}), "/fail/500/", text=CANARY)
    assert CANARY not in json.dumps(said)
    assert len({line["request"] for line in said}) == 1
    assert len(said[0]["request"]) == 16
    last = said[-1]
    assert (last["message"], last["group"], last["status"]) == ("A request failed", "deeds", 500)
    assert set(last) == {"at", "level", "logger", "message", "request", "group", "status", "milliseconds"}


def test_of_what_goes_well_nothing_is_logged() -> None:
    assert watched(Client(), "/accounts/login/", login=CANARY, password=CANARY) == []


def test_a_line_outside_of_a_request_is_json_too() -> None:
    record = logging.LogRecord("a.logger", logging.INFO, __file__, 1, "Sent %d letters", (3,), None)
    record.__dict__.update(SimpleNamespace(facts={"group": "deeds"}).__dict__)
    said = json.loads(logs.AsJson().format(record))
    del said["at"]
    assert said == {"level": "INFO", "logger": "a.logger", "message": "Sent 3 letters", "group": "deeds"}
