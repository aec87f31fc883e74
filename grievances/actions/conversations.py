"""Private restorative talks (Code 3.3): no case; for who recorded them and one they let read, for a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.accounts.models import SiteRole, User
from caracol.accounts.roles import roles_of
from caracol.ledger.chain import record
from grievances import access
from grievances.actions import rooms
from grievances.actions.jobs import each
from grievances.deadlines import today
from grievances.events import Event
from grievances.exceptions import NotYours, SomebodyWasFaster
from grievances.models import Conversation, Entry, EntryKind, Kept, Notice, Pseudonym, Room
from grievances.retention import after
from grievances.rooms import RoomKind
from grievances.sealing import write
from grievances.statistics.counting import tally
from grievances.statistics.tables import CONVERSATIONS, UNPUBLISHED


def may_record(user: User) -> bool:
    """Return whether this person may record such talks: any member may."""
    return SiteRole.MEMBER in roles_of(user)


@transaction.atomic
def keep(
    words: Mapping[str, str],
    *,
    by: Actor,
    follow_up_on: dt.date | None = None,
    let_read: User | None = None,
    counted: bool = True,
) -> Conversation:
    """Record a talk in a room of its own, to which nobody else but `let_read` has a key. Raises NotYours."""
    if not may_record(by.user) or (let_read is not None and not may_record(let_read)):
        raise NotYours(_("Members record private talks, and share them with members."))
    now = today()
    room = rooms.build(None, RoomKind.CONVERSATION, to=[by.user, *([let_read] if let_read else [])])
    write(room, EntryKind.CONVERSATION, words, by=by)
    tally(CONVERSATIONS, "recorded" if counted else UNPUBLISHED, reporter=by.user)
    return Conversation.objects.create(
        room=room,
        recorded_by=by.user,
        recorded_on=now,
        follow_up_on=follow_up_on,
        expires_on=after(Kept.CONVERSATION, now),
    )


def of(user: User) -> QuerySet[Conversation]:
    """Return the talks that `user` can read, the newest first."""
    opened = access.rooms_of(user, Room.objects.filter(kind=RoomKind.CONVERSATION)).values("pk")
    found = Conversation.objects.filter(room__in=opened).select_related("room", "recorded_by")
    return found.order_by("-recorded_on", "-pk")


def to_follow_up(user: User) -> QuerySet[Conversation]:
    """Return the talks that `user` wanted to come back to by today."""
    return of(user).filter(recorded_by=user, follow_up_on__lte=today())


def remind() -> int:
    """Tell those who wanted to come back to a talk by today, once for each day they chose; returns how often."""
    return each(_to_remind_of().order_by("pk"), _remind)


def _to_remind_of() -> QuerySet[Conversation]:
    return Conversation.objects.filter(follow_up_on__lte=today()).exclude(reminded_of=F("follow_up_on"))


@transaction.atomic
def _remind(due: Conversation) -> bool:
    held = _to_remind_of().filter(pk=due.pk, follow_up_on=due.follow_up_on)
    if not held.update(reminded_of=due.follow_up_on):
        return False
    record(due.room.chain, Event.TALK_FOLLOW_UP)
    Notice.objects.create(
        user_id=due.recorded_by_id, conversation=due, event=Event.TALK_FOLLOW_UP, told_at=timezone.now()
    )
    return True


def note_read(conversation: Conversation, user: User) -> None:
    """Mark as read what `user` was told about a talk: they have opened it."""
    Notice.objects.filter(conversation=conversation, user=user, read_at=None).update(read_at=moments.kept())


def lying_in(conversations: list[Conversation]) -> QuerySet[Entry]:
    """Return every version of what was written about these talks."""
    found = Entry.objects.filter(room__in=[each.room_id for each in conversations], kind=EntryKind.CONVERSATION)
    return found.select_related("room__case", "author")


@transaction.atomic
def change(
    conversation: Conversation, words: Mapping[str, str], *, by: Actor, version: int, follow_up_on: dt.date | None
) -> None:
    """Write what has come of it, as the version after the one its writer saw. Raises NotYours, SomebodyWasFaster."""
    held = _held(conversation)
    last = lying_in([held]).latest("version")
    if held.recorded_by_id != by.user.pk:
        raise NotYours(_("Only who recorded this changes it."))
    if last.version != version:
        raise SomebodyWasFaster
    write(held.room, EntryKind.CONVERSATION, words, by=by, token=last.token, version=version + 1)
    held.follow_up_on = follow_up_on
    held.save(update_fields=["follow_up_on"])


@transaction.atomic
def forget(conversation: Conversation, *, by: Actor) -> None:
    """Destroy one's record of a talk, for both; whoever was only let read it gives their own key back."""
    held = _held(conversation)
    if held.recorded_by_id == by.user.pk:
        _destroy(held)
    else:
        rooms.withdraw(held.room, by.user)


def ending(until: dt.date) -> list[tuple[int, dt.date]]:
    """Return the talks that go on a day up to `until`, the one after their last: their ids, and that day."""
    last = Conversation.objects.filter(expires_on__lt=until).order_by("pk").values_list("pk", "expires_on")
    return [(pk, day + dt.timedelta(days=1)) for pk, day in last]


def expire() -> int:
    """Destroy the talks whose last day is over; returns how many."""
    return each([pk for pk, _day in ending(today())], expire_one)


@transaction.atomic
def expire_one(pk: int) -> bool:
    """Destroy a talk whose last day is over; returns whether it still stood."""
    late = Conversation.objects.filter(pk=pk, expires_on__lt=today())
    held = late.select_for_update(of=("self",)).select_related("room").first()
    if held:
        _destroy(held)
    return held is not None


def _held(conversation: Conversation) -> Conversation:
    return Conversation.objects.select_for_update(of=("self",)).select_related("room").get(pk=conversation.pk)


def _destroy(conversation: Conversation) -> None:
    """Destroy a talk in every backup, with its rows, and make what the ledger says of it nobody's."""
    room = conversation.room
    rooms.destroy(room)
    Pseudonym.objects.filter(chain=room.chain).delete()
    room.delete()
