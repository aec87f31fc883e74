"""
The one door to guardian: who may see which case and open which room.

One rule answers three questions (may this person; which ones may this person; who may), so that lists, pages,
counts, letters and tasks agree: a person sees a case by a grant on it, and a conflict of interest beats a
grant to serve. Nobody sees anything by being a superuser, by a group, or by a permission on the whole model.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import BinaryField, BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from caracol.accounts.models import User
from caracol.ledger.chain import record
from grievances.attest import Attested, attested
from grievances.events import Event
from grievances.exceptions import Unverified
from grievances.models import Case, CaseGrant, Conflict, Pseudonym, Room, RoomGrant, Seat
from grievances.roles import May

SERVE, TAKE_PART, OPEN = "serve_case", "take_part_in_case", "open_room"


@cache
def permission(codename: str) -> Permission:
    """Return a grievances permission; kept, since none changes while the site runs."""
    return Permission.objects.select_related("content_type").get(
        content_type__app_label="grievances", codename=codename
    )


def permission_id(codename: str) -> int:
    """Return the id of a grievances permission: the planner needs it as a constant."""
    return permission(codename).pk


# Which cases and rooms may this person see?


def cases_of(user: User, permission: str) -> QuerySet[Case]:
    """Return the cases in which `user` serves or takes part. One query by IN, whatever the number of cases."""
    return Case.objects.filter(pk__in=_granted(user, permission)).exclude(pk__in=_barred(user, permission))


def newest_cases(user: User, permission: str, *, live: bool = True) -> QuerySet[CaseGrant]:
    """
    Return the grants on what `cases_of` returns, the one that moved last first, each with its case.

    `live` chooses those that are not closed, or the closed ones. Count and order need no look at the cases.
    """
    grants = CaseGrant.objects.filter(
        user=user, user__is_active=True, permission_id=permission_id(permission), live=int(live)
    )
    seen = grants.exclude(content_object_id__in=_barred(user, permission))
    return seen.select_related("content_object").order_by("-last_activity_at", "content_object_id")


# The same as texts, by the grants alone, for the list that people open most (`lines.py`): tests hold them to the rule.
OWN = """
 FROM grievances_casegrant AS own {joined} WHERE own.user_id = %s AND own.permission_id = %s AND own.live = %s
 AND EXISTS (SELECT 1 FROM accounts_user AS reader WHERE reader.id = %s AND reader.is_active)
"""
_JOINED_TO_BARS = "JOIN grievances_conflict AS bar ON bar.user_id = own.user_id AND bar.case_id = own.content_object_id"
NOT_BARRED = """
 AND NOT EXISTS (
 SELECT 1 FROM grievances_conflict AS bar WHERE bar.user_id = own.user_id AND bar.case_id = own.content_object_id)
"""
# Whoever serves in thousands is barred from few: counted by the grants' index alone, and those few taken off.
ALL_BUT_BARRED = f"""
 SELECT (SELECT COUNT(*) {OWN.format(joined="")}) - (SELECT COUNT(*) {OWN.format(joined=_JOINED_TO_BARS)})
"""


def visible(user: User) -> Q:
    """Return the condition under which `user` sees a case: as a party, or serving without a conflict."""
    serving = Q(pk__in=_granted(user, SERVE)) & ~Q(pk__in=_barred(user, SERVE))
    return Q(pk__in=_granted(user, TAKE_PART)) | serving


def case_seen_by(user: User, reference: str) -> Case | None:
    """Return the case of this reference if `user` sees it: unknown and forbidden are both None, by one query."""
    return next(
        iter(Case.objects.raw(_SEEN, [reference, user.pk, permission_id(TAKE_PART), permission_id(SERVE)])), None
    )


# `visible`, as a text: every page of a case begins with it, and to put it together would cost more than to ask it.
_SEEN = """
 SELECT seen.* FROM grievances_case AS seen, accounts_user AS reader
 WHERE seen.reference = %s AND reader.id = %s AND reader.is_active AND (
 EXISTS (SELECT 1 FROM grievances_casegrant AS part
 WHERE part.user_id = reader.id AND part.permission_id = %s AND part.content_object_id = seen.id)
 OR EXISTS (SELECT 1 FROM grievances_casegrant AS serves
 WHERE serves.user_id = reader.id AND serves.permission_id = %s AND serves.content_object_id = seen.id)
 AND NOT EXISTS (SELECT 1 FROM grievances_conflict AS bar WHERE bar.user_id = reader.id AND bar.case_id = seen.id))
"""


def rooms_of(user: User, rooms: QuerySet[Room] | None = None) -> QuerySet[Room]:
    """Return the rooms that `user` may open: by a grant, in a case that no conflict hides from them."""
    conflicted = Conflict.objects.filter(user=user).values("case_id")
    hidden = Q(case_id__in=conflicted) & ~Q(case_id__in=_granted(user, TAKE_PART))
    keys = RoomGrant.objects.filter(user=user, user__is_active=True, permission_id=permission_id(OPEN))
    found = Room.objects.all() if rooms is None else rooms
    return found.filter(pk__in=keys.values("content_object_id"), destroyed_at=None).exclude(hidden)


def _granted(user: User, permission: str) -> QuerySet[CaseGrant, Any]:
    grants = CaseGrant.objects.filter(user=user, user__is_active=True, permission_id=permission_id(permission))
    return grants.values("content_object_id")


def _barred(user: User, permission: str) -> QuerySet[Conflict, Any]:
    conflicts = Conflict.objects.filter(user=user) if permission == SERVE else Conflict.objects.none()
    return conflicts.values("case_id")


# May this person? Who may?


def may(user: User, deed: May, case: Case) -> bool:
    """Return whether `user` may do `deed` in `case`, by the table of seats."""
    return any(seat.user_id == user.pk and seat.may(deed) for seat in who_sees(case))


def who_sees(case: Case) -> list[Seat]:
    """Return the taken seats whose holders see the case: what their parts may do is theirs to do, and nobody else's."""
    return [seat for seat in seats_in(case) if seat.sees]


def who_may_open(room: Room) -> list[User]:
    """Return everybody seated in the room's case who sees the case and holds a key to the room."""
    holders = set(RoomGrant.objects.filter(content_object=room).values_list("user_id", flat=True))
    return [seat.user for seat in who_sees(room.case) if seat.user_id in holders] if room.case else []


def seats_in(case: Case) -> list[Seat]:
    """Return the taken seats, each with whether its holder `sees` the case, by the rule of `visible`. One query."""
    return [seat for seat in seats_ever_in(case) if seat.left_at is None]


def seats_ever_in(case: Case, *, named: bool = False) -> list[Seat]:
    """
    Return the seats as `seats_in` does, and those that were left, which let nobody see anything. One query.

    With `named` each has its holder's sealed contact: for a page, which says who serves. No job has a use for it.
    """
    grants = CaseGrant.objects.filter(content_object=case)
    take_part = grants.filter(permission_id=permission_id(TAKE_PART)).values("user_id")
    serve = grants.filter(permission_id=permission_id(SERVE)).values("user_id")
    barred = Conflict.objects.filter(case=case).values("user_id")
    sees = Q(user__is_active=True) & (Q(user__in=take_part) | (Q(user__in=serve) & ~Q(user__in=barred)))
    sealed = F("user__contact__sealed") if named else Value(None, output_field=BinaryField())
    seats: list[Seat] = []
    ever = case.seats.select_related("user").order_by("pk")
    for seat in ever.annotate(found=ExpressionWrapper(sees, output_field=BooleanField()), named=sealed):
        seat.sees = seat.left_at is None and seat.found
        seat.contact = seat.named
        seats.append(seat)
    return seats


def without_key(case: Case) -> list[Seat]:
    """Return the seats that are taken by somebody who holds no key to their own room: theirs are gone."""
    return list(keyless(case))


def keyless(case: Case) -> QuerySet[Seat]:
    """Return what `without_key` does, not read yet."""
    taken = case.seats.filter(left_at=None, user__is_active=True).select_related("user")
    held = RoomGrant.objects.filter(content_object__seat=OuterRef("pk"), user=OuterRef("user"))
    return taken.filter(~Exists(held), rooms__destroyed_at=None, rooms__isnull=False).order_by("pk")


def tokens_held_by(user: User, case: Case) -> set[str]:
    """Return the tokens of the case's rooms to which `user` has a grant."""
    grants = RoomGrant.objects.filter(user=user, content_object__case=case)
    return set(grants.values_list("content_object__token", flat=True))


def conflicted(case: Case) -> set[int]:
    """
    Return the ids of the people who must not serve in `case`, by its rows and by the ledger.

    Raises Unverified where the ledger bars somebody whom no row names any more: then nobody can be told from them.
    """
    barred = attested(case.chain).barred
    known = list(Pseudonym.objects.filter(chain=case.chain, name__in=barred).select_related("user"))
    if len([row for row in known if row.is_true()]) != len(barred):
        raise Unverified
    return {*Conflict.objects.filter(case=case).values_list("user_id", flat=True), *(row.user_id for row in known)}


# Grants: made and taken here, and nowhere else


def let_in(user: User, case: Case, codename: str, at: dt.datetime) -> None:
    """Let `user` see `case`, by the permission to serve or to take part."""
    CaseGrant.objects.get_or_create(
        user=user, permission=permission(codename), content_object=case, defaults={"last_activity_at": at}
    )


def shut_out(user: User, case: Case) -> None:
    """Let `user` see `case` no longer."""
    CaseGrant.objects.filter(user=user, content_object=case).delete()


def note_activity(case: Case, at: dt.datetime) -> None:
    """Copy to every grant that the case moved, and whether it is live, so that lists need not look at cases."""
    CaseGrant.objects.filter(content_object=case).update(last_activity_at=at, live=int(case.is_open))


def give_key(room: Room, user: User, keys: Mapping[int, bytes], *, owed: bool) -> None:
    """
    Give `user` a room's sealed keys, by epoch; on top of those they have. The only maker of grants.

    `owed` says that earlier epochs are still to be handed on by another holder.
    """
    grant, made = RoomGrant.objects.get_or_create(
        user=user,
        permission=permission(OPEN),
        content_object=room,
        defaults={"sealed_keys": _packed(keys), "owed": int(owed)},
    )
    if not made:
        grant.sealed_keys = {**grant.sealed_keys, **_packed(keys)}
        grant.owed = int(owed)
        grant.save(update_fields=["sealed_keys", "owed"])
    record(room.chain, Event.ROOM_GRANTED, room=room.token, to=Pseudonym.of(room.chain, user))


def sight(user: User, case: Case, permission: str) -> dict[str, object]:
    """Return the columns of `let_in`, for cases that are made many at once: their maker adds how they stand."""
    return {"user_id": user.pk, "permission_id": permission_id(permission), "content_object_id": case.pk}


def key(room: Room, user: User, keys: Mapping[int, bytes]) -> dict[str, object]:
    """Return the columns of `give_key`, for rooms that are made many at once: its maker records it too."""
    held = {"user_id": user.pk, "permission_id": permission_id(OPEN), "content_object_id": room.pk}
    return {**held, "sealed_keys": _packed(keys)}


def add_keys(grants: Mapping[RoomGrant, Mapping[int, bytes]]) -> None:
    """Add the keys of further epochs to grants that stand."""
    for grant, keys in grants.items():
        grant.sealed_keys = {**grant.sealed_keys, **_packed(keys)}
    RoomGrant.objects.bulk_update(grants, ["sealed_keys", "owed"])


def take_key(room: Room, user: User, said: Attested) -> bool:
    """
    Take a room's keys from `user`; returns whether they had any. The room's keys must be turned after it.

    `said` is what the ledger says now: whoever took their own row away, to bring it back later, loses the key as well.
    """
    taken, _rows = RoomGrant.objects.filter(user=user, content_object=room).delete()
    held = bool(taken) or said.holds(room, user)
    if held:
        record(room.chain, Event.ROOM_WITHDRAWN, room=room.token, to=Pseudonym.of(room.chain, user))
    return held


def forget_keys(room: Room) -> None:
    """Delete every grant on a room that is destroyed: its keys open nothing any more."""
    RoomGrant.objects.filter(content_object=room).delete()


def end_lost(room: Room, said: Attested, standing: Mapping[RoomGrant, str]) -> bool:
    """
    Take the key for good from whoever holds one by the ledger and by no row; returns whether there was anybody.

    `said` and `standing` (by `holders`) are what the ledger and the rows say now.
    """
    lost = said.holders.get(room.token, set()) - set(standing.values())
    for name in sorted(lost):
        record(room.chain, Event.ROOM_WITHDRAWN, room=room.token, to=name)
    return bool(lost)


def holders(room: Room, said: Attested) -> dict[RoomGrant, str]:
    """
    Return the grants on a room that the ledger attests, each with its holder's name in the ledger.

    A row that somebody wrote into the database is not one. Raises Unverified as `holders_of` does.
    """
    return holders_of([room], said)[room.pk]


def holders_of(rooms: Collection[Room], said: Attested) -> dict[int, dict[RoomGrant, str]]:
    """
    Return the grants on these rooms that the ledger attests, as `holders` does, by room id. One query for all rooms.

    Raises Unverified where a room's own row is not what the ledger states of it.
    """
    held: dict[int, dict[RoomGrant, str]] = {room.pk: {} for room in rooms}
    by_id = {room.pk: room for room in rooms}
    for each in rooms:
        said.check(each)
    grants = RoomGrant.objects.filter(content_object__in=by_id, user__is_active=True).select_related("user")
    for grant in grants.order_by("pk"):
        room = by_id[grant.content_object_id]
        name = said.names(room.chain).get(grant.user_id)
        if name and name in said.holders.get(room.token, set()):
            held[room.pk][grant] = name
    return held


def grants_of(user: User, rooms: Collection[Room]) -> dict[int, dict[int, bytes]]:
    """Return the sealed keys that `user` holds to those of `rooms` that they may open, by room id and epoch."""
    open_to = rooms_of(user, Room.objects.filter(pk__in=[room.pk for room in rooms])).values("pk")
    grants = RoomGrant.objects.filter(user=user, content_object__in=open_to, permission_id=permission_id(OPEN))
    return {grant.content_object_id: _unpacked(grant.sealed_keys) for grant in grants}


def rooms_held_by(user: User) -> QuerySet[Room]:
    """Return every room that stands and to which `user` has a key, active or not, hidden from them or not."""
    keys = RoomGrant.objects.filter(user=user).values("content_object_id")
    return Room.objects.filter(pk__in=keys, destroyed_at=None).select_related("case").order_by("pk")


def owed_to(user: User) -> QuerySet[RoomGrant]:
    """Return the grants of others that wait for keys which `user` may hold."""
    rooms = RoomGrant.objects.filter(user=user, owed=0).values("content_object_id")
    return RoomGrant.objects.filter(owed=1, content_object_id__in=rooms).select_related("user", "content_object__case")


def _packed(keys: Mapping[int, bytes]) -> dict[str, str]:
    return {str(epoch): base64.b64encode(sealed).decode() for epoch, sealed in keys.items()}


def _unpacked(keys: Mapping[str, str]) -> dict[int, bytes]:
    return {int(epoch): base64.b64decode(sealed) for epoch, sealed in keys.items()}
