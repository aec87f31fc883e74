"""Saying where a case is not counted in the statistics, while it has not been counted yet."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions.refusals import together
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Pseudonym, Uncounted
from grievances.roles import May
from grievances.statistics.tables import OF_MATTERS


@together
def leave_uncounted(case: Case, tables: Collection[str], *, by: Actor) -> None:
    """
    Let a case be counted nowhere in these tables of matters, and in all others. No reason is asked.

    Raises NotYours, and NotOpen once the case has been counted: what it was counted as is kept without it.
    """
    seat = Facts(case, by.user).me
    if seat is None or not seat.may(May.LEAVE_UNCOUNTED):
        raise NotYours(_("Only the reporter and the mediators say where a case is not counted."))
    if case.counted:
        raise NotOpen(_("This was counted when it first closed, without a trace of the case. It stays so."))
    case.uncounted.all().delete()
    Uncounted.objects.bulk_create(
        Uncounted(case=case, table=table.name) for table in OF_MATTERS if table.name in tables
    )
    record(case.chain, Event.LEFT_UNCOUNTED, actor=Pseudonym.of(case.chain, by.user))
