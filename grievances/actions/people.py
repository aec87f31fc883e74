"""People: who is asked, who sits down, who leaves, and who must not serve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caracol.accounts import roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import SiteRole, User
from caracol.ledger.chain import record
from caracol.vault import keystore
from grievances import access
from grievances.actions import papers, rooms
from grievances.actions.deed import Changes, Deed, effect
from grievances.actions.gate import hold
from grievances.actions.refusals import together
from grievances.actions.seats import bar, close_offer, end_intake, end_offers, unseat
from grievances.deadlines import OFFER_DAYS
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Clearance, Conflict, EntryKind, Pseudonym, Room, Seat, SeatOffer
from grievances.roles import May, Part
from grievances.rooms import INTAKE_READS, ROOMS, RoomKind
from grievances.sealing import RoomKeys, keys_to, write
from grievances.workflow import Step

MEDIATORS_WANTED = 2


# Who could serve


def who_could_serve(case: Case, *, asked_by: User) -> list[User]:
    """
    Return the mediators who may be asked: none in conflict, none with a seat or an offer.

    Somebody given the role since was not among those the reporter was asked about: only the reporter or a seated
    mediator may ask them.
    """
    taken = set(case.seats.filter(left_at=None, intake=False).values_list("user_id", flat=True))
    return [user for user in who_could_take_over(case, asked_by=asked_by) if user.pk not in taken]


def who_could_take_over(case: Case, *, asked_by: User) -> list[User]:
    """
    Return the mediators to whom a recovery may offer the case: who could serve, and who mediates it now.

    The latter have lost their keys where they come in anew after a forgotten password.
    """
    asked = set(case.offers.filter(state=SeatOffer.State.OPEN).values_list("user_id", flat=True))
    out = access.conflicted(case) | asked | _unasked_about(case, asked_by)
    return [user for user in roles.holders(SiteRole.MEDIATOR) if user.pk not in out]


def _unasked_about(case: Case, asked_by: User) -> set[int]:
    seats = {seat.user_id: seat for seat in case.seats.filter(left_at=None)}
    mine = seats.get(asked_by.pk)
    if mine and mine.parts & {Part.REPORTER, Part.MEDIATOR}:
        return set()
    cleared = cleared_by_the_reporter(case) | {pk for pk, seat in seats.items() if seat.mediator}
    return {user.pk for user in roles.holders(SiteRole.MEDIATOR)} - cleared


def cleared_by_the_reporter(case: Case) -> set[int]:
    """Return the ids of the people whom the reporter was asked about and did not bar."""
    return set(case.clearances.values_list("user_id", flat=True))


@together
def say_who_must_not_serve(case: Case, people: Iterable[User], *, by: Actor) -> Case:
    """
    Bar `people` from serving, for good, and take back what they hold. An empty answer is an answer too.

    Raises NotYours for anybody but the reporter.
    """
    case = hold(case)
    seat = Facts(case, by.user).me
    if seat is None or not seat.may(May.SAY_WHO_MAY_NOT_SERVE):
        raise NotYours(_("Only the reporter says who must not serve."))
    for user in people:
        bar(case, user, Conflict.Source.REPORTER)
    _clear_the_others(case)
    Case.objects.filter(pk=case.pk).update(conflicts_answered=True)
    record(case.chain, Event.CONFLICT_NOTED, actor=Pseudonym.of(case.chain, by.user))
    case.conflicts_answered = True
    return case


@transaction.atomic
def say_in_words_who_must_not_serve(case: Case, text: str, *, by: Actor) -> Case:
    """
    Keep who must not serve as words, for a reporter who is not shown who serves: whoever takes it in reads them first.

    They lie with the draft, and from filing on in the reporter's own room. Raises NotYours for anybody else.
    """
    case = say_who_must_not_serve(case, [], by=by)
    if text:
        own = case.rooms.filter(Q(kind=RoomKind.DRAFT) | Q(kind=RoomKind.PARTY, seat__user=by.user), destroyed_at=None)
        write(own.get(), EntryKind.BARRED, {"text": text}, by=by)
    return case


def _clear_the_others(case: Case) -> None:
    asked_about = {*roles.holders(SiteRole.MEDIATOR), *roles.holders(SiteRole.INTAKE)}
    barred = access.conflicted(case)
    case.clearances.filter(user__in=barred).delete()
    Clearance.objects.bulk_create(
        (Clearance(case=case, user=user) for user in asked_about if user.pk not in barred), ignore_conflicts=True
    )


# Asking and answering


@effect(Step.ASK)
def _ask(deed: Deed) -> Changes:
    wanted = deed.choices["who"]
    chosen = [user for user in who_could_serve(deed.case, asked_by=deed.actor.user) if user.handle == wanted]
    if not chosen:
        raise NotOpen(_("This person can't be asked to serve in this case."), deed.rule.clause)
    offer(deed.case, chosen[0], Part.MEDIATOR, by=deed.actor, at=deed.now)
    deed.asked.append(chosen[0])
    return {}


def offer(case: Case, user: User, part: Part, *, by: Actor, at: dt.datetime) -> SeatOffer:
    """Ask `user` to serve: `names` opens to them now; the keys that `by` holds to other rooms wait for their yes."""
    return offer_with(case, user, part, keys=keys_to(rooms_for(part, case), by), asked_by=by.user, at=at)


def offer_with(  # noqa: PLR0913 (an offer's facts, each named by the caller)
    case: Case, user: User, part: Part, *, keys: Mapping[int, RoomKeys], asked_by: User, at: dt.datetime
) -> SeatOffer:
    """Ask `user` to serve, as `offer` does, with these private keys of the case's rooms by room id and epoch."""
    made = SeatOffer.objects.create(
        case=case, user=user, asked_by=asked_by, part=part, asked_at=at, lapses_at=at + dt.timedelta(days=OFFER_DAYS)
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
    if not roles.holds(by.user, SiteRole(part.value)):
        raise NotYours(_("You do not hold the role this seat takes."))
    others = [seat for seat in deed.facts.mediators if seat.user_id != by.user.pk]
    if part is Part.MEDIATOR and len(others) >= wanted(deed.facts):
        raise NotOpen(_("Two mediators serve a case already."), deed.rule.clause)
    offered = rooms.take_from_offer(answered, by=by)
    seat = _sit_down(deed, by.user, part)
    for room in deed.case.rooms.filter(destroyed_at=None).select_related("case", "seat"):
        if holds_key(part, room):
            _let_into(room, seat.user, offered.get(room))
    close_offer(answered, SeatOffer.State.ACCEPTED)
    if part is Part.MEDIATOR:
        _furnish(deed.case)
        _end_what_is_filled(Facts(deed.case, None))
    return {}


def wanted(facts: Facts) -> int:
    """Return how many mediators a case takes: two, and one more for each whose decision was contested."""
    barred = facts.barred_by_contest()
    return MEDIATORS_WANTED + len([seat for seat in facts.mediators if seat.user_id in barred])


def _sit_down(deed: Deed, user: User, part: Part) -> Seat:
    seat, _made = Seat.objects.get_or_create(case=deed.case, user=user, defaults={"taken_at": deed.now})
    Seat.objects.filter(pk=seat.pk).update(
        mediator=part is Part.MEDIATOR, intake=part is Part.INTAKE, taken_at=deed.now, left_at=None
    )
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
    keys = {RoomKind.MEDIATORS: mediators, RoomKind.TABLE: [*mediators, *papers.taking_part(seated)]}
    for kind, seats in keys.items():
        if not case.rooms.filter(kind=kind, destroyed_at=None).exists():
            rooms.build(case, kind, to=rooms.vouched(case, seats))


def _end_what_is_filled(facts: Facts) -> None:
    """End intake's part once enough mediators serve, and every request to serve once no seat is free."""
    serving = len(facts.mediators)
    if serving >= (1 if facts.case.one_mediator_agreed else MEDIATORS_WANTED):
        end_intake(facts.case)
    if serving >= wanted(facts):
        end_offers(facts.case, SeatOffer.State.ENDED)


@effect(Step.RECUSE)
def _recuse(deed: Deed) -> Changes:
    user = deed.actor.user
    if deed.facts.my_offer:
        end_offers(deed.case, SeatOffer.State.RECUSED, user=user)
    if deed.facts.me and deed.facts.me.serves:
        unseat(deed.facts.me)
    bar(deed.case, user, Conflict.Source.RECUSED)
    return {}
