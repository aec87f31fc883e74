"""People: who could serve in a case, and who must not."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caracol.accounts import roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import SiteRole, User
from caracol.ledger.chain import record
from grievances import access
from grievances.actions.refusals import together
from grievances.actions.seats import bar
from grievances.attest import attested
from grievances.events import Event
from grievances.exceptions import NotYours
from grievances.facts import MEDIATORS_WANTED, Facts
from grievances.models import Case, Clearance, Conflict, EntryKind, Pseudonym, SeatOffer
from grievances.roles import May, Part
from grievances.rooms import RoomKind
from grievances.sealing import write

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


def who_could_take_in(case: Case) -> list[User]:
    """Return those on intake duty who may be asked to take the concern in: the reporter was asked about them."""
    cleared = cleared_by_the_reporter(case) - access.conflicted(case)
    busy = set(case.seats.filter(left_at=None).values_list("user_id", flat=True))
    busy |= set(case.offers.filter(state=SeatOffer.State.OPEN).values_list("user_id", flat=True))
    return [user for user in roles.holders(SiteRole.INTAKE) if user.pk in cleared - busy]


def needs_an_outside_mediator(facts: Facts) -> bool:
    """
    Return whether the reporter may offer a seat to a mediator from outside: too few people here could serve.

    Whoever is shown who serves asks those first. A guest can ask nobody by name, so for them it takes that nobody
    serves, was asked, or could take the concern in.
    """
    if facts.user is None or Part.REPORTER not in facts.parts:
        return False
    if facts.user.is_guest:
        return facts.without_anybody and not who_could_take_in(facts.case)
    here = {seat.user_id for seat in facts.mediators}
    here |= {offer.user_id for offer in facts.offers if offer.part == Part.MEDIATOR}
    return len(here | {user.pk for user in who_could_serve(facts.case, asked_by=facts.user)}) < MEDIATORS_WANTED


def cleared_by_the_reporter(case: Case) -> set[int]:
    """Return the ids of the people whom the reporter was asked about and did not bar."""
    cleared = attested(case.chain).cleared
    names, asked = Pseudonym.names_in(case.chain), case.clearances.values_list("user_id", flat=True)
    return {pk for pk in asked if names.get(pk) in cleared}


@together
def say_who_must_not_serve(case: Case, people: Iterable[User], *, by: Actor) -> Case:
    """
    Bar `people` from serving, for good, and take back what they hold. An empty answer is an answer too.

    Raises NotYours for anybody but the reporter.
    """
    seat = Facts(case, by.user).me
    if seat is None or not seat.may(May.SAY_WHO_MAY_NOT_SERVE):
        raise NotYours(_("Only the reporter says who must not serve."))
    for user in people:
        bar(case, user, Conflict.Source.REPORTER)
    cleared = sorted(Pseudonym.of(case.chain, user) for user in _clear_the_others(case))
    Case.objects.filter(pk=case.pk).update(conflicts_answered=True)
    record(case.chain, Event.CONFLICT_NOTED, actor=Pseudonym.of(case.chain, by.user), cleared=cleared)
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


def _clear_the_others(case: Case) -> list[User]:
    asked_about = {*roles.holders(SiteRole.MEDIATOR), *roles.holders(SiteRole.INTAKE)}
    barred = access.conflicted(case)
    case.clearances.filter(user__in=barred).delete()
    cleared = [user for user in asked_about if user.pk not in barred]
    Clearance.objects.bulk_create((Clearance(case=case, user=user) for user in cleared), ignore_conflicts=True)
    return cleared
