"""Everybody's own lists: what I raised or am part of, where I serve, where I am asked to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from caracol.accounts.models import Kind
from caracol.once import once_in_each_language
from grievances import access
from grievances.deadlines import today
from grievances.lines import Line, Lines
from grievances.roles import HARM_SIDE, SERVING, Part
from grievances.views.reader import PER_PAGE, MemberRequest, page_of
from grievances.waiting import offers_to
from grievances.workflow import OPEN, Stage

# By numbers, so that the history of a browser says nothing of where a case stands.
STAGES = {str(number): stage for number, stage in enumerate(OPEN, start=1)}

# Stands in an address where each case's own reference is put.
_SOME_CASE = "some-case"

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

    reference: str
    address: str
    says: str
    stands: str
    due: str = ""
    is_late: bool = False


@require_safe
def my_concerns(request: MemberRequest) -> HttpResponse:
    """The cases that the reader takes part in, the one that moved last first; for a guest, their one case."""
    mediates = request.user.kind == Kind.SEAT and access.cases_of(request.user, access.SERVE).exists()
    permission = access.SERVE if mediates else access.TAKE_PART
    found = Lines(request.user, permission, live="closed" not in request.GET)
    return _cases_page(request, found, "grievances/my_concerns.html")


@require_safe
def cases(request: MemberRequest) -> HttpResponse:
    """The cases in which the reader serves, the one that moved last first; narrowed to a stage, or to what is late."""
    stage, late = STAGES.get(request.GET.get("stage", "")), "late" in request.GET
    narrowed = {"stages": STAGES.items(), "stage": stage, "late": late}
    found = Lines(request.user, access.SERVE, live="closed" not in request.GET, stage=stage, late=late)
    return _cases_page(request, found, "grievances/cases.html", **narrowed)


@require_safe
def asked(request: MemberRequest) -> HttpResponse:
    """Where the reader is asked to mediate."""
    page = page_of(request, offers_to(request.user, Part.MEDIATOR))
    return render(request, "grievances/asked.html", {"page": page})


@require_safe
def intake(request: MemberRequest) -> HttpResponse:
    """The concerns that wait to be taken in, and those that the reader took in."""
    taken = Lines(request.user, access.SERVE, taken_in=True)[:PER_PAGE]
    page = {"page": page_of(request, offers_to(request.user, Part.INTAKE)), "rows": _rows(taken)}
    return render(request, "grievances/intake.html", page)


def _cases_page(request: MemberRequest, found: Lines, template: str, **more: object) -> HttpResponse:
    paginator: Paginator[Line] = Paginator(found, PER_PAGE)  # type: ignore[arg-type]  # it asks for no more than there is
    page = paginator.get_page(request.GET.get("page"))
    context = {"page": page, "rows": _rows(page), "closed": "closed" in request.GET, **more}
    return render(request, template, context)


def _rows(lines: Iterable[Line]) -> list[Row]:
    # To ask for each address by itself, and for each day in words, is half of what the page takes.
    address, on = reverse("grievances:case", args=[_SOME_CASE]), today()
    return [_row(line, address.replace(_SOME_CASE, line.reference), on) for line in lines]


def _row(line: Line, address: str, on: dt.date) -> Row:
    says, stands = _said(line.parts, line.stage)
    if line.due_on is None or not line.parts & SERVING:
        return Row(line.reference, address, says, stands)
    return Row(line.reference, address, says, stands, due=_due(line.due_on), is_late=line.due_on < on)


@once_in_each_language
def _due(day: dt.date) -> str:
    return _("something is due on %(day)s.") % {"day": date_format(day)}


@once_in_each_language
def _said(parts: frozenset[Part], stage: Stage) -> tuple[str, str]:
    """Return what the reader is to a case, and where it stands."""
    # Whoever raised it knows themselves what else they are in it.
    told = parts & HARM_SIDE or parts
    return " ".join(str(WHAT_I_AM[part]) for part in Part if part in told), _stands(parts, stage)


def _stands(parts: frozenset[Part], stage: Stage) -> str:
    if parts & (HARM_SIDE | SERVING):
        return str(stage.label)
    return _("Open") if stage in OPEN else _("Closed")
