"""
Counting: what a matter counts as is settled once, when its case first closes, and kept without the case.

Whatever happens to the case afterwards (it is opened again, closed otherwise, withdrawn, expunged) changes nothing in
the count. Only plain columns are read; no key is needed, and none is at hand.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from random import SystemRandom

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from caracol.accounts.models import Kind, User
from grievances.models import Case, Citation, Clock, Outcome, Seat, Tally, Uncounted
from grievances.statistics.periods import Half
from grievances.statistics.tables import (
    ACKNOWLEDGED,
    ARTICLE,
    BY_NAME,
    DURATION,
    OF_MATTERS,
    OUTCOME,
    UNPUBLISHED,
    Table,
)

# In which category each closing counts; what is not named here falls into the one that is never published.
ENDED: Mapping[str, str] = {
    Outcome.RESOLVED: "resolved",
    Outcome.AMENDS_KEPT: "amends_kept",
    Outcome.BROKEN: "broken",
    Outcome.NO_AGREEMENT: "no_agreement",
    Outcome.NATIONAL: "national",
    Outcome.NOT_FILED: "national",
    Outcome.REDIRECTED: "redirected",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.RECORDED: "recorded_or_advised",
    Outcome.ADVISED: "recorded_or_advised",
}
SHORT_DAYS, MIDDLE_DAYS = 30, 90


def tally(table: Table, category: str, *, reporter: User, half: Half | None = None) -> None:
    """
    Count one matter of somebody's in a table, in the half-year that is now.

    Raises ValueError for a table or a category that there is not.
    """
    if BY_NAME.get(table.name) is not table or category not in (*table.categories, UNPUBLISHED):
        raise ValueError(category)
    now = half or Half.of(timezone.localdate())
    Tally.objects.create(half=str(now), table=table.name, category=category, mark=mark_of(reporter, table))


def count_matter(case: Case, *, half: Half | None = None) -> None:
    """Count a case that has just closed for the first time (or in `half`): once in each table of matters."""
    count_matters({case: half or Half.of(timezone.localdate())})


def count_matters(closed: Mapping[Case, Half]) -> None:
    """Count cases, each once in each table of matters, in the half-year beside it. Five queries for all."""
    reporters = dict(Seat.objects.filter(case__in=closed, reporter=True).values_list("case_id", "user_id"))
    users = User.objects.in_bulk(set(reporters.values()))
    left_out = set(Uncounted.objects.filter(case__in=closed).values_list("case_id", "table"))
    counts = what_they_count_as(closed)
    Tally.objects.bulk_create(
        Tally(
            half=str(half),
            table=table.name,
            category=UNPUBLISHED if (case.pk, table.name) in left_out else counts[case.pk][table.name],
            mark=mark_of(users[reporters[case.pk]], table),
        )
        for case, half in closed.items()
        for table in OF_MATTERS
    )


def what_it_counts_as(case: Case) -> dict[str, str]:
    """Return the category of a closed case in each table of matters."""
    return what_they_count_as([case])[case.pk]


def what_they_count_as(cases: Collection[Case]) -> dict[int, dict[str, str]]:
    """Return the category of each closed case in each table of matters, by case id. Two queries for all."""
    acknowledging = Clock.objects.filter(case__in=cases, kind=Clock.Kind.ACKNOWLEDGE).order_by("-pk")
    clocks = {clock.case_id: clock for clock in acknowledging}
    cited = Citation.objects.filter(case__in=cases).select_related("clause").order_by("-pk")
    articles = {each.case_id: each.clause.article for each in cited}
    return {
        case.pk: {
            OUTCOME.name: ENDED.get(case.outcome, UNPUBLISHED),
            ARTICLE.name: _article(articles.get(case.pk)),
            ACKNOWLEDGED.name: _acknowledged(case, clocks.get(case.pk)),
            DURATION.name: _duration(case),
        }
        for case in cases
    }


def mark_of(reporter: User, table: Table) -> str:
    """
    Return what tells this reporter's matters from others' in one table, by a key outside the database.

    All who came with a receipt have the same mark: nobody knows whether they are several people or one.
    """
    who = "receipt" if reporter.kind == Kind.RECEIPT else reporter.handle
    key = hmac.digest(settings.LEDGER_KEY.encode(), b"caracol statistics mark\x01", "sha256")
    return hmac.digest(key, f"{table.name} {who}".encode(), "sha256").hex()


def _article(first: int | None) -> str:
    category = f"article_{first}"
    return category if category in ARTICLE.categories else UNPUBLISHED


def _acknowledged(case: Case, clock: Clock | None) -> str:
    if clock is None or case.closed_at is None:
        return UNPUBLISHED
    if case.acknowledged_at is None:
        return "late" if timezone.localdate(case.closed_at) > clock.due_on else UNPUBLISHED
    return "in_time" if timezone.localdate(case.acknowledged_at) <= clock.due_on else "late"


def _duration(case: Case) -> str:
    if case.filed_at is None or case.closed_at is None:
        return UNPUBLISHED
    days = (timezone.localdate(case.closed_at) - timezone.localdate(case.filed_at)).days
    if days <= SHORT_DAYS:
        return "to_30_days"
    return "to_90_days" if days <= MIDDLE_DAYS else "over_90_days"


@transaction.atomic
def stir() -> None:
    """Write all tallies anew, at once and shuffled: then the database does not keep either which came together."""
    found = list(Tally.objects.select_for_update())
    Tally.objects.filter(pk__in=[each.pk for each in found]).delete()
    SystemRandom().shuffle(found)
    Tally.objects.bulk_create(
        Tally(half=each.half, table=each.table, category=each.category, mark=each.mark) for each in found
    )
