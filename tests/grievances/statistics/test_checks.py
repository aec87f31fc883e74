from __future__ import annotations

import pytest
from django.core.checks import Tags, run_checks
from pytest_django.fixtures import Settings

from tests.grievances.statistics.made import FIRST
from tests.grievances.statistics.test_releases import released

pytestmark = pytest.mark.django_db


def found(*, database: bool = False) -> list[str | None]:
    of_the_database = run_checks(tags=[Tags.database], databases=["default"]) if database else []
    return [each.id for each in [*run_checks(), *of_the_database] if str(each.id).startswith("statistics.")]


@pytest.mark.parametrize(("threshold", "ids"), [(5, []), (10, []), (4, ["statistics.E001"]), (7, ["statistics.E001"])])
def test_the_threshold_is_five_or_a_higher_multiple_of_it(settings: Settings, threshold: int, ids: list[str]) -> None:
    settings.STATISTICS_THRESHOLD = threshold
    assert found() == ids


def test_the_threshold_only_rises(settings: Settings) -> None:
    settings.STATISTICS_THRESHOLD = 10
    released(FIRST)
    assert found(database=True) == []
    settings.STATISTICS_THRESHOLD = 15
    assert found(database=True) == []
    settings.STATISTICS_THRESHOLD = 5
    assert found(database=True) == ["statistics.E002"]
