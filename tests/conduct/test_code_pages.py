"""The pages of the Code: public to read, affirmed once by each member."""

from __future__ import annotations

import datetime
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from caracol.accounts import receipts
from caracol.accounts.models import User
from conduct.loading import load
from conduct.models import Affirmation, Version

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

BUTTON = "I affirm this Code"


@pytest.fixture
def newer(version: Version, source: str) -> Version:
    return load(source.replace("in_force = 2024-01-01", "in_force = 2025-01-01")).version


def test_anyone_reads_the_code_but_only_members_affirm_it(client: Client, version: Version) -> None:
    page = client.get("/code/")
    assert page.status_code == 200
    assert BUTTON not in page.content.decode()


def test_a_guest_reads_the_code_and_does_not_affirm_it(client: Client, version: Version) -> None:
    guest = receipts.issue().user
    client.force_login(guest)
    assert BUTTON not in client.get("/code/").content.decode()
    assert client.post(reverse("conduct:affirm", args=[version.since])).status_code == 403
    assert not Affirmation.objects.filter(user=guest).exists()


def test_every_article_and_clause_has_its_anchor(client: Client, version: Version) -> None:
    anchors = re.findall(r'id="(\d\.\d)"', client.get("/code/").content.decode())
    assert anchors == [clause.address for clause in version.clauses.all()]


def test_the_page_takes_three_queries(
    client: Client, version: Version, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        client.get("/code/")


def test_without_a_code_there_is_no_page(client: Client) -> None:
    assert client.get("/code/").status_code == 404


def test_an_older_version_stays_where_it_was(client: Client, version: Version, newer: Version) -> None:
    page = client.get("/code/2024-01-01/").content.decode()
    assert "This is not the text in force today." in page
    assert 'href="/code/2025-01-01/"' in page


def test_a_clause_knows_its_lasting_address(version: Version, newer: Version) -> None:
    assert version.clauses.get(article=3, number=3).get_absolute_url() == "/code/2024-01-01/#3.3"


@pytest.mark.parametrize("day", ["2023-01-01", "2024-13-01"])
def test_a_day_on_which_nothing_came_into_force_has_no_page(client: Client, version: Version, day: str) -> None:
    assert client.get(f"/code/{day}/").status_code == 404


def test_a_member_affirms_once(ada_reads: Client, ada: User, version: Version) -> None:
    assert BUTTON in ada_reads.get("/code/").content.decode()
    with time_machine.travel("2026-03-01T12:00:00-05:00", tick=False):
        ada_reads.post(reverse("conduct:affirm", args=[version.since]))
    ada_reads.post(reverse("conduct:affirm", args=[version.since]))
    assert list(Affirmation.objects.values_list("user", "version", "on")) == [
        (ada.pk, version.pk, datetime.date(2026, 3, 1))
    ]
    page = ada_reads.get("/code/").content.decode()
    assert "You affirmed this Code on March 1, 2026." in page
    assert BUTTON not in page


def test_a_version_that_is_not_in_force_is_not_affirmed(ada_reads: Client, version: Version, newer: Version) -> None:
    page = ada_reads.post(reverse("conduct:affirm", args=[version.since]), follow=True).content.decode()
    assert "Please read this one first." in page
    assert Affirmation.objects.count() == 0
    assert BUTTON not in ada_reads.get("/code/2024-01-01/").content.decode()


def test_a_new_version_asks_for_a_new_affirmation(ada_reads: Client, ada: User, version: Version, source: str) -> None:
    ada_reads.post(reverse("conduct:affirm", args=[version.since]))
    newer = load(source.replace("in_force = 2024-01-01", "in_force = 2025-01-01")).version
    assert BUTTON in ada_reads.get("/code/").content.decode()
    ada_reads.post(reverse("conduct:affirm", args=[newer.since]))
    assert Affirmation.objects.filter(user=ada).count() == 2


def test_a_stranger_is_asked_to_log_in_before_affirming(client: Client, version: Version) -> None:
    answer = client.post(reverse("conduct:affirm", args=[version.since]))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{reverse('accounts:login')}?next=/code/2024-01-01/affirm/"
    assert Affirmation.objects.count() == 0


def test_the_wrong_method_is_refused(ada_reads: Client, version: Version) -> None:
    assert ada_reads.post("/code/").status_code == 405
    assert ada_reads.post("/code/2024-01-01/").status_code == 405
    assert ada_reads.get("/code/2024-01-01/affirm/").status_code == 405


def test_an_affirmation_of_a_text_that_never_was_is_not_found(ada_reads: Client, version: Version) -> None:
    assert ada_reads.post("/code/2020-01-01/affirm/").status_code == 404
