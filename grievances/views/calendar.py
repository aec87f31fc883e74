"""The reader's own days: check-ins, private talks with a time, sessions of mediation; each as a calendar entry."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from caracol.accounts.models import User
from caracol.letters.cadences import cadence_of
from grievances import access
from grievances.actions import conversations
from grievances.actions.waits import Answers, note_own
from grievances.forms.waits import WaitsForm
from grievances.models import (
    AmendsItem,
    Case,
    Conversation,
    Invited,
    Paper,
    PlannedSession,
    Purpose,
    Seat,
    Space,
    Thing,
)
from grievances.roles import HARM_SIDE, SIDES, Part
from grievances.views.news import parts_in
from grievances.views.reader import MemberRequest
from grievances.views.waits import Leaving, pass_by
from grievances.workflow import Stage

CHECK_IN, TALK = _("a check-in on what was promised"), _("a private talk")
SESSION = _("a session of mediation")
FOLLOW_UP = _("to come back to a private talk")
_OF_AMENDS = HARM_SIDE | SIDES | {Part.MEDIATOR}


@dataclass(frozen=True)
class Day:
    """Something at a day, or a moment, in a case of the reader's, or beside one."""

    what: Promise
    case: Case | None = None
    talk: Conversation | None = None
    day: dt.date | None = None
    moment: dt.datetime | None = None

    @property
    def at(self) -> str:
        """The day or moment as an entry is asked for."""
        return (self.moment or self.day or dt.date.min).isoformat()


@require_safe
def calendar(request: MemberRequest) -> HttpResponse:
    """The days of the reader's open cases, soonest first, in the reader's own time zone."""
    days = sorted(
        [*_check_ins(request.user), *_talks(request.user), *_sessions(request.user), *_follow_ups(request.user)],
        key=lambda day: day.at,
    )
    page = {"days": days, "zone": cadence_of(request.user).zone}
    return render(request, "grievances/calendar.html", page)


@require_POST
def entry(request: MemberRequest) -> HttpResponseBase:
    """
    Give a calendar entry that says a time and "Caracol", and nothing else, after WAITS (Code 7.2).

    What it is about is not asked, so that no address, no history of a browser and no record can say it.
    """
    at = request.POST.get("at", "")
    begins = _begins(at)
    if begins is None:
        return redirect("grievances:calendar")

    def make(answers: Answers) -> HttpResponse:
        note_own(request.user, Thing.DAY, answers)
        return _file(begins)

    things = [("entry", gettext("a time, and the word “Caracol”"))]
    asked = partial(WaitsForm, thing=Thing.DAY, things=things)
    return pass_by(request, Leaving(asked, make, reverse("grievances:calendar"), hidden={"at": at}), grave=False)


def _file(begins: str) -> HttpResponse:
    today = dt.datetime.now(dt.UTC).strftime("%Y%m%d")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Caracol//EN",
        "BEGIN:VEVENT",
        # New each time, and of the day alone: it tells neither what it belongs to nor when it was made.
        f"UID:{secrets.token_hex(16)}",
        f"DTSTAMP:{today}T000000Z",
        begins,
        "SUMMARY:Caracol",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    name = {"Content-Disposition": 'attachment; filename="caracol.ics"'}
    return HttpResponse("".join(f"{line}\r\n" for line in lines), content_type="text/calendar", headers=name)


def _begins(at: str) -> str | None:
    try:
        day, moment = parse_date(at), parse_datetime(at)
    except ValueError:
        return None
    if day:
        return f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    return f"DTSTART:{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}" if moment and moment.tzinfo else None


def _check_ins(reader: User) -> Iterator[Day]:
    """Yield the promises of agreements in force that wait to be checked. Three queries."""
    seen = Case.objects.filter(access.visible(reader), stage=Stage.AMENDS)
    agreed = Paper.objects.filter(case__in=seen, purpose=Purpose.AGREEMENT).exclude(used_at=None).order_by("pk")
    in_force = dict(agreed.values_list("case_id", "token"))
    items = AmendsItem.objects.filter(agreement__in=in_force.values(), state=AmendsItem.State.OPEN)
    found = list(items.select_related("case").order_by("due_on", "pk"))
    parts = parts_in({item.case for item in found}, reader)
    for case, day in dict.fromkeys((item.case, item.due_on) for item in found):
        if parts.get(case.pk, frozenset()) & _OF_AMENDS:
            yield Day(CHECK_IN, case, day=day)


def _talks(reader: User) -> Iterator[Day]:
    """Yield the private talks with a time that the reader offered, or was offered and did not decline. One query."""
    seen = Case.objects.filter(access.visible(reader)).exclude(stage=Stage.CLOSED)
    mine = Q(offered_by__user=reader, offered_by__left_at=None) | Q(offered_to__user=reader, offered_to__left_at=None)
    spaces = Space.objects.filter(mine, case__in=seen.values("pk")).exclude(meets_at=None)
    for space in spaces.exclude(answer=Space.Answer.DECLINED).select_related("case"):
        yield Day(TALK, space.case, moment=space.meets_at)


def _sessions(reader: User) -> Iterator[Day]:
    """Yield the sessions that the reader mediates, or is invited to and did not decline. Two queries."""
    seen = Case.objects.filter(access.visible(reader), stage=Stage.MEDIATION)
    mediated = Seat.objects.filter(user=reader, mediator=True, left_at=None).values("case_id")
    invited = Invited.objects.filter(seat__user=reader, seat__left_at=None).exclude(answer=Invited.Answer.DECLINED)
    planned = PlannedSession.objects.filter(case__in=seen.values("pk"), ended_at=None)
    mine = Q(case__in=mediated) | Q(pk__in=invited.values("session"))
    for session in planned.filter(mine).select_related("case"):
        yield Day(SESSION, session.case, moment=session.meets_at)


def _follow_ups(reader: User) -> Iterator[Day]:
    """Yield the days on which the reader wanted to come back to a private talk they recorded. One query."""
    for talk in conversations.of(reader).filter(recorded_by=reader).exclude(follow_up_on=None):
        yield Day(FOLLOW_UP, talk=talk, day=talk.follow_up_on)
