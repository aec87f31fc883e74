"""
Letters for what people were told: notices are the outbox, and every notice is told by one letter at most.

Who is on intake duty gets one letter a day at a fixed hour, news or none, and no other: from its coming or not
coming nobody learns whether a case exists that is kept from them.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from caracol import moments
from caracol.accounts.models import SiteRole, User
from caracol.letters import sending
from caracol.letters.cadences import DUTY_HOUR, due_until, last_time
from caracol.letters.models import Cadence, Letter
from grievances.actions.jobs import each
from grievances.models import Notice
from grievances.waiting import notices_to


def write_letters() -> int:
    """Write a letter to everybody for whom one is due now; returns how many. Nothing where no letters are sent."""
    if not settings.SENDS_LETTERS:
        return 0
    now = timezone.now()
    return _write_duty_letters(now) + each(_wanting(now), _write)


def send_letters() -> int:
    """Send the letters that are due; returns how many."""
    return sending.send_due(_still_true) if settings.SENDS_LETTERS else 0


def on_duty() -> QuerySet[User]:
    """
    Return who is on intake duty, by the plain rows.

    A forged row brings somebody a letter that says nothing; for all else a role counts by the ledger.
    """
    return User.objects.filter(is_active=True, roles__role=SiteRole.INTAKE, roles__ended_on=None).order_by("pk")


def _write_duty_letters(now: dt.datetime) -> int:
    office = timezone.get_default_timezone()
    today = last_time(DUTY_HOUR, office, now).astimezone(office).date()
    had = Letter.objects.filter(duty_on=today).values("user_id")
    return each(on_duty().exclude(pk__in=had), partial(_write_duty_letter, today=today))


@transaction.atomic
def _write_duty_letter(user: User, today: dt.date) -> bool:
    letter, made = Letter.objects.get_or_create(user=user, duty_on=today)
    if made:
        # Whatever news there is, this letter tells of it: leaving duty brings no second one.
        Notice.objects.filter(user=user, letter="", read_at=None).update(letter=letter.token)
    return made


def _wanting(now: dt.datetime) -> list[User]:
    """Return who may be due a letter: they chose letters, and have something unread since that none told of."""
    chosen = Cadence.objects.exclude(when=Cadence.When.NEVER).exclude(user__in=on_duty()).filter(user__is_active=True)
    first = dict(
        Notice.objects.filter(letter="", read_at=None, user__in=chosen.values("user_id"))
        .values_list("user_id")
        .annotate(Min("told_at"))
        .order_by()
    )
    found = chosen.filter(user__in=first).select_related("user").order_by("pk")
    return [each.user for each in found if (until := due_until(each, now)) and first[each.user_id] <= until]


@transaction.atomic
def _write(user: User) -> bool:
    # Held, so that of two workers the second finds nothing left to tell.
    cadence = Cadence.objects.select_for_update().get(user=user)
    until = due_until(cadence, timezone.now())
    if until is None:
        return False
    untold = notices_to(user).filter(letter="").order_by().values_list("pk", "told_at")
    due = [pk for pk, told_at in untold if _is_due(told_at, cadence, until)]
    if due:
        letter = Letter.objects.create(user=user)
        Notice.objects.filter(pk__in=due).update(letter=letter.token)
    return bool(due)


def _is_due(told_at: dt.datetime, cadence: Cadence, until: dt.datetime) -> bool:
    """Return whether a notice is due. Of what a guest did no hour is kept: a daily letter tells of it the day after."""
    if not moments.is_day_alone(told_at):
        return cadence.since <= told_at <= until
    known = told_at + moments.DAY if cadence.when == Cadence.When.DAILY else told_at
    return moments.day_began(cadence.since) <= told_at and known <= until


def _still_true(letter: Letter) -> bool:
    """Return whether a letter still is wanted and says the truth: something it tells of is still to be read."""
    if on_duty().filter(pk=letter.user_id).exists() != (letter.duty_on is not None):
        return False
    wants = Cadence.objects.filter(user=letter.user).exclude(when=Cadence.When.NEVER).exists()
    return letter.duty_on is not None or (wants and notices_to(letter.user).filter(letter=letter.token).exists())
