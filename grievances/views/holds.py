"""Keeping a closed case for longer: one person proposes it, another confirms, and either ends it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from grievances.actions import holds
from grievances.actions.words import read_waiting
from grievances.exceptions import Refused
from grievances.facts import Facts
from grievances.forms.holds import HoldForm
from grievances.models import Hold
from grievances.roles import May
from grievances.views.reader import status_of
from grievances.views.with_case import attempt, with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.HOLD)
def page(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Show what holds a case, and take a proposal."""
    form = HoldForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, facts, actor, form)
    given = form.cleaned_data
    because, reason, day = Hold.Because(given["because"]), given["reason"], given["review_on"]
    if refusal := attempt(lambda: holds.propose(facts.case, because, reason, day, by=actor)):
        return _show(request, facts, actor, form, refusal=refusal)
    messages.success(request, _("Proposed. It holds once another person confirms it."))
    return redirect("grievances:hold", facts.case.reference)


@require_http_methods(["POST"])
@with_case(May.HOLD)
def confirm(request: HttpRequest, facts: Facts, actor: Actor, token: str) -> HttpResponse:
    """Put a proposal in force."""
    holds.confirm(facts.case, token, by=actor)
    messages.success(request, _("It is kept until that day."))
    return redirect("grievances:hold", facts.case.reference)


@require_http_methods(["POST"])
@with_case(May.HOLD)
def end(request: HttpRequest, facts: Facts, actor: Actor, token: str) -> HttpResponse:
    """End a hold, or a proposal."""
    holds.end(facts.case, token, by=actor)
    messages.success(request, _("It is no longer kept for longer."))
    return redirect("grievances:hold", facts.case.reference)


def _show(
    request: HttpRequest, facts: Facts, actor: Actor, form: HoldForm, *, refusal: Refused | None = None
) -> HttpResponse:
    standing = facts.case.holds.filter(ended_at=None).select_related("words__room__case", "words__author").first()
    context = {
        "case": facts.case,
        "held": standing,
        "mine": bool(standing and standing.proposed_by_id == actor.user.pk),
        "one_of_two": bool(standing and actor.user.pk in {standing.proposed_by_id, standing.confirmed_by_id}),
        "reason": read_waiting(standing.words, by=actor) if standing else None,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "grievances/hold.html", context, status=409 if refusal else status_of(form))
