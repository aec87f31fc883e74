"""Serving: who is asked, who sits down, who steps back, and what is handed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts import roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import Kind, SiteRole, User
from caracol.vault import keystore
from grievances import access
from grievances.actions import consents, people, rooms, seats
from grievances.actions.deed import Changes, Deed, effect
from grievances.deadlines import OFFER_DAYS
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Conflict, Room, Seat, SeatOffer
from grievances.roles import SERVING, Part
from grievances.rooms import INTAKE_READS, ROOMS, RoomKind
from grievances.sealing import RoomKeys, keys_to
from grievances.workflow import Needs, Step

# Whom to ask, where it is nobody by their handle; no handle has a dash.
ON_DUTY = "on-duty"
FROM_OUTSIDE = "from-outside"


@effect(Step.ASK)
def _ask(deed: Deed) -> Changes:
    who = deed.choice("who")
    part = Part.INTAKE if who == ON_DUTY else Part.MEDIATOR
    for user in _asked(deed, who):
        offer(deed.case, user, part, by=deed.actor, at=deed.now)
        deed.asked.append(user)
    return {}


def _asked(deed: Deed, who: str) -> list[User]:
    if who == FROM_OUTSIDE:
        return [_let_in_from_outside(deed)]
    if who == ON_DUTY:
        chosen = [] if deed.facts.has_enough_mediators else people.who_could_take_in(deed.case)
    else:
        could = people.who_could_serve(deed.case, asked_by=deed.actor.user)
        chosen = [user for user in could if user.handle == who]
    if not chosen:
        raise _cannot_be_asked(deed)
    return chosen


def _let_in_from_outside(deed: Deed) -> User:
    """Open the account of a mediator from outside, and bar the one they have all the same: nobody serves twice."""
    known_as = User.objects.filter(handle=deed.choices.get("known_as") or "").first()
    if deed.link is None or not people.needs_an_outside_mediator(deed.facts):
        raise _cannot_be_asked(deed)
    if known_as and not _could_come_from_outside(known_as, deed.facts):
        raise _cannot_be_asked(deed)
    guest = seats.open_to_guest(deed.link, by=deed.actor)
    if known_as:
        seats.bar(deed.case, known_as, Conflict.Source.PARTY)
    return guest


def _could_come_from_outside(known_as: User, facts: Facts) -> bool:
    """Return whether whoever has this account may serve: no conflict, no part in the case, and not an overseer."""
    involved = {offer.user_id for offer in facts.offers} | {seat.user_id for seat in facts.seats}
    barred = access.conflicted(facts.case) | involved
    return known_as.pk not in barred and not roles.roles_of(known_as) & roles.OVERSEERS


def _cannot_be_asked(deed: Deed) -> NotOpen:
    return NotOpen(_("This person can't be asked to serve in this case."), deed.rule.clause)


def offer_to_intake(deed: Deed) -> None:
    """Ask everybody on intake duty who may be asked, with the keys of whoever takes the step."""
    for user in people.who_could_take_in(deed.case):
        offer(deed.case, user, Part.INTAKE, by=deed.actor, at=deed.now)
        deed.asked.append(user)


def offer(case: Case, user: User, part: Part, *, by: Actor, at: dt.datetime) -> SeatOffer:
    """Ask `user` to serve: `names` opens to them now; the keys that `by` holds to other rooms wait for their yes."""
    return offer_with(case, user, part, keys=keys_to(rooms_for(part, case), by), asked_by=by.user, at=at)


def offer_with(  # noqa: PLR0913 (an offer's facts, each named by the caller)
    case: Case, user: User, part: Part, *, keys: Mapping[int, RoomKeys], asked_by: User, at: dt.datetime
) -> SeatOffer:
    """Ask `user` to serve, as `offer` does, with these private keys of the case's rooms by room id and epoch."""
    made = SeatOffer.objects.create(
        case=case, user=user, asked_by=asked_by, part=part, asked_at=at, lapses_at=moments.after(at, OFFER_DAYS)
    )
    keystore.birth(made.token)
    for room in rooms_for(part, case):
        held = keys.get(room.pk, {})
        if ROOMS[RoomKind(room.kind)].asked:
            rooms.let_in(room, user, held)
        elif held:
            rooms.note_offered(made, room)
            rooms.put_into_offer(made, room, held)
    return made


def rooms_for(part: Part, case: Case) -> list[Room]:
    """Return the rooms of a case to which the table of rooms gives `part`, serving, a key."""
    open_rooms = case.rooms.filter(destroyed_at=None).select_related("case", "seat")
    return [room for room in open_rooms if holds_key(part, room)]


def holds_key(part: Part, room: Room) -> bool:
    """Return whether the table of rooms gives `part`, serving, a key to `room`."""
    rule = ROOMS[RoomKind(room.kind)]
    if part is Part.INTAKE and rule.owned:
        return bool(room.seat and INTAKE_READS in room.seat.parts)
    return part in rule.keys


@effect(Step.ACCEPT)
def _accept(deed: Deed) -> Changes:
    answered, by = deed.facts.my_offer, deed.actor
    if answered is None:
        raise NotYours(_("You were not asked to serve in this case."))
    rooms.check_offer(answered)
    part = Part(answered.part)
    # A mediator from outside holds no role here; that they were asked is in the ledger.
    if by.user.kind != Kind.SEAT and not roles.holds(by.user, SiteRole(part.value)):
        raise NotYours(_("You do not hold the role this seat takes."))
    others = [seat for seat in deed.facts.mediators if seat.user_id != by.user.pk]
    if part is Part.MEDIATOR and len(others) >= deed.facts.mediators_wanted:
        raise NotOpen(Needs.A_FREE_SEAT.reason, deed.rule.clause)
    offered = rooms.take_from_offer(answered, by=by)
    seat = _sit_down(deed, by.user, part)
    for room in deed.case.rooms.filter(destroyed_at=None).select_related("case", "seat"):
        if holds_key(part, room):
            _let_into(room, seat.user, offered.get(room))
    seats.close_offer(answered, SeatOffer.State.ACCEPTED)
    if part is Part.MEDIATOR:
        _furnish(deed.case)
        _end_what_is_filled(Facts(deed.case, None))
    return {}


def _sit_down(deed: Deed, user: User, part: Part) -> Seat:
    seat, _made = Seat.objects.get_or_create(case=deed.case, user=user, defaults={"taken_at": deed.now})
    Seat.objects.filter(pk=seat.pk).update(
        mediator=part is Part.MEDIATOR, intake=part is Part.INTAKE, taken_at=deed.now, left_at=None
    )
    rooms.note_seated(seat, part)
    access.let_in(user, deed.case, access.SERVE, deed.now)
    return seat


def _let_into(room: Room, user: User, offered: RoomKeys | None) -> None:
    if offered and len(offered) == room.epoch:
        rooms.hand_over(room, user, offered)
    elif not access.grants_of(user, [room]):
        rooms.admit(room, user, by=None)
        if offered:
            rooms.hand_over(room, user, offered)


def _furnish(case: Case) -> None:
    """Build the mediators' room and the table with the first mediator."""
    seated = list(case.seats.filter(left_at=None).select_related("user"))
    mediators = [seat for seat in seated if seat.mediator]
    keys = {RoomKind.MEDIATORS: mediators, RoomKind.TABLE: [*mediators, *consents.taking_part(seated)]}
    for kind, holders in keys.items():
        if not case.rooms.filter(kind=kind, destroyed_at=None).exists():
            rooms.build(case, kind, to=rooms.vouched(case, holders))


def _end_what_is_filled(facts: Facts) -> None:
    """End intake's part once enough mediators serve, and every request to serve once no seat is free."""
    if facts.has_enough_mediators:
        seats.end_intake(facts.case)
    if len(facts.mediators) >= facts.mediators_wanted:
        seats.end_offers(facts.case, SeatOffer.State.ENDED)


@effect(Step.RECUSE)
def _recuse(deed: Deed) -> Changes:
    user, me = deed.actor.user, deed.facts.me
    if me and me.serves:
        _hand_over(deed, [seat for seat in deed.facts.with_part(*SERVING) if seat != me])
    seats.end_offers(deed.case, SeatOffer.State.RECUSED, user=user)
    seats.bar(deed.case, user, Conflict.Source.RECUSED)
    return {}


def _hand_over(deed: Deed, others: list[Seat]) -> None:
    """Hand what others still wait for to them; where nobody else serves or was asked, ask those on intake duty."""
    waiting = [offer for offer in deed.facts.offers if offer.user_id != deed.actor.user.pk]
    rooms.hand_on(access.owed_to(deed.actor.user).filter(content_object__case=deed.case), by=deed.actor)
    for each in waiting:
        for room, keys in _held(deed, Part(each.part)):
            rooms.complete_offer(each, room, keys)
    if not others and not waiting:
        offer_to_intake(deed)


def _held(deed: Deed, part: Part) -> list[tuple[Room, RoomKeys]]:
    """Return the rooms to which `part` has a key, with the keys of whoever takes the step."""
    theirs = rooms_for(part, deed.case)
    keys = keys_to(theirs, deed.actor)
    return [(room, keys[room.pk]) for room in theirs if keys.get(room.pk)]
