"""Who says that they are busy or away: their own word, and never a count of what they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from caracol.accounts.contacts import serving_names_of
from caracol.accounts.models import User
from grievances.deadlines import today
from grievances.models import Availability


def say(user: User, *, busy: bool, away_from: dt.date | None, away_until: dt.date | None) -> None:
    """Keep what somebody says of their own time."""
    said = {"busy": busy, "away_from": away_from, "away_until": away_until}
    Availability.objects.update_or_create(user=user, defaults=said)


def of(user: User) -> Availability:
    """Return what somebody said last; of who said nothing, that they are free."""
    return Availability.objects.filter(user=user).first() or Availability(user=user)


def away_between(people: Iterable[int], first: dt.date, last: dt.date) -> set[int]:
    """Return who of `people` (user ids) is away on a day between `first` and `last`. One query."""
    said = Availability.objects.filter(user__in=list(people))
    return set(said.filter(away_from__lte=last, away_until__gte=first).values_list("user_id", flat=True))


def names_of(users: Collection[User]) -> dict[int, str]:
    """Return the name each of these serves by, with what they say of their time. Two queries."""
    names, said = serving_names_of(users), remarks(users)
    return {pk: f"{name} ({said[pk]})" if pk in said else name for pk, name in names.items()}


def remarks(users: Collection[User]) -> dict[int, str]:
    """Return what those who are not just free say, in words, by user id. One query."""
    said = Availability.objects.filter(user__in=[user.pk for user in users])
    found = {each.user_id: _remark(each) for each in said}
    return {pk: remark for pk, remark in found.items() if remark}


def _remark(said: Availability) -> str:
    if said.away_from and said.away_until and said.away_until >= today():
        days = {"first": date_format(said.away_from), "last": date_format(said.away_until)}
        return _("away from %(first)s until %(last)s") % days
    return _("busy at present") if said.busy else ""
