from __future__ import annotations

import csv
import hashlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from caracol.ledger import triggers
from caracol.ledger.chain import entries
from grievances.models import ReleaseCell
from grievances.statistics import releases
from grievances.statistics.auditor import Doubt
from grievances.statistics.periods import Half
from grievances.statistics.sheets import digest_of
from tests.grievances.statistics.made import FEW, FIRST, SECOND, USUAL, store
from tests.grievances.statistics.test_releases import released

pytestmark = pytest.mark.django_db

NOW = Half.of(timezone.localdate())


def said(*words: str) -> str:
    out = StringIO()
    call_command("release_statistics", *words, stdout=out, skip_checks=True)
    return out.getvalue()


def test_a_dry_run_says_what_would_be_hidden_and_why_and_records_nothing() -> None:
    store(FIRST, USUAL)
    lines = [line.strip() for line in said("2024-H1", "--dry-run").splitlines()]
    assert "resolved                    10" in lines
    assert "broken                      hidden: fewer than 5 matters, or than 5 different reporters" in lines
    assert "at least                    10" in lines
    assert "The auditor finds nothing that it gives away. This was a dry run: nothing was recorded." in lines
    assert entries(releases.CHAIN) == []


def test_which_of_the_two_reasons_hides_a_number_is_not_said() -> None:
    store(FIRST, USUAL)
    before = said("2024-H1", "--dry-run")
    store(FIRST, {table: {"broken": 9} for table in USUAL if table.name == "outcome"}, people=1)
    assert said("2024-H1", "--dry-run") == before


def test_it_prepares_and_leaves_the_approving_to_people() -> None:
    store(FIRST, USUAL)
    assert digest_of(releases.draft(FIRST)) in said("2024-H1")
    assert releases.is_prepared(releases.draft(FIRST))
    assert releases.frozen() == []


def test_csv_prints_every_frozen_release_the_oldest_first() -> None:
    for half in (FIRST, SECOND):
        released(half)
    rows = list(csv.reader(StringIO(said("--csv"))))
    assert rows[0] == ["release", "period", "table", "category", "count", "status"]
    assert list(dict.fromkeys(row[0] for row in rows[1:])) == ["2024-H1", "2024-H2"]
    assert {tuple(row[4:]) for row in rows if row[3] == "broken"} == {("", "hidden")}
    assert [row[3] for row in rows if row[3] == "other"] == []


def test_csv_of_one_release_has_its_hash() -> None:
    ready = released(FIRST)
    released(SECOND)
    printed = said("2024-H1", "--csv")
    assert hashlib.sha256(printed.encode()).hexdigest() == digest_of(ready)


def test_csv_before_the_first_release_is_a_header() -> None:
    assert said("--csv") == "release,period,table,category,count,status\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "Name a period"),
        (["soon"], "“soon” is not a period"),
        ([str(NOW)], "has not ended"),
        (["2024-H1", "--csv"], "2024-H1 is not released"),
        (["2024-H1", "--csv", "--dry-run"], "choose one"),
        (["2024-H2"], "fewer than ten matters"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(words: list[str], why: str) -> None:
    store(FIRST, FEW)
    with pytest.raises(CommandError, match=why):
        said(*words)


def test_a_released_period_is_refused() -> None:
    released(FIRST)
    with pytest.raises(CommandError, match="already released"):
        said("2024-H1")


def test_what_the_auditor_finds_is_printed_and_nothing_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    store(FIRST, USUAL)
    monkeypatch.setattr(releases, "audit", lambda _releases: [Doubt("2024-H1", "outcome", "broken", "it cannot be 3")])
    for words in (["2024-H1", "--dry-run"], ["2024-H1"]):
        with pytest.raises(CommandError, match="2024-H1 outcome broken: it cannot be 3"):
            said(*words)
    assert entries(releases.CHAIN) == []


def test_releases_that_do_not_agree_with_the_ledger_are_not_printed() -> None:
    released(FIRST)
    triggers.remove(connection)
    ReleaseCell.objects.filter(status="shown").update(count=90)
    with pytest.raises(CommandError, match="do not agree with the ledger"):
        said("--csv")
