"""No way of changing a version or its clauses is left open."""

from __future__ import annotations

import datetime

import pytest

from conduct.models import Clause, Unchangeable, Version

pytestmark = pytest.mark.django_db


def test_a_version_cannot_be_saved_again(version: Version) -> None:
    version.since = datetime.date(2020, 1, 1)
    with pytest.raises(Unchangeable):
        version.save()


@pytest.mark.parametrize("fields", [None, ["text"], ["text", "here"]])
def test_the_words_of_a_clause_cannot_be_saved_again(version: Version, fields: list[str] | None) -> None:
    clause = version.articles()[0].itself
    clause.text = "We will."
    with pytest.raises(Unchangeable):
        clause.save(update_fields=fields)


def test_a_clause_cannot_be_deleted(version: Version) -> None:
    with pytest.raises(Unchangeable):
        version.articles()[0].itself.delete()


def test_clauses_cannot_be_updated_in_bulk(version: Version) -> None:
    with pytest.raises(Unchangeable):
        version.clauses.update(text="We will.")


def test_versions_and_clauses_cannot_be_deleted_in_bulk(version: Version) -> None:
    with pytest.raises(Unchangeable):
        Clause.objects.all().delete()
    with pytest.raises(Unchangeable):
        Version.objects.all().delete()
