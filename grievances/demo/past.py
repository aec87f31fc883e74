"""What was before the demo: three half-years of made-up matters, released by the real way, for steering to look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from random import Random

from django.utils import timezone

from grievances.actions.releases import approve
from grievances.demo.cast import Cast
from grievances.models import Tally
from grievances.statistics import releases
from grievances.statistics.disclosure import Tallied
from grievances.statistics.periods import Half
from grievances.statistics.sheets import digest_of
from grievances.statistics.tables import (
    ACKNOWLEDGED,
    ARTICLE,
    CLEAR,
    CONVERSATIONS,
    DURATION,
    HEARD,
    OUTCOME,
    SURVEY,
    UNPUBLISHED,
    Table,
)

# How often each category comes up, of a hundred; what is left is never published.
OFTEN: Mapping[Table, Mapping[str, int]] = {
    OUTCOME: {
        "resolved": 24, "amends_kept": 16, "broken": 4, "no_agreement": 9,
        "national": 5, "redirected": 11, "withdrawn": 15, "recorded_or_advised": 12,
    },
    ARTICLE: {
        "article_1": 7, "article_2": 24, "article_3": 16, "article_4": 5,
        "article_5": 33, "article_6": 8, "article_7": 4,
    },
    ACKNOWLEDGED: {"in_time": 81, "late": 14},
    DURATION: {"to_30_days": 34, "to_90_days": 43, "over_90_days": 20},
    CONVERSATIONS: {"recorded": 96},
    SURVEY: {"fair": 52, "partly_fair": 27, "unfair": 11},
    HEARD: {"heard": 61, "partly_heard": 22, "not_heard": 8},
    CLEAR: {"clear": 55, "partly_clear": 24, "not_clear": 12},
}  # fmt: skip
MATTERS, REPORTERS, SEED = (48, 31, 64), 60, 7


def release_it(cast: Cast) -> None:
    """Have the last three half-years that are old enough counted, prepared, approved by two and frozen."""
    random = Random(SEED)  # noqa: S311 - numbers made up for a demo
    last = _last_that_is_old_enough()
    halves = _before(_before(last)).until(last)
    for half, matters in zip(halves, MATTERS, strict=True):
        counted = made_up(matters, random)
        Tally.objects.bulk_create(
            Tally(half=str(half), table=each.table, category=each.category, mark=each.mark) for each in counted
        )
        digest = digest_of(releases.prepare(half))
        for login in ("mediator", "intake"):
            approve(digest, by=cast[login].user)


def made_up(matters: int, random: Random) -> Iterator[Tallied]:
    """Yield so many matters in every table, of people of whom some come more often than others."""
    for table, often in OFTEN.items():
        kinds, weights = [*often, UNPUBLISHED], [*often.values(), 100 - sum(often.values())]
        for category in random.choices(kinds, weights, k=matters):
            yield Tallied(table.name, category, f"made up {random.randrange(REPORTERS)}")


def _last_that_is_old_enough() -> Half:
    old_enough = timezone.localdate() - dt.timedelta(days=releases.DAYS_AFTER)
    return _before(Half.of(old_enough))


def _before(half: Half) -> Half:
    return Half.of(half.begins - dt.timedelta(days=1))
