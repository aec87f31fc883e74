"""
Somebody who lost their keys: what those of who was invited anew opened is taken back.

A party comes back only by the hand of somebody who serves in the case, holds the keys, and has checked who it is.
The ledger says what was lost, so that a row which somebody wrote into the database is given nothing.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.accounts.models import User
from caracol.ledger.chain import entries, record
from grievances import access, overview
from grievances.actions import rooms
from grievances.actions.holding import hold
from grievances.actions.refusals import together
from grievances.actions.seats import end_offers_of, tell_if_without_anybody, unseat
from grievances.attest import attested, one_deed
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Pseudonym, Room, Seat
from grievances.sealing import keys_to


@one_deed()
def lose_access(*, user: User, **_kwargs: object) -> None:
    """Take back every key of a person with new ones, and turn the rooms; who serves leaves, a party keeps the seat."""
    end_offers_of(user)
    for seat in Seat.objects.filter(user=user, left_at=None).select_related("case", "user"):
        seat.case = hold(seat.case)
        if seat.serves:
            unseat(seat)
            record(seat.case.chain, Event.SEAT_LEFT, actor=Pseudonym.of(seat.case.chain, user))
            tell_if_without_anybody(seat.case, Event.SEAT_LEFT)
        else:
            _close(seat)
    for room in access.rooms_held_by(user):
        rooms.withdraw(room, user)


def _close(seat: Seat) -> None:
    held = [room for room in access.rooms_held_by(seat.user) if room.case_id == seat.case_id]
    chain, user = seat.case.chain, seat.user
    record(chain, Event.ACCESS_LOST, actor=Pseudonym.of(chain, user), rooms=[room.token for room in held])
    for room in held:
        rooms.withdraw(room, user)
    access.shut_out(user, seat.case)


def who_waits(facts: Facts) -> list[Seat]:
    """Return the parties whose keys are gone, and to whom this reader, who serves in the case, can give access back."""
    if facts.me is None or not facts.me.serves:
        return []
    waiting = facts.rows(overview.keyless)
    lost = _lost(facts.case) if waiting else {}
    return [seat for seat in waiting if lost.get(Pseudonym.of(facts.case.chain, seat.user))]


@together
def give_back(case: Case, seat_token: str, *, by: Actor) -> Seat:
    """
    Give a party whose keys are gone the rooms again that they lost, as far as `by` holds them, and record who did.

    Raises NotYours for anybody who does not serve, NotOpen where nobody waits or `by` lacks the keys.
    """
    facts = Facts(case, by.user)
    if facts.me is None or not facts.me.serves or not rooms.vouched(case, [facts.me]):
        raise NotYours(_("Only somebody who serves in this case gives access back."))
    seat = next((seat for seat in who_waits(facts) if seat.token == seat_token), None)
    if seat is None:
        raise NotOpen(_("Nobody waits for access here."))
    name = Pseudonym.of(case.chain, seat.user)
    given = _hand_over(case, seat, _lost(case)[name], by)
    access.let_in(seat.user, case, access.TAKE_PART, case.moved_at)
    access.note_activity(case, case.moved_at)
    record(case.chain, Event.ACCESS_RETURNED, actor=Pseudonym.of(case.chain, by.user), to=name, rooms=given)
    return seat


def _hand_over(case: Case, seat: Seat, lost: set[str], by: Actor) -> list[str]:
    """Give the lost rooms to which `by` has every key, the person's own among them; return their tokens."""
    wanted = list(Room.objects.filter(case=case, token__in=lost, destroyed_at=None).select_related("case"))
    keys = keys_to(wanted, by)
    given = [room for room in wanted if len(keys.get(room.pk, {})) == room.epoch]
    if not any(room.seat_id == seat.pk for room in given):
        raise NotOpen(_("You do not hold the keys of this person's room. Somebody who does must give them access."))
    for room in given:
        rooms.hand_over(room, seat.user, keys[room.pk])
    return [room.token for room in given]


def _lost(case: Case) -> dict[str, set[str]]:
    """
    Return the rooms that each party lost with their keys and was not given again, by pseudonym and room token.

    Where the ledger knows of a key that stands in no row any more, that is lost too.
    """
    lost: dict[str, set[str]] = {}
    for told in entries(case.chain):
        named = told.details.get("rooms")
        tokens = set(named) if isinstance(named, list) else set()
        if told.event == Event.ACCESS_LOST:
            lost.setdefault(told.actor, set()).update(tokens)
        elif told.event == Event.ACCESS_RETURNED:
            lost.pop(str(told.details["to"]), None)
    holders = attested(case.chain).holders
    for seat in access.without_key(case):
        name, held = Pseudonym.of(case.chain, seat.user), access.tokens_held_by(seat.user, case)
        known = {room for room, names in holders.items() if name in names}
        lost.setdefault(name, set()).update(known - held)
    return lost
