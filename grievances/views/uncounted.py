from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from grievances.actions.uncounted import leave_uncounted
from grievances.exceptions import NotOpen
from grievances.facts import Facts
from grievances.forms.uncounted import UncountedForm
from grievances.roles import May
from grievances.views.reader import status_of
from grievances.views.with_case import with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.LEAVE_UNCOUNTED)
def page(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Say in which tables of the statistics the case is not counted."""
    form = UncountedForm(request.POST) if request.method == "POST" else UncountedForm.of(facts.case)
    if not form.is_valid():
        return _page(request, facts, form, status=status_of(form))
    try:
        leave_uncounted(facts.case, form.cleaned_data["tables"], by=actor)
    except NotOpen as refusal:
        return _page(request, facts, form, refusal=refusal, status=409)
    messages.success(request, _("Kept. It holds when this first closes."))
    return redirect("grievances:case", facts.case.reference)


def _page(
    request: HttpRequest, facts: Facts, form: UncountedForm, *, refusal: NotOpen | None = None, status: int = 200
) -> HttpResponse:
    context = {"case": facts.case, "form": form, "refusal": refusal}
    return render(request, "grievances/uncounted.html", context, status=status)
