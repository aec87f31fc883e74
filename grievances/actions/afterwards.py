"""After closing: three questions about how it was, kept as bare tallies that name nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.accounts.models import User
from caracol.vault.box import mac, subkey
from grievances.actions.holding import hold
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Answered, Case
from grievances.roles import May
from grievances.statistics.counting import tally
from grievances.statistics.periods import Half
from grievances.statistics.tables import SURVEYS, UNPUBLISHED
from grievances.workflow import Stage

# Over before the marks that keep anybody from answering twice go with a release.
ASKED_FOR = dt.timedelta(days=60)


def is_asked(case: Case) -> bool:
    """Return whether those who took part are asked now how it was."""
    return case.stage == Stage.CLOSED and case.closed_at is not None and timezone.now() < case.closed_at + ASKED_FOR


# Not recorded where it is refused, as other deeds are: that somebody answers a second time tells that they answered.
@transaction.atomic
def answer(case: Case, answers: Mapping[str, str], *, by: Actor) -> None:
    """
    Count somebody's answers, by name of the table: once for a case, and once in a half-year for one account.

    What is not answered counts where nothing is published. Raises NotYours, NotOpen.
    """
    case = hold(case)
    me = Facts(case, by.user).me
    if me is None or not me.may(May.SAY_HOW_IT_WAS):
        raise NotYours(_("This is asked of those who took part."))
    if not is_asked(case):
        raise NotOpen(_("This is asked for 60 days after a case has closed."))
    half = Half.of(timezone.localdate())
    if not _mark(by.user, case.token, half):
        raise NotOpen(_("You have answered already. Thank you."))
    if not _mark(by.user, str(half), half):
        return
    for table in SURVEYS:
        tally(table, answers.get(table.name) or UNPUBLISHED, reporter=by.user, half=half)


def _mark(user: User, what: str, half: Half) -> bool:
    """Mark that somebody answered about `what`; return whether they had not yet."""
    key = subkey(settings.LEDGER_KEY.encode(), "caracol survey mark")
    mark = mac(key, f"{what} {user.handle}".encode())
    _row, made = Answered.objects.get_or_create(mark=mark.hex(), defaults={"half": str(half)})
    return made
