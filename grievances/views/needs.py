"""The mediators' desk: what needs the reader next, their own time, and finding words in their cases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caracol.accounts import roles
from caracol.accounts.actor import Actor, actor_of
from caracol.accounts.models import SiteRole, User
from grievances import access, free_and_busy
from grievances.actions.words import say
from grievances.deadlines import today
from grievances.facts import Facts
from grievances.finding import Found, find
from grievances.forms.desk import AvailabilityForm, FindForm, HandOverForm
from grievances.models import Case, CaseGrant, Clock, EntryKind, Notice, Proposal, Room, Seat
from grievances.presenters import People, room_line
from grievances.roles import May
from grievances.rooms import RoomKind
from grievances.views.reader import MemberRequest, status_of
from grievances.views.with_case import with_case

SHOWN = 25


@dataclass(frozen=True)
class Need:
    """One of the reader's cases, and why it needs them."""

    case: Case
    waits: bool
    unread: bool
    due_on: dt.date | None
    due: str
    uncovered: bool = False

    @property
    def is_late(self) -> bool:
        """Whether its next date has passed."""
        return self.due_on is not None and self.due_on < today()


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: MemberRequest) -> HttpResponse:
    """What needs the reader next, how much they carry, and whether they are free."""
    _check_serves(request.user)
    form = _availability(request)
    if form.is_bound and form.is_valid():
        free_and_busy.say(request.user, **form.cleaned_data)
        messages.success(request, _("Thank you. Whoever looks for a mediator sees it."))
        return redirect("grievances:desk")
    return _show(request, form, FindForm())


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Look for words in the next few of the reader's open cases."""
    actor = actor_of(request)
    _check_serves(actor.user)
    form = FindForm(request.POST)
    if not form.is_valid():
        return _show(request, _availability(request), form)
    found = find(form.cleaned_data["words"], by=actor, after=form.cleaned_data["done"] or 0)
    page = {"form": form, "found": found, "hits": _named(found, actor)}
    return render(request, "grievances/found.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.HAND_OVER)
def hand_over(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Leave a note for whoever takes over, sealed among the mediators."""
    form = HandOverForm(request.POST if request.method == "POST" else None)
    notes = facts.case.rooms.filter(kind=RoomKind.MEDIATORS, destroyed_at=None).first()
    if notes is None:
        raise Http404
    if form.is_bound and form.is_valid():
        say(notes, form.cleaned_data, by=actor, kind=EntryKind.HAND_OVER)
        messages.success(request, _("Your note is kept."))
        return redirect("grievances:case", facts.case.reference)
    return render(request, "grievances/hand_over.html", {"case": facts.case, "form": form}, status=status_of(form))


def _check_serves(user: User) -> None:
    if not roles.holds(user, SiteRole.MEDIATOR):
        raise Http404


def _availability(request: HttpRequest) -> AvailabilityForm:
    user = request.user
    said = free_and_busy.of(user) if isinstance(user, User) else None
    initial = {"busy": said.busy, "away_from": said.away_from, "away_until": said.away_until} if said else {}
    mine = request.method == "POST" and "words" not in request.POST
    return AvailabilityForm(request.POST if mine else None, initial=initial)


def _show(request: HttpRequest, form: AvailabilityForm, finding: FindForm) -> HttpResponse:
    user = request.user
    if not isinstance(user, User):
        raise Http404
    mine = access.newest_cases(user, access.SERVE)
    page = {
        "form": form,
        "finding": finding,
        "needs": needs_of(user),
        "load": mine.count(),
        "late": _late_in(mine),
        "shown": SHOWN,
    }
    status = max(status_of(form), status_of(finding))
    return render(request, "grievances/desk.html", page, status=status)


def _late_in(grants: QuerySet[CaseGrant]) -> int:
    """Return in how many cases a date has passed."""
    runs = Clock.objects.filter(case__in=grants.order_by().values("content_object_id"), stopped_at=None, paused_on=None)
    return runs.filter(due_on__lt=today()).order_by().values("case_id").distinct().count()


def needs_of(user: User) -> list[Need]:
    """Return the reader's open cases, what needs them first: a second yes, then what is due soonest. Three queries."""
    order = ("-waits", F("next_due").asc(nulls_last=True), "-unread", "-last_activity_at", "content_object_id")
    grants = list(_with_next(access.newest_cases(user, access.SERVE), user).order_by(*order)[:SHOWN])
    bare = _uncovered([grant.content_object for grant in grants], user)
    return [_need(grant, bare) for grant in grants]


def _need(grant: CaseGrant, bare: set[int]) -> Need:
    said = vars(grant)
    case = grant.content_object
    due = str(Clock.Kind(said["next_kind"]).label) if said["next_kind"] else ""
    return Need(case, said["waits"], said["unread"], said["next_due"], due, uncovered=case.pk in bare)


def _with_next(grants: QuerySet[CaseGrant], user: User) -> QuerySet[CaseGrant]:
    case = OuterRef("content_object_id")
    clocks = Clock.objects.filter(case=case, stopped_at=None, paused_on=None).order_by("due_on")
    proposals = Proposal.objects.filter(case=case, ended_at=None, case_version=OuterRef("content_object__version"))
    return grants.annotate(
        next_due=Subquery(clocks.values("due_on")[:1]),
        next_kind=Subquery(clocks.values("kind")[:1]),
        waits=Exists(proposals.exclude(proposed_by=user)),
        unread=Exists(Notice.objects.filter(case=case, user=user, read_at=None)),
    )


def _uncovered(cases: list[Case], user: User) -> set[int]:
    """Return the cases that nobody else mediates while the reader is away: alone, or the other is away too."""
    said = free_and_busy.of(user)
    if said.away_from is None or said.away_until is None or said.away_until < today():
        return set()
    others = Seat.objects.filter(case__in=cases, mediator=True, left_at=None).exclude(user=user)
    away = free_and_busy.away_between([seat.user_id for seat in others], said.away_from, said.away_until)
    return {case.pk for case in cases} - {seat.case_id for seat in others if seat.user_id not in away}


def _named(found: Found, actor: Actor) -> list[tuple[Room, str, str]]:
    """Return each hit with the name of its room as the reader's pages have it."""
    people = {hit.room.case_id: People(Facts(hit.room.case, actor.user)) for hit in found.hits if hit.room.case}
    return [
        (hit.room, room_line(hit.room, people[hit.room.case_id]).name, hit.excerpt)
        for hit in found.hits
        if hit.room.case_id in people
    ]
