from __future__ import annotations

import pytest
from django.core.checks import Tags, run_checks
from django.db import connection

from caracol.ledger import triggers

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def found() -> list[str | None]:
    return [problem.id for problem in run_checks(tags=[Tags.database], databases=["default", "keys"])]


def test_a_guarded_ledger_has_no_problem() -> None:
    assert found() == []


def test_a_ledger_without_its_triggers_is_an_error() -> None:
    triggers.remove(connection)
    assert found() == ["ledger.E001"]


def test_a_database_not_yet_migrated_has_no_problem() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE ledger_entry")
    assert found() == []


def test_without_a_database_named_nothing_is_looked_at() -> None:
    triggers.remove(connection)
    assert run_checks(tags=[Tags.database]) == []
