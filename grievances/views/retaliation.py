"""Reporting retaliation: from a case, by anyone with a seat in it, into a concern of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from caracol.accounts.models import Kind
from caracol.limits import doors
from grievances.actions import retaliation
from grievances.facts import Facts
from grievances.forms.retaliation import RetaliationForm
from grievances.models import Route
from grievances.roles import May
from grievances.views.reader import status_of
from grievances.views.with_case import with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.REPORT_RETALIATION)
def report(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Say what retaliation is, and begin a draft about it."""
    form = RetaliationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        doors.enter(request, doors.FILING, person=actor.user.get_username())
        begun = retaliation.report(facts.case, Route(form.cleaned_data["route"]), by=actor)
        return redirect("grievances:conflicts", begun.reference)
    context = {"case": facts.case, "form": form, "for_one_seat": actor.user.kind == Kind.SEAT}
    return render(request, "grievances/retaliation.html", context, status=status_of(form))
