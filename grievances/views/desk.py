"""Everybody's own lists: what I raised or am part of, where I serve, where I am asked to, what I carry to a meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from caracol.accounts.actor import Actor, actor_of
from caracol.accounts.models import Kind, User
from grievances import access
from grievances.deadlines import today
from grievances.models import AgendaItem, Case, CaseGrant, Clock, Entry, Room, Seat
from grievances.roles import HARM_SIDE, SERVING, Part
from grievances.rooms import RoomKind
from grievances.sealing import Opened, newest, read
from grievances.views.news import parts_in
from grievances.views.reader import MemberRequest
from grievances.waiting import offers_to
from grievances.workflow import OPEN, Stage

PER_PAGE = 25
Found = TypeVar("Found", bound=Model)
# By numbers, so that the history of a browser says nothing of where a case stands.
STAGES = {str(number): stage for number, stage in enumerate(OPEN, start=1)}

# What a reader is to a case, as their list says it to them.
WHAT_I_AM: dict[Part, Promise] = {
    Part.REPORTER: gettext_lazy("You raised this."),
    Part.HARMED: gettext_lazy("You were harmed in this."),
    Part.RESPONDENT: gettext_lazy("A concern names you."),
    Part.SUPPORT: gettext_lazy("You stand by somebody."),
    Part.WITNESS: gettext_lazy("You are asked what you saw or heard."),
    Part.MEDIATOR: gettext_lazy("You mediate."),
    Part.INTAKE: gettext_lazy("You took this in."),
}


@dataclass(frozen=True)
class Row:
    """One case in its reader's list. Where it stands is open or closed, to those who may not know more."""

    case: Case
    says: str
    stands: str
    due_on: dt.date | None = None

    @property
    def is_late(self) -> bool:
        """Whether the next due date has passed."""
        return self.due_on is not None and self.due_on < today()


@require_safe
def my_concerns(request: MemberRequest) -> HttpResponse:
    """The cases that the reader takes part in, the one that moved last first; for a guest, their one case."""
    mediates = request.user.kind == Kind.SEAT and access.cases_of(request.user, access.SERVE).exists()
    found = _newest(request, access.SERVE if mediates else access.TAKE_PART)
    return _cases_page(request, found, "grievances/my_concerns.html")


@require_safe
def cases(request: MemberRequest) -> HttpResponse:
    """The cases in which the reader serves, the one that moved last first; narrowed to a stage, or to what is late."""
    stage, late = STAGES.get(request.GET.get("stage", "")), "late" in request.GET
    narrowed = {"stages": STAGES.items(), "stage": stage, "late": late}
    found = _narrowed(_newest(request, access.SERVE), stage, late=late)
    return _cases_page(request, found, "grievances/cases.html", **narrowed)


@require_safe
def asked(request: MemberRequest) -> HttpResponse:
    """Where the reader is asked to mediate."""
    page = _page_of(request, offers_to(request.user, Part.MEDIATOR))
    return render(request, "grievances/asked.html", {"page": page})


@require_safe
def intake(request: MemberRequest) -> HttpResponse:
    """The concerns that wait to be taken in, and those that the reader took in."""
    seats = Seat.objects.filter(user=request.user, intake=True, left_at=None).values("case_id")
    taken = access.newest_cases(request.user, access.SERVE).filter(content_object_id__in=seats)[:PER_PAGE]
    page = {"page": _page_of(request, offers_to(request.user, Part.INTAKE)), "rows": _rows(taken, request.user)}
    return render(request, "grievances/intake.html", page)


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """The texts that the reader carries to a meeting, opened with their keys."""
    actor = actor_of(request)
    rooms = access.rooms_of(actor.user, Room.objects.filter(kind=RoomKind.AGENDA)).values("pk")
    items = AgendaItem.objects.filter(room__in=rooms).select_related("room").order_by("-meeting_on", "-pk")
    page = _page_of(request, items)
    texts = _texts(page, actor)
    shown = [(item, texts.get(item.room_id)) for item in page]
    return render(request, "grievances/agenda.html", {"page": page, "items": shown})


def _texts(items: Iterable[AgendaItem], actor: Actor) -> dict[int, Opened]:
    entries = Entry.objects.filter(room__in=[item.room_id for item in items]).select_related("room__case", "author")
    return {opened.entry.room_id: opened for opened in read(newest(entries), by=actor)}


def _newest(request: MemberRequest, permission: str) -> QuerySet[CaseGrant]:
    return access.newest_cases(request.user, permission, live="closed" not in request.GET)


def _narrowed(grants: QuerySet[CaseGrant], stage: Stage | None, *, late: bool) -> QuerySet[CaseGrant]:
    if stage:
        grants = grants.filter(content_object__stage=stage)
    if late:
        passed = Clock.objects.filter(stopped_at=None, paused_on=None, due_on__lt=today()).order_by()
        grants = grants.filter(content_object__in=passed.values("case_id"))
    return grants


def _cases_page(request: MemberRequest, found: QuerySet[CaseGrant], template: str, **more: object) -> HttpResponse:
    page = _page_of(request, found)
    context = {"page": page, "rows": _rows(page, request.user), "closed": "closed" in request.GET, **more}
    return render(request, template, context)


def _page_of(request: HttpRequest, found: QuerySet[Found]) -> Page[Found]:
    return Paginator(found, PER_PAGE).get_page(request.GET.get("page"))


def _rows(grants: Iterable[CaseGrant], reader: User) -> list[Row]:
    """Return a row for each grant, in two queries."""
    found = [grant.content_object for grant in grants]
    parts = parts_in(found, reader)
    due = _next_due(found)
    return [_row(case, parts.get(case.pk, frozenset()), due.get(case.pk)) for case in found]


def _row(case: Case, parts: frozenset[Part], due_on: dt.date | None) -> Row:
    # Whoever raised it knows themselves what else they are in it.
    told = parts & HARM_SIDE or parts
    says = " ".join(str(WHAT_I_AM[part]) for part in Part if part in told)
    return Row(case, says, _stands(case, parts), due_on if parts & SERVING else None)


def _stands(case: Case, parts: frozenset[Part]) -> str:
    if parts & (HARM_SIDE | SERVING):
        return str(case.get_stage_display())
    return _("Open") if case.is_open else _("Closed")


def _next_due(found: list[Case]) -> dict[int, dt.date]:
    clocks = Clock.objects.filter(case__in=found, stopped_at=None, paused_on=None).order_by("-due_on")
    return {clock.case_id: clock.due_on for clock in clocks}
