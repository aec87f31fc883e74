from __future__ import annotations

import logging

import pytest

from caracol.accounts import people, roles
from caracol.accounts.models import SiteRole
from caracol.ledger.chain import entries, first_fault
from grievances.actions import releases as approving
from grievances.exceptions import NotOpen, NotYours
from grievances.models import Tally
from grievances.statistics import releases
from grievances.statistics.auditor import Doubt
from grievances.statistics.sheets import digest_of
from tests.grievances.cast import Cast
from tests.grievances.statistics.made import FEW, FIRST, SECOND, USUAL, store

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]


@pytest.fixture
def waits(cast: Cast) -> str:
    """The hash of a release that waits to be approved."""
    store(FIRST, USUAL)
    assert approving.prepare_due() == 1
    ready = approving.waiting()
    assert ready is not None
    return digest_of(ready)


def approve(cast: Cast, login: str, digest: str) -> bool:
    return approving.approve(digest, by=cast.user(login))


def test_two_people_release_it_and_one_does_not(cast: Cast, waits: str) -> None:
    assert not approve(cast, "mediator", waits)
    assert releases.frozen() == []
    assert approve(cast, "intake", waits)
    assert [each.digest for each in releases.frozen()] == [waits]
    assert approving.waiting() is None
    assert first_fault() is None


def test_nobody_approves_twice(cast: Cast, waits: str) -> None:
    approve(cast, "mediator", waits)
    with pytest.raises(NotOpen, match="It takes a second person"):
        approve(cast, "mediator", waits)
    assert releases.frozen() == []


@pytest.mark.parametrize("login", ["steering", "secretary", "member"])
def test_who_holds_another_role_does_not_approve(cast: Cast, waits: str, login: str) -> None:
    with pytest.raises(NotYours, match="mediators and those on intake duty"):
        approve(cast, login, waits)


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_a_mediator_who_runs_the_site_does_not_approve(cast: Cast, waits: str, power: str) -> None:
    user = cast.user("mediator")
    setattr(user, power, True)
    with pytest.raises(NotYours):
        approving.approve(waits, by=user)


def test_an_approval_counts_no_more_when_its_giver_lays_the_role_down(cast: Cast, waits: str) -> None:
    approve(cast, "mediator", waits)
    roles.end(SiteRole.MEDIATOR, of=cast.user("mediator"), by=cast.user("mediator"))
    assert not approve(cast, "mediator2", waits)
    assert approve(cast, "intake", waits)


def test_an_approval_counts_no_more_when_its_givers_account_is_closed(cast: Cast, waits: str) -> None:
    approve(cast, "mediator", waits)
    people.deactivate(cast.user("mediator"), by=cast.user("secretary"))
    assert not approve(cast, "mediator2", waits)


def test_what_was_approved_is_what_was_seen(cast: Cast, waits: str) -> None:
    with pytest.raises(NotOpen, match="not what you saw"):
        approve(cast, "mediator", "another hash")
    assert entries(releases.CHAIN, releases.APPROVED) == []


def test_numbers_changed_by_whoever_writes_to_the_database_do_not_wait_any_more(cast: Cast, waits: str) -> None:
    approve(cast, "mediator", waits)
    store(FIRST, USUAL)
    assert approving.waiting() is None
    with pytest.raises(NotOpen):
        approve(cast, "intake", waits)
    assert releases.frozen() == []


def test_approvals_of_other_numbers_do_not_count(cast: Cast, waits: str) -> None:
    approve(cast, "mediator", waits)
    store(FIRST, USUAL)
    approving.prepare_due()
    anew = approving.waiting()
    assert anew is not None
    assert not approve(cast, "intake", digest_of(anew))


def test_the_job_prepares_the_earliest_first_and_then_the_next(cast: Cast, waits: str) -> None:
    store(SECOND, USUAL)
    assert approving.prepare_due() == 1
    told = [entry.details["release"] for entry in entries(releases.CHAIN, releases.PREPARED)]
    assert told == ["2024-H1"]
    approve(cast, "mediator", waits)
    approve(cast, "intake", waits)
    assert approving.prepare_due() == 1
    ready = approving.waiting()
    assert ready is not None
    assert ready.name == "2024-H2"


def test_too_few_wait_for_nobody(cast: Cast) -> None:
    store(FIRST, FEW)
    assert approving.prepare_due() == 0
    assert approving.waiting() is None
    assert entries(releases.CHAIN) == []


def test_a_release_that_the_auditor_refuses_does_not_wait(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store(FIRST, USUAL)
    doubt = Doubt("2024-H1", "outcome", "broken", "it cannot be 3")
    monkeypatch.setattr(releases, "audit", lambda _releases: [doubt])
    with caplog.at_level(logging.ERROR):
        assert approving.prepare_due() == 0
    assert approving.waiting() is None
    assert "broken" not in caplog.text


def test_a_release_that_the_auditor_refuses_at_the_last_moment_is_not_frozen(
    cast: Cast, waits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(cast, "mediator", waits)
    doubt = Doubt("2024-H1", "outcome", "broken", "it cannot be 3")
    monkeypatch.setattr(releases, "audit", lambda _releases: [doubt])
    with pytest.raises(releases.GivesAway):
        approve(cast, "intake", waits)
    assert releases.frozen() == []
    assert Tally.objects.exists()


def test_the_job_shuffles_what_is_counted_and_loses_none(cast: Cast) -> None:
    store(FIRST, USUAL)
    rows = Tally.objects.order_by("table", "category", "mark").values_list("half", "table", "category", "mark")
    before, places = list(rows), set(Tally.objects.values_list("pk", flat=True))
    approving.prepare_due()
    assert list(rows.all()) == before
    assert not places & set(Tally.objects.values_list("pk", flat=True))


def test_who_may_approve_is_told_that_it_waits_until_they_did(cast: Cast, waits: str) -> None:
    assert [approving.waits_for(cast.user(login)) for login in ("mediator", "intake", "steering")] == [
        True,
        True,
        False,
    ]
    approve(cast, "mediator", waits)
    assert [approving.waits_for(cast.user(login)) for login in ("mediator", "intake")] == [False, True]
    approve(cast, "intake", waits)
    assert not approving.waits_for(cast.user("mediator2"))
