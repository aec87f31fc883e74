"""
Expunging: what has reached its day is destroyed, in every backup too, one thing at a time.

A worker holds no key and needs none. Each thing goes in a transaction of its own, and what it was sealed with after
it; a worker that is stopped midway leaves the rest, and the orders in the outboxes, to the next run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from caracol.accounts import invitations
from caracol.accounts.models import Invitation, Kind, User
from caracol.ledger.chain import record
from caracol.vault import keystore
from grievances.actions import conversations, drafts, guests, holds, rooms, shelf
from grievances.actions.holding import hold
from grievances.actions.jobs import each
from grievances.deadlines import today
from grievances.events import Event
from grievances.models import (
    Case,
    Deletion,
    Designation,
    EntryKind,
    Hold,
    Kept,
    Pseudonym,
    Room,
    SealedFile,
    Seat,
    SeatOffer,
)
from grievances.models.case import new_token
from grievances.retention import after, settle
from grievances.rooms import RoomKind
from grievances.workflow import Stage

# After so many, the keys and the files of those that went are destroyed: on PostgreSQL each time rewrites the table.
AT_ONCE = 200
# Beside the kinds of rooms, what a case held.
FILES = "files"
Days = list[tuple[int, dt.date]]


def planned(until: dt.date) -> Counter[tuple[Kept, dt.date]]:
    """Return how many things of each kind go on each day up to `until`: numbers, kinds and days alone."""
    return Counter((kind, day) for kind, sort in SORTS.items() for _pk, day in sort.due(until))


def expunge() -> Counter[Kept]:
    """Destroy everything whose day has come; returns how many of each kind went. Safe to repeat, and to be stopped."""
    gone = Counter[Kept]()
    holds.lapse()
    each(Case.objects.filter(stage=Stage.CLOSED, expunge_on=None).order_by("pk"), _date)
    for kind, sort in SORTS.items():
        due = [pk for pk, _day in sort.due(today())]
        for start in range(0, len(due), AT_ONCE):
            gone[kind] += each(due[start : start + AT_ONCE], sort.do)
            clear()
    clear()
    return +gone


@transaction.atomic
def expunge_case(pk: int) -> bool:
    """
    Destroy a closed case whose day has come, with every room, file and name in it; returns whether it was still due.

    What stays: the numbers it was counted in, its codename, so that it is never given again, and the ledger's rows,
    which name nobody any more. Its parties are told that it was destroyed.
    """
    case = _held(pk)
    if case is None:
        return False
    kinds = _order_all(case)
    _tell_parties(case, kinds)
    leaving = list(User.objects.filter(_ends_with_its_case(), pk__in=case.seats.values("user_id")))
    Pseudonym.objects.filter(chain=case.chain).delete()
    # Before those whom they stand by.
    Seat.objects.filter(case=case, support=True).delete()
    case.delete()
    guests.forget(leaving)
    return True


@transaction.atomic
def _date(case: Case) -> bool:
    """Give its day to a case that closed before there were any."""
    settle(hold(case))
    return True


def _held(pk: int) -> Case | None:
    """Return a case that is closed and whose day has come, held until the transaction ends."""
    found = _cases(today()).filter(pk=pk).first()
    held = hold(found) if found else None
    return _cases(today()).filter(pk=pk).first() if held else None


def _order_all(case: Case) -> list[str]:
    """Order that everything is destroyed which opens a case's rooms, and its files; return what kinds of things."""
    standing = list(case.rooms.filter(destroyed_at=None))
    offers = case.offers.filter(state=SeatOffer.State.OPEN).values_list("token", flat=True)
    lying = SealedFile.objects.filter(room__case=case)
    keystore.order_destruction(*(room.token for room in standing), *offers, *lying.values_list("token", flat=True))
    files = lying.update(room=None)
    return sorted({room.kind for room in standing} | ({FILES} if files else set()))


def _ends_with_its_case() -> Q:
    return Q(kind=Kind.SEAT) | Q(kind=Kind.RECEIPT, is_active=False)


def _tell_parties(case: Case, kinds: list[str]) -> None:
    """Leave word, for each party that has an account to come back to, with a number that the ledger knows hashed."""
    day = today()
    parties = case.seats.filter(left_at=None, mediator=False, intake=False).exclude(user__kind=Kind.SEAT)
    told = [
        Deletion(
            user_id=seat.user_id,
            number=new_token(),
            kinds=kinds,
            destroyed_on=day,
            expunge_on=after(Kept.DELETION, day),
        )
        for seat in parties
    ]
    Deletion.objects.bulk_create(told)
    record(case.chain, Event.EXPUNGED, kinds=kinds, told=sorted(hash_of(each.number) for each in told))


def hash_of(number: str) -> str:
    """Return how the ledger knows the number of a deletion: 64 hexadecimal digits."""
    return hashlib.sha256(number.encode()).hexdigest()


@transaction.atomic
def _expunge_room(pk: int) -> bool:
    room = _rooms(today()).filter(pk=pk).select_related("case").first()
    if room is None:
        return False
    rooms.hold_room(room)
    if not _rooms(today()).filter(pk=pk).exists():
        return False
    rooms.destroy(room)
    if room.case is None:
        Pseudonym.objects.filter(chain=room.chain).delete()
        Designation.objects.filter(case=None, of=room.token).delete()
        room.delete()
    return True


@transaction.atomic
def _expunge_file(pk: int) -> bool:
    file = _files(today()).filter(pk=pk).select_related("room__case").first()
    if file is None or file.room is None:
        return False
    room = rooms.hold_room(file.room)
    if not _files(today()).filter(pk=pk).exists():
        return False
    room.entries.filter(token=file.token, kind=EntryKind.FILE).delete()
    shelf.give_up(SealedFile.objects.filter(pk=pk))
    record(room.chain, Event.FILE_EXPUNGED, entry=file.token)
    return True


def _expunge_invitation(pk: int) -> bool:
    return bool(Invitation.objects.filter(pk=pk).delete()[0])


def _expunge_deletion(pk: int) -> bool:
    return bool(Deletion.objects.filter(pk=pk).delete()[0])


def is_due(case: Case) -> bool:
    """Return whether the day of a closed case has come, and nothing holds it."""
    return _cases(today()).filter(pk=case.pk).exists()


def clear() -> None:
    """Destroy the keys and the files whose destruction was ordered."""
    keystore.run_destructions()
    shelf.clear_due()


def _cases(until: dt.date) -> QuerySet[Case]:
    return _free().filter(expunge_on__lte=until)


def _free() -> QuerySet[Case]:
    """Return the closed cases that nothing holds."""
    held = Hold.objects.filter(case=OuterRef("pk"), ended_at=None, review_on__gt=today()).exclude(confirmed_by=None)
    return Case.objects.filter(~Exists(held), stage=Stage.CLOSED)


def _rooms(until: dt.date) -> QuerySet[Room]:
    """Return the rooms that go before their case does, or have none."""
    in_reach = Q(case=None) | Q(case__in=_free())
    return Room.objects.filter(in_reach, destroyed_at=None, expunge_on__lte=until)


def _files(until: dt.date) -> QuerySet[SealedFile]:
    return SealedFile.objects.filter(room__case__in=_free(), expunge_on__lte=until)


def _deletions(until: dt.date) -> QuerySet[Deletion]:
    return Deletion.objects.filter(expunge_on__lte=until)


def _days(rows: QuerySet[Any]) -> Days:
    return list(rows.order_by("pk").values_list("pk", "expunge_on"))


def _of_rooms(kind: RoomKind) -> Callable[[dt.date], Days]:
    return lambda until: _days(_rooms(until).filter(kind=kind))


def _invitations(until: dt.date) -> Days:
    found: Iterable[tuple[int, dt.datetime]] = invitations.ended(until).values_list("pk", "expires_at")
    return [(pk, timezone.localdate(at)) for pk, at in found]


@dataclass(frozen=True)
class Sort:
    """One kind: which rows go up to a day, each with its own day, and what destroys one of them."""

    due: Callable[[dt.date], Days]
    do: Callable[[int], bool]


SORTS: dict[Kept, Sort] = {
    Kept.CASE: Sort(lambda until: _days(_cases(until)), expunge_case),
    Kept.TABLE: Sort(_of_rooms(RoomKind.TABLE), _expunge_room),
    Kept.PACKET: Sort(_of_rooms(RoomKind.PACKET), _expunge_room),
    Kept.AGENDA: Sort(_of_rooms(RoomKind.AGENDA), _expunge_room),
    Kept.EVIDENCE: Sort(lambda until: _days(_files(until)), _expunge_file),
    Kept.CONVERSATION: Sort(conversations.ending, conversations.expire_one),
    Kept.DRAFT: Sort(drafts.ending, drafts.expire_one),
    Kept.RECEIPT: Sort(guests.ending, guests.close_unused),
    Kept.INVITATION: Sort(_invitations, _expunge_invitation),
    Kept.DELETION: Sort(lambda until: _days(_deletions(until)), _expunge_deletion),
}
