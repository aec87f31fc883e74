"""The history of a case: what the ledger tells this reader."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caracol.accounts.actor import Actor
from grievances.facts import Facts
from grievances.history import history
from grievances.presenters import People
from grievances.roles import May
from grievances.views.with_case import with_case

PER_PAGE = 50


@require_safe
@with_case(May.FOLLOW)
def page(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Show what happened, the newest first, a page at a time."""
    lines = history(facts, People(facts))[::-1]
    shown = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "grievances/history.html", {"case": facts.case, "page": shown})
