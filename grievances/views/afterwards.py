"""How it was, asked of those who took part when it is over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from grievances.actions import afterwards
from grievances.facts import Facts
from grievances.forms.afterwards import AfterwardsForm
from grievances.roles import May
from grievances.views.reader import status_of
from grievances.views.with_case import attempt, with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SAY_HOW_IT_WAS)
def page(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Say how the process was, once."""
    form = AfterwardsForm(request.POST if request.method == "POST" else None)
    context = {"case": facts.case, "form": form, "asked": afterwards.is_asked(facts.case)}
    if not form.is_valid():
        return render(request, "grievances/afterwards.html", context, status=status_of(form))
    if refusal := attempt(lambda: afterwards.answer(facts.case, form.cleaned_data, by=actor)):
        return render(request, "grievances/afterwards.html", {**context, "refusal": refusal}, status=409)
    messages.success(request, _("Thank you. Nobody can see what you answered."))
    return redirect("grievances:case", facts.case.reference)
