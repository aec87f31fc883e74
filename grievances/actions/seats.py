"""Seats: who sits down as a party, who leaves, and what ends with it."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts import invitations
from caracol.accounts.actor import Actor
from caracol.accounts.invitations import SeatLink
from caracol.accounts.models import Kind, User
from caracol.accounts.renewing import Overtaken
from caracol.accounts.roles import RoleRefused
from caracol.ledger.chain import record
from caracol.vault import keystore
from grievances import access
from grievances.actions import consents, planned, rooms, timing
from grievances.actions.holding import hold
from grievances.actions.refusals import together
from grievances.actions.telling import seated, tell_once
from grievances.attest import attested, one_deed
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Conflict, Consent, EntryKind, Pseudonym, Room, Seat, SeatOffer
from grievances.roles import HARM_SIDE, SERVING, May, Part
from grievances.rooms import ROOMS, RoomKind
from grievances.sealing import write


def seat_party(case: Case, user: User, part: Part, at: dt.datetime, *, supports: Seat | None = None) -> Seat:
    """Give `user` a party seat (or one more part on theirs), and bar them from serving in the case."""
    seat, _made = Seat.objects.get_or_create(
        case=case,
        user=user,
        defaults={"taken_at": at, "supports": supports, **({"support": True} if supports else {})},
    )
    if seat.parts_ever & SERVING:
        raise NotOpen(_("Somebody who has served in this case can't become a party to it."))
    _check_fits(seat, part)
    setattr(seat, part.value, True)
    seat.left_at = None
    seat.save()
    rooms.note_seated(seat, part)
    access.let_in(user, case, access.TAKE_PART, at)
    bar(case, user, Conflict.Source.PARTY)
    _let_into_shared_rooms(seat, part)
    return seat


def _check_fits(seat: Seat, part: Part) -> None:
    if part is Part.HARMED and seat.case.seats.filter(harmed=True, left_at=None).exclude(pk=seat.pk).exists():
        raise NotOpen(_("The person harmed is part of the case already."))
    if (part is Part.HARMED and seat.respondent) or (part is Part.RESPONDENT and seat.harmed):
        raise NotOpen(_("Nobody is both the person harmed and the person named."))


def _let_into_shared_rooms(seat: Seat, part: Part) -> None:
    """Give a new party the keys that the table of rooms gives their part at once, without a consent to take part."""
    for room in seat.case.rooms.filter(seat=None, destroyed_at=None).select_related("case"):
        rule = ROOMS[RoomKind(room.kind)]
        if part in rule.keys and not rule.agreed:
            rooms.admit(room, seat.user, by=None)


def party_room(seat: Seat, *, by: Actor) -> Room:
    """Return a party seat's own room, built or opened again to its owner, with a key for each seated mediator."""
    room = seat.rooms.filter(destroyed_at=None).select_related("case").first()
    if room is None:
        mediators = seat.case.seats.filter(mediator=True, left_at=None).select_related("user")
        return rooms.build(seat.case, RoomKind.PARTY, seat=seat, to=[seat.user, *rooms.vouched(seat.case, mediators)])
    if not access.grants_of(seat.user, [room]):
        rooms.admit(room, seat.user, by=by)
    return room


def unseat(seat: Seat) -> None:
    """Take a seat and every key that goes with it, and turn the rooms; from the next request on they see nothing."""
    seat.left_at = moments.kept()
    seat.save(update_fields=["left_at"])
    ending = Q(seat=seat) | Q(seat__case=seat.case, person=seat.user, to=Consent.To.NAME)
    ending |= Q(seat=seat.supports_id, person=seat.user, to__in=(Consent.To.SUPPORT, Consent.To.READ))
    Consent.objects.filter(ending, withdrawn_at=None).update(withdrawn_at=seat.left_at)
    access.shut_out(seat.user, seat.case)
    planned.end_with(seat)
    rooms.withdraw_all(list(seat.case.rooms.filter(destroyed_at=None).select_related("case", "seat")), seat.user)
    # Who stood by somebody leaves with them.
    for beside in seat.supporters.filter(left_at=None).select_related("case", "user"):
        unseat(beside)


@together
def leave(case: Case, *, by: Actor) -> None:
    """
    Leave one's party seat. Raises NotOpen for a reporter who is the person harmed, or who would leave nobody.

    Their own way out is to withdraw the concern.
    """
    facts = Facts(case, by.user)
    seat = facts.me
    if seat is None or not seat.may(May.LEAVE):
        raise NotYours(_("You have no seat to leave in this case."))
    leads = facts.harmed == seat if facts.harmed else seat.reporter
    if leads:
        raise NotOpen(_("To end this, withdraw the concern."), "5.6")
    _left(seat)
    tell_once(case, seated(case, SERVING), Event.SEAT_LEFT, at=moments.kept())


def _left(seat: Seat) -> None:
    """Let somebody go, and say so; a text that waited for their consent may now wait for nobody's, or for ever."""
    unseat(seat)
    record(seat.case.chain, Event.SEAT_LEFT, actor=Pseudonym.of(seat.case.chain, seat.user))
    timing.settle_telling(Facts(seat.case, None))


@together
def invite_support(  # noqa: PLR0913 (who comes and what is known of them, each named by the caller)
    case: Case,
    person: User,
    *,
    by: Actor,
    reads: bool = False,
    known_as: User | None = None,
    in_words: str = "",
) -> None:
    """
    Seat a support person beside oneself, with a room of their own; one's own room they read where one says so.

    `known_as` is an account that somebody with a receipt has all the same, `in_words` its name from whoever is shown
    no list: it must not serve. Somebody who has, or had, a part in the case is not seated, and whoever asks is told
    just the same: any other answer would tell who else is in the case.
    """
    principal = Facts(case, by.user).me
    if principal is None or not principal.may(May.SUPPORTED):
        raise NotYours(_("Only a person concerned chooses a support person."))
    if not case.is_open:
        raise NotOpen(_("A support person joins an open case."))
    if person.kind == Kind.SEAT or (by.user.is_guest and person.kind != Kind.RECEIPT):
        raise NotOpen(_("This person can't be asked. Somebody with a receipt of their own can."))
    record(case.chain, Event.INVITED, actor=Pseudonym.of(case.chain, by.user), part=Part.SUPPORT.value)
    for to in (Consent.To.SUPPORT, *([Consent.To.READ] if reads else [])):
        consents.stand(principal, to, moments.kept(), by=by, person=person)
    if in_words:
        write(own_room(principal), EntryKind.BARRED, {"text": in_words}, by=by)
    if _could_stand_beside(principal, person, known_as):
        _seat_beside(principal, person, known_as, by=by)
    if reads:
        let_read(principal, person, by=by)


def _could_stand_beside(principal: Seat, person: User, known_as: User | None) -> bool:
    """Return whether neither they nor the account they have all the same has, or had, another part in the case."""
    before = principal.case.seats.filter(user__in=[each for each in (person, known_as) if each])
    return all(seat.user_id == person.pk and _stood_beside(seat, principal) for seat in before)


def _seat_beside(principal: Seat, person: User, known_as: User | None, *, by: Actor) -> None:
    case = principal.case
    if known_as:
        bar(case, known_as, Conflict.Source.PARTY)
    party_room(seat_party(case, person, Part.SUPPORT, moments.kept(), supports=principal), by=by)


def let_read(principal: Seat, person: User, *, by: Actor) -> None:
    """Give a support person the keys to their principal's own room; nothing where they could not come."""
    own = own_room(principal)
    beside = principal.supporters.filter(user=person, left_at=None).select_related("case", "user", "supports__user")
    for user in rooms.vouched(principal.case, beside):
        if not access.grants_of(user, [own]):
            rooms.admit(own, user, by=by)


def own_room(seat: Seat) -> Room:
    """Return the room of a party's own words."""
    return seat.rooms.select_related("case").get(destroyed_at=None)


def open_to_guest(link: SeatLink, *, by: Actor) -> User:
    """Return somebody without an account with the keys behind a one-time link: things can be sealed to them now."""
    try:
        invitations.open_seat(link, by=by.user)
    except (RoleRefused, Overtaken):
        raise NotOpen(_("This person has a link already.")) from None
    return link.user


def _stood_beside(seat: Seat, principal: Seat) -> bool:
    """Return whether a seat was left by somebody who stood by this principal and was nothing else."""
    return bool(seat.left_at) and seat.supports_id == principal.pk and seat.parts_ever == {Part.SUPPORT}


def bar(case: Case, user: User, source: Conflict.Source) -> None:
    """Bar `user` from serving in `case`: their seat, their offers and their keys as a server end at once."""
    noted, made = Conflict.objects.get_or_create(
        case=case, user=user, defaults={"source": source, "since": moments.kept()}
    )
    if not made and source is Conflict.Source.REPORTER:
        # What the reporter said is shown back to them as theirs, whoever else had a reason before.
        noted.source = source
        noted.save(update_fields=["source"])
    _note_barred(case, user)
    end_offers(case, SeatOffer.State.ENDED, user=user)
    seat = case.seats.filter(user=user, left_at=None).first()
    if seat and seat.parts & SERVING:
        unseat(seat)


def _note_barred(case: Case, user: User) -> None:
    """Record a bar, so that it holds where its row is taken away."""
    name = Pseudonym.of(case.chain, user)
    if name not in attested(case.chain).barred:
        record(case.chain, Event.BARRED, to=name)


def end_offers(case: Case, state: SeatOffer.State, **which: object) -> int:
    """
    End the open requests to serve in a case, all or `which`; returns how many.

    Their keys are destroyed, `names` closes but for somebody who serves already, and every room whose key waited in
    one is turned: with copies of both databases from before, nothing opens that is written from now on.
    """
    ended = list(case.offers.filter(state=SeatOffer.State.OPEN, **which).select_related("user"))
    touched = {room.pk: room for offer in ended for room in _end_offer(case, offer, state)}
    for _pk, room in sorted(touched.items()):
        rooms.turn(room)
    return len(ended)


def _end_offer(case: Case, ended: SeatOffer, state: SeatOffer.State) -> list[Room]:
    """Put an offer away; returns the rooms whose keys somebody held, or could have had, by it."""
    standing = case.rooms.filter(destroyed_at=None).select_related("case")
    touched = list(standing.filter(pk__in=ended.keys.values("room")))
    close_offer(ended, state)
    if not case.seats.filter(Q(mediator=True) | Q(intake=True), user=ended.user, left_at=None).exists():
        said = attested(case.chain)
        touched += [room for room in standing.filter(kind=RoomKind.NAMES) if access.take_key(room, ended.user, said)]
    if state is not SeatOffer.State.RECUSED:
        record(case.chain, Event.OFFER_ENDED, state=state.value, to=Pseudonym.of(case.chain, ended.user))
    return touched


def end_intake(case: Case) -> None:
    """End intake's part in a case: whoever took it in leaves, and nobody is asked to take it in any more."""
    end_offers(case, SeatOffer.State.ENDED, part=Part.INTAKE)
    for seat in case.seats.filter(intake=True, left_at=None).select_related("user"):
        unseat(seat)


def close_offer(closed: SeatOffer, state: SeatOffer.State) -> None:
    """Put an offer away and destroy the keys that waited in it."""
    closed.state = state
    closed.save(update_fields=["state"])
    closed.keys.all().delete()
    keystore.destroy_later(closed.token)


def end_offers_of(user: User) -> None:
    """End every request to serve that waits for `user`, in whatever case."""
    asked_in = Case.objects.filter(offers__user=user, offers__state=SeatOffer.State.OPEN).order_by("pk")
    for case in asked_in:
        end_offers(hold(case), SeatOffer.State.ENDED, user=user)
        tell_if_without_anybody(case, Event.OFFER_ENDED)


def tell_if_without_anybody(case: Case, event: Event) -> None:
    """Tell reporter and harmed of what happened to those who served, where it leaves nobody: others are to be asked."""
    facts = Facts(case, None)
    if facts.without_anybody:
        tell_once(case, seated(case, HARM_SIDE), event, at=facts.kept)


@one_deed()
def withdraw_everything(sender: object, user: User, **_kwargs: object) -> None:
    """Take back every offer, seat and key of a person whose account was closed, and turn the rooms."""
    end_offers_of(user)
    for seat in Seat.objects.filter(user=user, left_at=None).select_related("case"):
        seat.case = hold(seat.case)
        _left(seat)
        tell_if_without_anybody(seat.case, Event.SEAT_LEFT)
    for room in access.rooms_held_by(user):
        rooms.withdraw(room, user)
