from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from grievances.actions import dates
from grievances.exceptions import Refused
from grievances.facts import Facts
from grievances.forms.dates import MOVE, PAUSE, DateForm
from grievances.models import Clock
from grievances.roles import May
from grievances.views.with_case import attempt, with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.KEEP_TIME)
def page(request: HttpRequest, facts: Facts, actor: Actor, number: int) -> HttpResponse:
    """Set another date for one clock of the case, or let it pause or go on."""
    clock = _clock(facts, number)
    form = DateForm(request.POST if request.method == "POST" else None, clock=clock)
    if not form.is_bound:
        return _show(request, facts, clock, form)
    if not form.is_valid():
        return _show(request, facts, clock, form, status=422)
    if refusal := attempt(lambda: _change(facts, form, actor)):
        return _show(request, facts, _clock(facts, number), form, refusal=refusal, status=409)
    messages.success(request, _("The date is kept."))
    return redirect("grievances:case", facts.case.reference)


def _clock(facts: Facts, number: int) -> Clock:
    kinds = list(Clock.Kind)
    kind = kinds[number - 1] if 0 < number <= len(kinds) else None
    clock = facts.case.clocks.filter(kind=kind, stopped_at=None).first()
    if clock is None:
        raise Http404
    return clock


def _change(facts: Facts, form: DateForm, actor: Actor) -> None:
    answers, seen = form.cleaned_data, form.seen_then()
    if answers["deed"] == MOVE:
        dates.move(facts.case, seen, answers["due_on"], answers["text"], by=actor)
    elif answers["deed"] == PAUSE:
        dates.pause(facts.case, seen, answers["text"], by=actor)
    else:
        dates.resume(facts.case, seen, by=actor)


def _show(  # noqa: PLR0913 (what a page shows)
    request: HttpRequest,
    facts: Facts,
    clock: Clock,
    form: DateForm,
    *,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"case": facts.case, "clock": clock, "form": form, "refusal": refusal}
    return render(request, "grievances/date.html", context, status=status)
