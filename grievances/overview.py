"""
What lies in a case, kind by kind, and of which kinds there is anything: asked at once, by one statement.

Most cases have little of most kinds. A page that shows a case asks first what there is, and further only for that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connections
from django.db.models import Exists, QuerySet

from caracol.accounts.models import User
from grievances import access
from grievances.models import (
    Availability,
    Case,
    Clock,
    Consent,
    Decision,
    Notice,
    Paper,
    PlannedSession,
    Proposal,
    Retaliation,
    Seat,
    SeatOffer,
    Space,
)


@dataclass(frozen=True)
class Asked:
    """What is asked about: a case, who reads (None: the clock), and when."""

    case: Case
    user: User | None
    now: dt.datetime


Kind = Callable[[Asked], QuerySet[Any]]


def offers(on: Asked) -> QuerySet[SeatOffer]:
    """Return the requests to serve that still wait for an answer."""
    return on.case.offers.filter(state=SeatOffer.State.OPEN, lapses_at__gt=on.now)


def papers(on: Asked) -> QuerySet[Paper]:
    """Return the texts that were laid before people, the newest last."""
    return on.case.papers.select_related("person").order_by("pk")


def consents(on: Asked) -> QuerySet[Consent]:
    """Return the rows of the consents that stand; which of them the ledger knows is not asked here."""
    standing = Consent.objects.filter(seat__case=on.case, withdrawn_at=None)
    return standing.select_related("person", "seat", "paper").order_by("pk")


def taken_back(on: Asked) -> QuerySet[Consent]:
    """Return the consents that were taken back, the last one first."""
    gone = Consent.objects.filter(seat__case=on.case).exclude(withdrawn_at=None)
    return gone.select_related("paper").order_by("-withdrawn_at", "-pk")


def decisions(on: Asked) -> QuerySet[Decision]:
    """Return the decisions that can be contested, or were, the newest last."""
    return on.case.decisions.all()


def contested(on: Asked) -> QuerySet[Decision]:
    """Return the decisions that were contested."""
    return on.case.decisions.exclude(contested_at=None)


def clocks(on: Asked) -> QuerySet[Clock]:
    """Return the running clocks."""
    return on.case.clocks.filter(stopped_at=None)


def proposals(on: Asked) -> QuerySet[Proposal]:
    """Return the steps that wait for a second mediator, or grew too old for one."""
    return on.case.proposals.filter(ended_at=None)


def spaces(on: Asked) -> QuerySet[Space]:
    """Return the private spaces that were offered to the reader and wait for their answer."""
    return Space.objects.filter(case=on.case, offered_to__user=on.user, answer=Space.Answer.WAITING)


def sessions(on: Asked) -> QuerySet[PlannedSession]:
    """Return the sessions that are planned."""
    return on.case.planned_sessions.filter(ended_at=None)


def follows(on: Asked) -> QuerySet[Retaliation]:
    """Return which case this one follows, where it is about retaliation."""
    return Retaliation.objects.filter(case=on.case).select_related("about")


def unread(on: Asked) -> QuerySet[Notice]:
    """Return what the reader was told of the case and has not read."""
    return Notice.objects.filter(case=on.case, user=on.user, read_at=None)


def keyless(on: Asked) -> QuerySet[Seat]:
    """Return the seats of those who lost their keys."""
    return access.keyless(on.case)


def busy_or_away(on: Asked) -> QuerySet[Availability]:
    """Return what those seated here say of their own time."""
    return Availability.objects.filter(user__in=Seat.objects.filter(case=on.case).values("user_id"))


KINDS: tuple[Kind, ...] = (
    offers,
    papers,
    consents,
    taken_back,
    decisions,
    contested,
    clocks,
    proposals,
    spaces,
    sessions,
    follows,
    unread,
    keyless,
    busy_or_away,
)


def lacking(on: Asked, using: str = "default") -> frozenset[Kind]:
    """Return the kinds of which there is nothing, for this reader and now. One query."""
    text, params = _text(using)
    given = _given(on, using)
    with connections[using].cursor() as cursor:
        cursor.execute(text, [given.get(param, param) for param in params])
        (found,) = cursor.fetchall()
    return frozenset(kind for kind, there_is in zip(KINDS, found, strict=True) if not there_is)


# Stand for what is asked about while the text is put together. No row has such a number, and nothing is that old.
_CASE, _USER, _NOW = -7_100_000_001, -7_100_000_002, dt.datetime(1871, 3, 18, 4, 5, 6, 789, dt.UTC)


@cache
def _text(using: str) -> tuple[str, tuple[Any, ...]]:
    """Put the statement together once: the querysets above are its only source, and compiling them is what costs."""
    marked = Asked(Case(pk=_CASE), User(pk=_USER), _NOW)
    asked = Case.objects.filter(pk=_CASE).values_list(*(Exists(kind(marked)) for kind in KINDS))
    text, params = asked.query.get_compiler(using).as_sql()
    return text, tuple(params)


def _given(on: Asked, using: str) -> dict[Any, Any]:
    """Return what is given in the place of each mark, as this database takes it."""
    moment = connections[using].ops.adapt_datetimefield_value
    user = on.user.pk if on.user else None
    return {_CASE: on.case.pk, _USER: user, moment(_NOW): moment(on.now)}
