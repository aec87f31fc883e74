"""What a concern may cite, and when citing is only disagreeing."""

from __future__ import annotations

import datetime

import pytest

from conduct.citing import clauses_in_force, only_disagreement
from conduct.loading import load
from conduct.models import Version

pytestmark = pytest.mark.django_db

DAY_ONE = datetime.date(2024, 1, 1)


def test_articles_and_clauses_can_be_cited(version: Version) -> None:
    cited = clauses_in_force(DAY_ONE).filter(article=3)
    assert [clause.address for clause in cited] == ["3.0", "3.1", "3.2", "3.3", "3.4", "3.5"]


def test_nothing_is_in_force_before_the_first_day(version: Version) -> None:
    with pytest.raises(Version.DoesNotExist):
        clauses_in_force(DAY_ONE - datetime.timedelta(days=1))


def test_one_version_is_in_force_at_a_time(version: Version, source: str) -> None:
    newer = load(source.replace("in_force = 2024-01-01", "in_force = 2025-01-01")).version
    assert Version.in_force(datetime.date(2024, 12, 31)) == version
    assert Version.in_force(datetime.date(2025, 1, 1)) == newer


def test_citing_all_of_article_6_is_only_disagreement(version: Version) -> None:
    assert only_disagreement(version.clauses.filter(article=6))


def test_no_other_article_is_only_disagreement(version: Version) -> None:
    others = version.clauses.exclude(article=6)
    assert [clause.address for clause in others if only_disagreement([clause])] == []


def test_disagreement_beside_harm_is_not_only_disagreement(version: Version) -> None:
    assert not only_disagreement(version.clauses.filter(number=1))


def test_citing_nothing_is_not_disagreement() -> None:
    assert not only_disagreement([])
