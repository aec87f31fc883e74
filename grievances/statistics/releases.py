"""
Releases: worked out from the tallies, proven by the auditor, and frozen, after which the tallies are destroyed.

What waits to be approved is not kept anywhere: it is worked out anew from tallies that cannot change any more, and the
ledger states its hash. A frozen release is believed where its rows agree with the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from caracol import moments
from caracol.ledger.chain import Tampered, entries, record
from caracol.ledger.models import Entry, Fact
from grievances.exceptions import Refused
from grievances.models import Answered, Release, ReleaseCell, Tally
from grievances.models.release import Status
from grievances.statistics.auditor import Doubt, audit
from grievances.statistics.disclosure import FEWEST_MATTERS, Cell, Counted, Published, protect_counts
from grievances.statistics.periods import Half, halves_in, written
from grievances.statistics.sheets import digest_of
from grievances.statistics.tables import OUTCOME

# Whatever is late in a half-year has reached the tallies long before.
DAYS_AFTER = 60
CHAIN = "statistics"
PREPARED = "statistics:release:prepared"
APPROVED = "statistics:release:approved"
FROZEN = "statistics:release:frozen"


class NotReleasable(Refused):
    """A period can't be released, or not yet; `reason` says why."""


class TooFew(NotReleasable):
    """A period has too few matters, and is carried into the next."""


class GivesAway(NotReleasable):
    """The auditor refused a release as a whole: `doubts` are what it would give away."""

    def __init__(self, doubts: list[Doubt]) -> None:
        super().__init__(_("The auditor refused this release: it could give away what it hides. Nothing was released."))
        self.doubts = doubts


@dataclass(frozen=True)
class Stored:
    """A frozen release, as it was published."""

    published: Published
    digest: str
    frozen_on: dt.date

    @property
    def name(self) -> str:
        """Return its name, that of its last half-year."""
        return self.published.name

    @property
    def period(self) -> str:
        """Return the half-years it covers."""
        return written(self.published.halves)


def read_half(text: str) -> Half:
    """Return the half-year that somebody typed. Raises NotReleasable."""
    try:
        return Half.read(text)
    except ValueError:
        wrong = _("“%(period)s” is not a period. Write a half-year, like 2026-H1 or 2026-H2.") % {"period": text[:40]}
        raise NotReleasable(wrong) from None


def frozen() -> list[Stored]:
    """
    Return every frozen release, the newest first, in three queries.

    Raises Tampered where one is not in the ledger as it stands in the database, or is missing from it.
    """
    stated = [entry.details for entry in _told(FROZEN)]
    found = [_stored(release) for release in Release.objects.prefetch_related("cells")]
    hashes = [each.digest for each in found[::-1]]
    if [_facts(each.published) for each in found[::-1]] != stated or hashes != [each["digest"] for each in stated]:
        raise Tampered(CHAIN, 0, "the releases are not as they were frozen")
    return found


def draft(half: Half) -> Published:
    """
    Return what the release that ends with this half-year would publish. Raises NotReleasable, in words that say why.

    Held half-years just before it are part of it: the combined period replaces them and is never added to them.
    """
    _check_time(half)
    before = frozen()
    _check_unreleased(half, before)
    halves = _halves_up_to(half, before)
    matters, held = _matters(halves), 0
    for each in halves[:-1]:
        held += matters[str(each)]
        if held >= FEWEST_MATTERS:
            raise NotReleasable(_("First %(period)s is to be released.") % {"period": each})
    if matters.total() < FEWEST_MATTERS:
        carried = _("In %(period)s fewer than ten matters were closed. They are carried into the next half-year.")
        raise TooFew(carried % {"period": written(halves)})
    threshold = _threshold(before)
    return Published(str(half), halves, threshold, protect_counts(counted_in(halves), threshold))


def prove(release: Published) -> None:
    """Have the auditor attack a release together with all that were frozen before. Raises GivesAway."""
    doubts = audit([*(each.published for each in frozen()), release])
    if doubts:
        raise GivesAway(doubts)


def prepare(half: Half) -> Published:
    """Prove a release and let the ledger say that it waits, once for the same numbers. Raises NotReleasable."""
    ready = draft(half)
    digest = digest_of(ready)
    if not is_prepared(ready):
        prove(ready)
        _note(PREPARED, release=ready.name, period=written(ready.halves), digest=digest)
    return ready


def is_prepared(release: Published) -> bool:
    """Return whether the ledger says that these very numbers wait to be approved."""
    return bool(_said(PREPARED, release))


def approvers(release: Published) -> set[str]:
    """Return the handles of those who approved these very numbers, as the ledger has them."""
    return {entry.actor for entry in _said(APPROVED, release)}


def last_prepared() -> set[str] | None:
    """Return who approved the numbers that were prepared last, by their handles; None where these are frozen."""
    digests: dict[str, set[str]] = {}
    for entry in _told(PREPARED, APPROVED, FROZEN):
        digest = str(entry.details["digest"])
        if entry.event == FROZEN:
            digests.clear()
        elif entry.event == PREPARED:
            digests = {digest: set()}
        elif digest in digests:
            digests[digest].add(entry.actor)
    return next(iter(digests.values()), None)


def approved(release: Published, handle: str) -> None:
    """Let the ledger say that somebody approved these numbers."""
    _note(APPROVED, actor=handle, release=release.name, digest=digest_of(release))


def _note(event: str, *, actor: str = "", **facts: Fact) -> None:
    """Let the ledger say something of a release; on which day, and not at what hour."""
    with moments.by_the_day():
        record(CHAIN, event, actor=actor, **facts)


@transaction.atomic
def freeze(release: Published) -> None:
    """Freeze a release for good and destroy the tallies behind it. Raises GivesAway."""
    prove(release)
    row = Release.objects.create(
        name=release.name,
        period=written(release.halves),
        threshold=release.threshold,
        frozen_on=timezone.localdate(),
        digest=digest_of(release),
    )
    ReleaseCell.objects.bulk_create(
        ReleaseCell(
            release=row, place=place, table=cell.table, category=cell.category, count=cell.count, status=cell.status
        )
        for place, cell in enumerate(release.cells, start=1)
    )
    threshold, period, digest = release.threshold, row.period, row.digest
    _note(FROZEN, release=release.name, period=period, threshold=threshold, digest=digest)
    halves = [str(half) for half in release.halves]
    Tally.objects.filter(half__in=halves).delete()
    Answered.objects.filter(half__in=halves).delete()


def due() -> list[Half]:
    """Return the half-years that are old enough and not released yet, the earliest first."""
    today = timezone.localdate()
    halves = _halves_up_to(Half.of(today), frozen())
    return [half for half in halves if today > half.ends + dt.timedelta(days=DAYS_AFTER)]


def _facts(release: Published) -> dict[str, object]:
    """Return what the ledger states of a frozen release."""
    period = written(release.halves)
    return {"release": release.name, "period": period, "threshold": release.threshold, "digest": digest_of(release)}


def _said(event: str, release: Published) -> list[Entry]:
    digest = digest_of(release)
    told = [entry for entry in _told(event) if entry.details["digest"] == digest]
    return [entry for entry in told if entry.details["release"] == release.name]


def _told(*events: str) -> list[Entry]:
    """Return what the ledger says of releases, its chain read whole, so that a gap in it shows. Raises Tampered."""
    return [entry for entry in entries(CHAIN) if entry.event in events]


def _stored(release: Release) -> Stored:
    cells = tuple(
        Cell(cell.table, cell.category, Status(cell.status), cell.count)
        for cell in sorted(release.cells.all(), key=lambda cell: cell.place)
    )
    published = Published(release.name, halves_in(release.period), release.threshold, cells)
    return Stored(published, release.digest, release.frozen_on)


def _check_time(half: Half) -> None:
    today = timezone.localdate()
    if today <= half.ends:
        ends = {"period": half, "day": date_format(half.ends)}
        raise NotReleasable(_("%(period)s has not ended: its last day is %(day)s.") % ends)
    ready = half.ends + dt.timedelta(days=DAYS_AFTER)
    if today <= ready:
        waits = {"period": half, "days": DAYS_AFTER, "day": date_format(ready)}
        raise NotReleasable(
            _("%(period)s is not old enough: a release is made %(days)d days after its end, after %(day)s.") % waits
        )


def _check_unreleased(half: Half, before: Iterable[Stored]) -> None:
    for each in before:
        if each.name == str(half):
            raise NotReleasable(_("%(period)s is already released, and stays as it is.") % {"period": half})
        if half in each.published.halves:
            covers = {"period": half, "release": each.period}
            raise NotReleasable(_("%(period)s overlaps the release of %(release)s, which counts it.") % covers)
        if half < each.published.halves[0]:
            later = {"period": half, "release": each.period}
            raise NotReleasable(_("%(period)s lies before %(release)s, which is released.") % later)


def _halves_up_to(half: Half, before: list[Stored]) -> tuple[Half, ...]:
    first = before[0].published.halves[-1].next if before else _first_half(half)
    return first.until(half)


def _first_half(half: Half) -> Half:
    """
    Return the half-year in which the site began, at most `half`.

    It is that of the first account, which everybody may know: that of the first closing would tell of a closing.
    """
    joined = get_user_model().objects.aggregate(first=Min("joined_on"))["first"]
    tallied = Tally.objects.aggregate(first=Min("half"))["first"]
    begun = [Half.of(joined)] if joined else []
    return min([half, *begun, *([Half.read(tallied)] if tallied else [])])


def counted_in(halves: Iterable[Half]) -> dict[tuple[str, str], Counted]:
    """Return what was counted in these half-years together, by table and category: by the database, in one query."""
    tallies = Tally.objects.filter(half__in=[str(half) for half in halves]).values_list("table", "category")
    counted = tallies.annotate(matters=Count("*"), reporters=Count("mark", distinct=True))
    return {(table, category): Counted(matters, reporters) for table, category, matters, reporters in counted}


def _matters(halves: Iterable[Half]) -> Counter[str]:
    counted = Tally.objects.filter(half__in=[str(half) for half in halves], table=OUTCOME.name)
    return Counter(dict(counted.values_list("half").annotate(matters=Count("*"))))


def _threshold(before: Iterable[Stored]) -> int:
    highest = max((each.published.threshold for each in before), default=0)
    if highest > settings.STATISTICS_THRESHOLD:
        raise NotReleasable(
            _("The threshold can only be raised: numbers were released with %(highest)d.") % {"highest": highest}
        )
    return int(settings.STATISTICS_THRESHOLD)
