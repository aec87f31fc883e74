"""Drafts that are not filed: destroyed by their writer, or by the clock when nobody touches them any longer."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions import rooms
from grievances.actions.gate import hold
from grievances.actions.intake import draft_of
from grievances.deadlines import DRAFT_DAYS
from grievances.events import Event
from grievances.exceptions import NotOpen
from grievances.models import Case, Pseudonym
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
    return touched + dt.timedelta(days=DRAFT_DAYS)


def untouched() -> list[Case]:
    """Return the drafts whose last day is over."""
    today = timezone.localdate()
    # Saving does not move a draft, so that its first day only narrows the search.
    old = Case.objects.filter(stage=Stage.DRAFT, begun_on__lt=today - dt.timedelta(days=DRAFT_DAYS)).order_by("pk")
    return [case for case in old if kept_until(case) < today]


@transaction.atomic
def expire(case: Case) -> bool:
    """Destroy a draft whose last day is over; returns whether it was still a draft and still untouched."""
    held = hold(case)
    if held.stage != Stage.DRAFT or kept_until(held) >= timezone.localdate():
        return False
    _destroy(held)
    return True


def _destroy(draft: Case, actor: str = "") -> None:
    """Destroy a draft, in every backup too, and the case it would have become."""
    for room in draft.rooms.filter(kind=RoomKind.DRAFT, destroyed_at=None):
        rooms.destroy(room)
    record(draft.chain, Event.DISCARDED, actor=actor)
    draft.delete()
