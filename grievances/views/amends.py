"""What the person harmed says about amends, while they are being made."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from grievances.actions.amends import speak
from grievances.facts import Facts
from grievances.forms.amends import VoiceForm
from grievances.roles import May
from grievances.views.reader import status_of
from grievances.views.with_case import attempt, with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SPEAK)
def voice(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Say how the amends go, as often as one likes."""
    form = VoiceForm(request.POST if request.method == "POST" else None)
    page = {"case": facts.case, "form": form}
    if not form.is_valid():
        return render(request, "grievances/voice.html", page, status=status_of(form))
    if refusal := attempt(lambda: speak(facts.case, form.cleaned_data, by=actor)):
        return render(request, "grievances/voice.html", {**page, "refusal": refusal}, status=409)
    messages.success(request, _("Thank you. The mediators can read it."))
    return redirect("grievances:case", facts.case.reference)
