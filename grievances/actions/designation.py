"""Designating for sharing (Code 7.3): everything is internal until two people say for whom it may leave, until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from caracol.accounts.models import User
from caracol.ledger.chain import record
from caracol.ledger.models import Fact
from grievances.attest import attested
from grievances.deadlines import today
from grievances.events import Event
from grievances.exceptions import NotOpen
from grievances.models import Case, Designation, Pseudonym, Recipient, Thing

LONGEST_DAYS = 90
NOT_DESIGNATED = _("Two people designate it for sharing first: for whom, and until when.")


@dataclass(frozen=True)
class Shareable:
    """Which thing, in which version, and the chain of the ledger in which it stands. An agenda text has no `case`."""

    thing: Thing
    of: str
    version: int
    chain: str
    case: Case | None = None


def waiting(what: Shareable) -> Designation | None:
    """Return what one person designated, and a second has not yet."""
    return _of(what).filter(second=None, alone=False).last()


def standing(what: Shareable) -> Designation | None:
    """Return the designation in force, as the ledger has it too."""
    complete = [each for each in _of(what) if each.second_id or each.alone]
    return next((each for each in complete[::-1] if is_true(each, what.chain)), None)


def designate(what: Shareable, whom: Recipient, until: dt.date, *, by: User, alone: bool = False) -> Designation:
    """
    Designate something for somebody until a day: as the first, or as the second where the first said the same.

    To be called in a transaction, by whoever has checked that `by` may. `alone` lets one suffice. Raises NotOpen.
    """
    if not today() <= until <= today() + dt.timedelta(days=LONGEST_DAYS):
        raise NotOpen(_("Choose a day from today on, at most 90 days away."), "7.3")
    first = waiting(what)
    if first is None or (first.recipient, first.until) != (whom.value, until):
        _of(what).filter(second=None, alone=False).update(ended_on=today())
        first = _first(what, whom, until, by, alone=alone)
    elif first.first_id == by.pk:
        raise NotOpen(_("You have designated it already. It takes a second person."), "7.3")
    else:
        first.second = by
        first.save(update_fields=["second"])
    record(what.chain, Event.DESIGNATED, actor=Pseudonym.of(what.chain, by), **_facts(first))
    return first


def _first(what: Shareable, whom: Recipient, until: dt.date, by: User, *, alone: bool) -> Designation:
    return Designation.objects.create(
        case=what.case,
        thing=what.thing,
        of=what.of,
        version=what.version,
        recipient=whom,
        until=until,
        first=by,
        alone=alone,
    )


def take_back(what: Shareable, *, by: User) -> None:
    """Make something internal again; one person suffices. What has left can't be called back. Raises NotOpen."""
    ended = list(_of(what))
    if not ended:
        raise NotOpen(NOT_DESIGNATED, "7.3")
    for each in ended:
        each.ended_on = today()
        each.save(update_fields=["ended_on"])
        record(what.chain, Event.UNDESIGNATED, actor=Pseudonym.of(what.chain, by), **_facts(each))


def is_true(designation: Designation, chain: str) -> bool:
    """Return whether the ledger has this designation from these very people: a row alone lets nothing leave."""
    said = attested(chain).designated.get(_key(designation), set())
    users = [designation.first, *([designation.second] if designation.second else [])]
    return {Pseudonym.of(chain, user) for user in users} <= said


def _of(what: Shareable) -> QuerySet[Designation]:
    found = Designation.objects.filter(thing=what.thing, of=what.of, version=what.version)
    return found.filter(ended_on=None, until__gte=today()).select_related("first", "second")


def _key(each: Designation) -> tuple[str, str, int, str, str, str]:
    return each.thing, each.of, each.version, each.recipient, each.until.isoformat(), "one" if each.alone else "two"


def _facts(each: Designation) -> dict[str, Fact]:
    return dict(zip(("thing", "of", "version", "whom", "until", "takes"), _key(each), strict=True))
