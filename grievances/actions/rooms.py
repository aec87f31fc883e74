"""
Building, turning and destroying rooms, and handing out their keys.

A new epoch needs no private key, so that anybody, a worker too, can turn a room at once when somebody leaves.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.accounts.keys import public_keys
from caracol.accounts.models import User
from caracol.ledger.chain import record
from caracol.vault import box, keystore, ladder
from caracol.vault.box import SealBroken
from grievances import access
from grievances.actions.shelf import give_up
from grievances.attest import Attested, attested, one_deed
from grievances.events import Event
from grievances.exceptions import NotYours
from grievances.models import Case, OfferedKey, Pseudonym, Room, RoomEpoch, RoomGrant, Seat, SeatOffer
from grievances.organisation import seal_for_recovery
from grievances.roles import Part
from grievances.rooms import ROOMS, RoomKind
from grievances.sealing import RoomKeys, keys_to
from grievances.workflow import Stage

UNKNOWN_SEAT = _("The record does not know of your seat in this case.")


def build(case: Case | None, kind: RoomKind, *, seat: Seat | None = None, to: Iterable[User]) -> Room:
    """Build a room with its first keys, and give them to the people in `to`."""
    room = Room.objects.create(case=case, kind=kind, seat=seat)
    shred = keystore.birth(room.token)
    pair = box.new_box_pair()
    RoomEpoch.objects.create(room=room, number=room.epoch, public_key=pair.public)
    owner = Pseudonym.of(room.chain, seat.user) if seat else ""
    _state(room, Event.ROOM_BUILT, pair.public, owner)
    keys, said = {room.epoch: pair.private}, attested(room.chain)
    seal_for_recovery(room, keys, said, shred=shred)
    _give(room, list(to), keys, said, shred)
    return room


def hand_over(room: Room, user: User, keys: RoomKeys) -> None:
    """
    Give `user` these private keys of a room, sealed to them; earlier epochs stay owed where some are missing.

    Raises Unverified where the room's row is not what the ledger states: nobody is let into another's room by it.
    """
    _give(room, [user], keys, attested(room.chain), keystore.key_of(room.token))


def _give(room: Room, people: list[User], keys: RoomKeys, said: Attested, shred: bytes) -> None:
    said.check(room)
    for user, seals in seal_to(room, people, keys, [shred]).items():
        access.give_key(room, user, seals, owed=len(keys) < room.epoch)


def seal_to(room: Room, people: Iterable[User], keys: RoomKeys, wraps: list[bytes]) -> dict[User, dict[int, bytes]]:
    """Return a room's private keys, by epoch, sealed to each of `people` and wrapped under `wraps`. One query."""
    facts: dict[str, Any] = {"room": room.token, "wraps": wraps}
    to = list(people)
    public = public_keys(to)
    return {
        user: {
            epoch: ladder.seal_room_key(private, epoch=epoch, to=user.handle, public=public[user.pk].box, **facts)
            for epoch, private in keys.items()
        }
        for user in to
    }


def admit(room: Room, user: User, *, by: Actor | None) -> None:
    """
    Give `user` the room's keys: all epochs where `by` holds them, else a new epoch.

    In the second case the earlier epochs follow when a holder next unlocks.
    """
    let_in(room, user, keys_to([room], by).get(room.pk, {}) if by else {})


def let_in(room: Room, user: User, keys: RoomKeys) -> None:
    """Give `user` these keys of a room where they are those of all its epochs, else a new epoch."""
    hand_over(room, user, keys if len(keys) == room.epoch else turn(room))


def withdraw(room: Room, user: User) -> None:
    """Take the room's keys from `user` and turn the room, so that they can open nothing written from now on."""
    withdraw_all([room], user)


def withdraw_all(rooms: Collection[Room], user: User) -> None:
    """Take the keys of these rooms, which stand in one chain, from `user`, as `withdraw` does with one."""
    if not rooms:
        return
    # What is said and held of one room is not changed by what ends in another.
    said = attested(next(iter(rooms)).chain)
    standing = access.holders_of(rooms, said)
    for room in rooms:
        if access.take_key(room, user, said) or access.end_lost(room, said, standing[room.pk]):
            turn(room)


def destroy(room: Room) -> None:
    """Destroy a room with its files: its shred key goes, and all that was ever sealed in it, in every backup."""
    room.destroyed_at = moments.kept()
    room.save(update_fields=["destroyed_at"])
    keystore.destroy_later(room.token)
    give_up(room.files.all())
    _empty(room)
    record(room.chain, Event.ROOM_DESTROYED, room=room.token)


def _empty(room: Room) -> None:
    """Delete what lies in a room, and every key to it: nothing of that can be opened any more."""
    access.forget_keys(room)
    for rows in (room.recovery_seals, room.openings, room.entries):
        rows.all().delete()
    OfferedKey.objects.filter(room=room).delete()


def complete_due(*, actor: Actor, **_kwargs: object) -> None:
    """Hand on the earlier keys that others are owed, of the rooms to which `actor` holds them all."""
    with one_deed():
        waiting = access.owed_to(actor.user)
        hold_all(waiting.values("content_object__case_id"))
        hand_on(waiting, by=actor)


def hand_on(waiting: QuerySet[RoomGrant], *, by: Actor) -> None:
    """Complete those of the grants `waiting` for earlier keys to whose rooms `by` holds them all."""
    owed = list(waiting.select_for_update(no_key=True, of=("self",)))
    keys = keys_to(list({grant.content_object for grant in owed}), by)
    done = {}
    for grant in owed:
        room = grant.content_object
        if len(keys.get(room.pk, {})) == room.epoch and grant in access.holders(room, attested(room.chain)):
            missing = {epoch: key for epoch, key in keys[room.pk].items() if str(epoch) not in grant.sealed_keys}
            done[grant] = seal_to(room, [grant.user], missing, [keystore.key_of(room.token)])[grant.user]
            grant.owed = 0
    access.add_keys(done)


def reseal(*, old: Actor, new: Actor, **_kwargs: object) -> None:
    """
    Seal to a person's new keys what was sealed to their old ones, and turn each room that these opened.

    Whoever copied the old keys opens nothing written from now on. Only what the ledger knows of is sealed anew.
    """
    user = new.user
    with one_deed():
        offers = SeatOffer.objects.filter(user=user, state=SeatOffer.State.OPEN)
        offered = set(OfferedKey.objects.filter(offer__in=offers).values_list("room_id", flat=True))
        held = set(access.rooms_held_by(user).values_list("pk", flat=True))
        opened = Room.objects.filter(pk__in=offered | held, destroyed_at=None).order_by("pk")
        hold_all(opened.values("case_id"))
        for offer in offers:
            _reseal_offer(offer, old=old)
        for room in opened.select_related("case"):
            if _reseal_grant(room, old=old, user=user) or room.pk in offered:
                turn(room)


def hold_all(cases: QuerySet[Any, Any]) -> None:
    """Hold these cases, in one order, until the transaction ends, so that two deeds take turns."""
    list(Case.objects.select_for_update(no_key=True).filter(pk__in=cases).order_by("pk"))


def hold_room(room: Room) -> Room:
    """Return a room as it is now, held until the transaction ends, and its case before it: everybody in one order."""
    hold_all(Room.objects.filter(pk=room.pk, case__isnull=False).values("case_id"))
    return Room.objects.select_for_update(no_key=True, of=("self",)).select_related("case").get(pk=room.pk)


def _reseal_offer(offer: SeatOffer, *, old: Actor) -> None:
    with suppress(SealBroken, keystore.KeyDestroyed):
        taken = take_from_offer(offer, by=old)
        offer.keys.all().delete()
        for room, keys in taken.items():
            put_into_offer(offer, room, keys)


def _reseal_grant(room: Room, *, old: Actor, user: User) -> bool:
    """Seal anew the keys in a person's grant that the ledger knows of; return whether there is one."""
    grants = [grant for grant in access.holders(room, attested(room.chain)) if grant.user_id == user.pk]
    with suppress(SealBroken):
        for keys in keys_to([room], old).values() if grants else ():
            access.add_keys({grants[0]: seal_to(room, [user], keys, [keystore.key_of(room.token)])[user]})
    return bool(grants)


def turn(room: Room) -> RoomKeys:
    """Make a room's next epoch, sealed to everybody who holds a key by the ledger, and to open offers."""
    said = attested(room.chain)
    stayers = access.holders(room, said)
    access.end_lost(room, said, stayers)
    shred = keystore.key_of(room.token)
    pair = box.new_box_pair()
    room.epoch += 1
    room.save(update_fields=["epoch"])
    RoomEpoch.objects.create(room=room, number=room.epoch, public_key=pair.public)
    _kind, owner = said.built[room.token]
    _state(room, Event.ROOM_TURNED, pair.public, owner)
    keys = {room.epoch: pair.private}
    sealed = seal_to(room, [grant.user for grant in stayers], keys, [shred])
    access.add_keys({grant: sealed[grant.user] for grant in stayers})
    _add_to_offers(room, keys, said)
    seal_for_recovery(room, keys, said, shred=shred)
    return keys


def _add_to_offers(room: Room, keys: RoomKeys, said: Attested) -> None:
    waiting = SeatOffer.objects.filter(keys__room=room, state=SeatOffer.State.OPEN).select_related("user").distinct()
    for offer in waiting:
        if (said.names(room.chain).get(offer.user_id), offer.token) in said.offered.get(room.token, set()):
            put_into_offer(offer, room, keys)


def check_offer(offer: SeatOffer) -> None:
    """Raise NotYours for a request to serve that the ledger does not know, or knows as made to somebody else."""
    said = attested(offer.case.chain)
    asked = (said.names(offer.case.chain).get(offer.user_id), offer.token)
    if said.asked_as.get(offer.token) != offer.part or not any(asked in made for made in said.offered.values()):
        raise NotYours(_("You were not asked to serve in this case."))


def vouched(case: Case, seats: Iterable[Seat]) -> list[User]:
    """
    Return the people of those `seats` that the ledger vouches for.

    Who serves was given `names`, a party their own room, and the parts that the seat's row says. A seat, or a part of
    one, that somebody wrote into the database is none, and gets no key.
    """
    asked_for, said = list(seats), attested(case.chain)
    found = case.rooms.filter(Q(kind=RoomKind.NAMES) | Q(seat__in=asked_for), destroyed_at=None)
    doors = list(found.select_related("case", "seat"))
    holders = access.holders_of(doors, said)
    known = {(room.seat_id, grant.user_id) for room in doors for grant in holders[room.pk]}
    named = [seat for seat in asked_for if (None if seat.serves else seat.pk, seat.user_id) in known]
    return [seat.user for seat in named if said.seats(seat)]


def check_seat(case: Case, seat: Seat | None) -> None:
    """Raise NotYours for somebody whose seat stands in the database, but whom the ledger never gave it to."""
    if seat and case.stage != Stage.DRAFT and not vouched(case, [seat]):
        raise NotYours(UNKNOWN_SEAT)


def check_part(case: Case, seat: Seat | None) -> None:
    """Raise NotYours for somebody to whom the ledger never gave the parts of their seat, whatever keys they have."""
    if seat and case.stage != Stage.DRAFT and not attested(case.chain).seats(seat):
        raise NotYours(UNKNOWN_SEAT)


def note_seated(seat: Seat, part: Part) -> None:
    """Record that somebody was given a part, so that the seat's row is believed."""
    chain = seat.case.chain
    beside = Pseudonym.of(chain, seat.supports.user) if seat.supports else ""
    record(chain, Event.SEATED, to=Pseudonym.of(chain, seat.user), part=part.value, beside=beside)


def put_into_offer(offer: SeatOffer, room: Room, keys: RoomKeys) -> None:
    """Set a room's keys aside for the person asked, under the offer's one-off key."""
    wraps = [keystore.key_of(room.token), keystore.key_of(offer.token)]
    OfferedKey.objects.bulk_create(
        OfferedKey(offer=offer, room=room, epoch=epoch, sealed=base64.b64encode(sealed).decode())
        for epoch, sealed in seal_to(room, [offer.user], keys, wraps)[offer.user].items()
    )


def complete_offer(offer: SeatOffer, room: Room, keys: RoomKeys) -> None:
    """Set those of a room's `keys` aside with an offer that do not wait in it yet."""
    if ROOMS[RoomKind(room.kind)].asked:
        return
    there = set(offer.keys.filter(room=room).values_list("epoch", flat=True))
    if not there:
        note_offered(offer, room)
    put_into_offer(offer, room, {epoch: key for epoch, key in keys.items() if epoch not in there})


def take_from_offer(offer: SeatOffer, *, by: Actor) -> Mapping[Room, RoomKeys]:
    """Return the private keys that an offer holds for `by`, by room and epoch."""
    offer_key = keystore.key_of(offer.token)
    taken: dict[Room, dict[int, bytes]] = {}
    for waiting in offer.keys.select_related("room__case"):
        room = waiting.room
        taken.setdefault(room, {})[waiting.epoch] = ladder.open_room_key(
            base64.b64decode(waiting.sealed),
            room=room.token,
            epoch=waiting.epoch,
            to=by.user.handle,
            keys=by.keys,
            wraps=[keystore.key_of(room.token), offer_key],
        )
    return taken


def _state(room: Room, event: Event, public: bytes, owner: str) -> None:
    stated = base64.b64encode(public).decode()
    record(room.chain, event, room=room.token, kind=room.kind, epoch=room.epoch, public=stated, owner=owner)


def note_offered(offer: SeatOffer, room: Room) -> None:
    """Record that a room's key was set aside with an offer, so that a turn of the room believes it."""
    to = Pseudonym.of(room.chain, offer.user)
    record(room.chain, Event.ROOM_OFFERED, room=room.token, to=to, offer=offer.token, part=offer.part)
