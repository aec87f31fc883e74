"""Accounts of people without membership: they end with what they were made for, or when nobody uses them any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError

from caracol.accounts import people
from caracol.accounts.models import User
from caracol.accounts.receipts import unused_since
from grievances.models import Kept, Seat
from grievances.retention import after, days
from grievances.workflow import Stage


def ending(until: dt.date) -> list[tuple[int, dt.date]]:
    """Return the ids of the receipts' accounts that end up to a day, and their days; none that sits in an open case."""
    open_seats = Seat.objects.filter(user=OuterRef("pk"), left_at=None).exclude(case__stage=Stage.CLOSED)
    last = until - dt.timedelta(days=days(Kept.RECEIPT))
    found = unused_since(last).filter(~Exists(open_seats)).order_by("pk")
    return [(user.pk, after(Kept.RECEIPT, user.used_on or user.joined_on)) for user in found]


@transaction.atomic
def close_unused(pk: int) -> bool:
    """Close a receipt's account that nobody used for long, and delete it where no case knows it; returns whether."""
    user = User.objects.get(pk=pk)
    if not people.close(user):
        return False
    forget([user])
    return True


def forget(guests: Iterable[User]) -> None:
    """Delete the accounts of those guests who sit in no case any more."""
    for guest in guests:
        if guest.is_guest and not Seat.objects.filter(user=guest).exists():
            _delete(guest)


def _delete(guest: User) -> None:
    try:
        with transaction.atomic():
            guest.delete()
    except ProtectedError:
        # Something else still says that this was they: then the account only stays closed.
        people.close(guest)
