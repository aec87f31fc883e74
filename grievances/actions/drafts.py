"""Drafts that are not filed: destroyed by their writer, or by the clock when nobody touches them any longer."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions import rooms
from grievances.actions.holding import hold
from grievances.actions.intake import draft_of
from grievances.actions.jobs import each
from grievances.events import Event
from grievances.exceptions import NotOpen
from grievances.models import Case, Entry, EntryKind, Kept, Pseudonym
from grievances.retention import days
from grievances.rooms import RoomKind
from grievances.workflow import Stage


@transaction.atomic
def discard(case: Case, *, by: Actor) -> None:
    """Destroy a draft and all that was written in it. Raises NotOpen once the concern is filed."""
    case = hold(case)
    if case.stage != Stage.DRAFT:
        raise NotOpen(_("This concern has been filed. To end it, withdraw it."), "5.6")
    _destroy(case, Pseudonym.of(case.chain, by.user))


def kept_until(case: Case) -> dt.date:
    """Return the last day on which a draft stands, if nobody writes in it meanwhile."""
    last = draft_of(case)
    touched = timezone.localdate(last.written_at) if last else case.begun_on
    return touched + dt.timedelta(days=days(Kept.DRAFT))


def ending(until: dt.date) -> list[tuple[int, dt.date]]:
    """Return the drafts that go on a day up to `until`, the one after their last: their ids, and that day."""
    first = until - dt.timedelta(days=days(Kept.DRAFT))
    since = timezone.make_aware(dt.datetime.combine(first, dt.time()))
    # Saving does not move a draft, so that its first day only narrows the search.
    old = Case.objects.filter(stage=Stage.DRAFT, begun_on__lt=first)
    written = Entry.objects.filter(room__case=OuterRef("pk"), room__kind=RoomKind.DRAFT, kind=EntryKind.DRAFT)
    untouched = old.exclude(Exists(written.filter(room__destroyed_at=None, written_at__gte=since))).order_by("pk")
    return [(case.pk, kept_until(case) + dt.timedelta(days=1)) for case in untouched]


def expire() -> int:
    """Destroy the drafts whose last day is over; returns how many."""
    return each([pk for pk, _day in ending(timezone.localdate())], expire_one)


@transaction.atomic
def expire_one(pk: int) -> bool:
    """Destroy a draft whose last day is over; returns whether it was still a draft and still untouched."""
    found = Case.objects.filter(pk=pk, stage=Stage.DRAFT).first()
    held = hold(found) if found else None
    if held is None or held.stage != Stage.DRAFT or kept_until(held) >= timezone.localdate():
        return False
    _destroy(held)
    return True


def _destroy(draft: Case, actor: str = "") -> None:
    """Destroy a draft, in every backup too, and the case it would have become."""
    for room in draft.rooms.filter(kind=RoomKind.DRAFT, destroyed_at=None):
        rooms.destroy(room)
    record(draft.chain, Event.DISCARDED, actor=actor)
    draft.delete()
