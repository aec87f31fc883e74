"""Who covers in one case while its reader is away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from caracol.accounts.contacts import serving_names_of
from grievances import covering, guards
from grievances.actions import cover
from grievances.exceptions import Refused
from grievances.facts import Facts
from grievances.forms.desk import CoverForm
from grievances.models import Seat
from grievances.roles import May
from grievances.views.reader import status_of
from grievances.views.with_case import attempt, with_case
from grievances.workflow import Step


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.HAND_OVER)
def page(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Say who covers, of those who mediate the case too; or that nobody does, and what to do about it."""
    others = _others(facts)
    names = serving_names_of([seat.user for seat in others])
    menu = [(seat.token, names[seat.user_id]) for seat in others]
    form = CoverForm(request.POST if request.method == "POST" else None, menu=menu)
    if not form.is_valid():
        return _show(request, facts, form, names)
    if refusal := attempt(lambda: cover.name(facts.case, form.cleaned_data["who"], by=actor)):
        return _show(request, facts, form, names, refusal=refusal)
    messages.success(request, _("Thank you. They are told."))
    return redirect("grievances:case", facts.case.reference)


def _others(facts: Facts) -> list[Seat]:
    return covering.others_who_mediate(facts.seats, facts.me) if facts.me else []


def _show(
    request: HttpRequest, facts: Facts, form: CoverForm, names: dict[int, str], *, refusal: Refused | None = None
) -> HttpResponse:
    found = covering.covers(facts.mediators)
    me = facts.me.pk if facts.me else 0
    by = found.get(me)
    context = {
        "case": facts.case,
        "form": form,
        "others": names,
        "is_away": me in found,
        "covers": names.get(by.user_id) if by else None,
        "ask": Step.ASK,
        "ask_open": not guards.refusals(Step.ASK, facts),
        "refusal": refusal,
    }
    return render(request, "grievances/cover.html", context, status=409 if refusal else status_of(form))
