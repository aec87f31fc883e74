from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from caracol.accounts.models import User
from caracol.ledger import triggers
from caracol.ledger.chain import Tampered, entries
from grievances.models import Release, ReleaseCell, Tally
from grievances.statistics import releases
from grievances.statistics.disclosure import Published
from grievances.statistics.periods import Half, written
from grievances.statistics.releases import NotReleasable, TooFew
from grievances.statistics.sheets import digest_of
from grievances.statistics.tables import OF_MATTERS, OUTCOME, UNPUBLISHED
from tests.grievances.statistics.made import FEW, FIRST, SECOND, USUAL, Counts, store

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

NOW = Half.of(timezone.localdate())


def released(half: Half, counts: Counts = USUAL) -> Published:
    store(half, counts)
    ready = releases.prepare(half)
    releases.freeze(ready)
    return ready


def test_a_release_is_stored_with_its_hash_and_stated_in_the_ledger() -> None:
    ready = released(FIRST)
    assert [(each.published, each.digest) for each in releases.frozen()] == [(ready, digest_of(ready))]
    told = entries(releases.CHAIN, releases.FROZEN)
    assert [entry.details for entry in told] == [
        {"release": "2024-H1", "period": "2024-H1", "threshold": 5, "digest": digest_of(ready)}
    ]


def test_freezing_destroys_what_was_counted_and_no_other_half_year() -> None:
    store(SECOND, FEW)
    released(FIRST)
    assert set(Tally.objects.values_list("half", flat=True)) == {str(SECOND)}


def test_what_is_hidden_stands_nowhere_once_it_is_frozen() -> None:
    released(FIRST)
    hidden = ReleaseCell.objects.filter(status="hidden")
    assert hidden.count() > 10
    assert set(hidden.values_list("count", flat=True)) == {None}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE grievances_release SET digest = 'x'",
        "UPDATE grievances_releasecell SET count = 25 WHERE status = 'hidden'",
        "UPDATE grievances_releasecell SET count = 25, status = 'shown'",
        "DELETE FROM grievances_releasecell",
        "DELETE FROM grievances_release",
    ],
)
def test_the_database_refuses_to_change_a_release(statement: str) -> None:
    released(FIRST)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert len(releases.frozen()) == 1


def test_sqlite_refuses_to_replace_one() -> None:
    if connection.vendor != "sqlite":
        return
    released(FIRST)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO grievances_release SELECT * FROM grievances_release")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE grievances_releasecell SET count = 25 WHERE status = 'shown'",
        "UPDATE grievances_release SET threshold = 10",
        "UPDATE grievances_release SET period = '2023-H2/2024-H1'",
        "DELETE FROM grievances_releasecell WHERE place = 2",
    ],
)
def test_a_release_changed_behind_the_triggers_is_believed_no_more(change: str) -> None:
    released(FIRST)
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(change)
    with pytest.raises(Tampered):
        releases.frozen()


def test_a_release_taken_out_of_the_database_is_missed() -> None:
    released(FIRST)
    triggers.remove(connection)
    ReleaseCell.objects.all().delete()
    Release.objects.all().delete()
    with pytest.raises(Tampered):
        releases.frozen()


def test_a_release_taken_out_of_the_database_and_of_the_ledger_is_missed_too() -> None:
    for half in (FIRST, SECOND):
        released(half)
    triggers.remove(connection)
    ReleaseCell.objects.filter(release__name="2024-H1").delete()
    Release.objects.filter(name="2024-H1").delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE event = %s AND facts LIKE %s", [releases.FROZEN, "%2024-H1%"])
    with pytest.raises(Tampered):
        releases.frozen()


# Which periods


@pytest.mark.parametrize(
    "typed", ["2024", "2024-H3", "H1-2024", "2024-h1", "1999-H1", "2024-H1/2024-H2", "", "２０２４-H1"]
)
def test_a_period_in_another_form_is_refused(typed: str) -> None:
    with pytest.raises(NotReleasable, match="is not a period"):
        releases.read_half(typed)


def test_a_period_that_has_not_ended_is_refused() -> None:
    with pytest.raises(NotReleasable, match=f"{NOW} has not ended"):
        releases.draft(NOW)


@pytest.mark.parametrize(("days", "old_enough"), [(60, False), (61, True)])
def test_a_period_is_released_sixty_days_after_its_end(
    monkeypatch: pytest.MonkeyPatch, days: int, *, old_enough: bool
) -> None:
    store(FIRST, USUAL)
    monkeypatch.setattr(timezone, "localdate", lambda: FIRST.ends + dt.timedelta(days=days))
    if old_enough:
        assert releases.draft(FIRST).name == "2024-H1"
    else:
        with pytest.raises(NotReleasable, match="not old enough"):
            releases.draft(FIRST)


def test_a_period_is_released_once() -> None:
    released(FIRST)
    with pytest.raises(NotReleasable, match="already released"):
        releases.draft(FIRST)


def test_a_period_that_a_release_counts_is_refused() -> None:
    store(FIRST, FEW)
    released(SECOND)
    with pytest.raises(NotReleasable, match="overlaps the release of 2024-H1/2024-H2"):
        releases.draft(FIRST)


def test_a_period_before_everything_released_is_refused() -> None:
    released(SECOND)
    with pytest.raises(NotReleasable, match="lies before"):
        releases.draft(FIRST)


def test_a_period_waits_for_the_one_before_it() -> None:
    store(FIRST, USUAL)
    store(SECOND, USUAL)
    with pytest.raises(NotReleasable, match="First 2024-H1"):
        releases.draft(SECOND)


# Too few


def test_a_period_with_nine_matters_is_held_and_one_with_ten_is_not() -> None:
    nine: Counts = {table: {UNPUBLISHED: 9} for table in OF_MATTERS}
    store(FIRST, nine)
    with pytest.raises(TooFew, match="fewer than ten matters"):
        releases.draft(FIRST)
    store(FIRST, {table: {UNPUBLISHED: 1} for table in OF_MATTERS})
    assert releases.draft(FIRST).name == "2024-H1"


def test_a_held_period_is_replaced_by_the_combined_one() -> None:
    store(FIRST, {**FEW, OUTCOME: {"withdrawn": 4}})
    store(SECOND, {**FEW, OUTCOME: {"withdrawn": 6}})
    ready = releases.draft(SECOND)
    assert (ready.name, written(ready.halves)) == ("2024-H2", "2024-H1/2024-H2")
    assert [cell.count for cell in ready.cells if cell.category == "withdrawn"] == [10]


def test_one_reporter_is_one_through_all_the_half_years_that_are_combined() -> None:
    store(FIRST, {**FEW, OUTCOME: {"withdrawn": 4}}, people=4)
    store(SECOND, {**FEW, OUTCOME: {"withdrawn": 8}}, people=4)
    assert [cell.count for cell in releases.draft(SECOND).cells if cell.category == "withdrawn"] == [None]


def test_a_half_year_without_any_matter_is_carried_too() -> None:
    released(FIRST)
    store(Half(2025, 1), USUAL)
    assert written(releases.draft(Half(2025, 1)).halves) == "2024-H2/2025-H1"


def test_the_first_period_begins_with_the_site_and_not_with_the_first_closing() -> None:
    User.objects.create(joined_on=dt.date(2023, 8, 1), public_box=b"", public_sign=b"", locked_keys=b"",
                        unlock_salt=b"", unlock_passes=1, unlock_kibibytes=8)  # fmt: skip
    store(FIRST, USUAL)
    assert written(releases.draft(FIRST).halves) == "2023-H2/2024-H1"


# The threshold


def test_a_threshold_that_was_raised_is_never_lowered(settings: Settings) -> None:
    settings.STATISTICS_THRESHOLD = 10
    assert released(FIRST).threshold == 10
    settings.STATISTICS_THRESHOLD = 5
    store(SECOND, USUAL)
    with pytest.raises(NotReleasable, match="can only be raised: numbers were released with 10"):
        releases.draft(SECOND)


# Preparing


def test_preparing_again_records_nothing_more() -> None:
    store(FIRST, USUAL)
    releases.prepare(FIRST)
    releases.prepare(FIRST)
    assert len(entries(releases.CHAIN, releases.PREPARED)) == 1


def test_the_ledger_says_on_which_day_and_nothing_that_is_hidden() -> None:
    store(FIRST, USUAL)
    ready = releases.prepare(FIRST)
    (told,) = entries(releases.CHAIN, releases.PREPARED)
    assert told.details == {"release": "2024-H1", "period": "2024-H1", "digest": digest_of(ready)}
    assert timezone.localtime(told.at).time() == dt.time(0)


def test_the_hash_is_the_same_whatever_is_hidden_behind_it() -> None:
    store(FIRST, USUAL)
    before = digest_of(releases.draft(FIRST))
    store(FIRST, {OUTCOME: {"broken": 4, "national": 2}})
    assert digest_of(releases.draft(FIRST)) == before


def test_what_is_due_are_the_old_half_years_that_no_release_counts() -> None:
    store(FIRST, FEW)
    due = releases.due()
    assert due[:2] == [FIRST, SECOND]
    assert all(timezone.localdate() > half.ends + dt.timedelta(days=60) for half in due)
    released(SECOND)
    assert releases.due() == due[2:]
