from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from caracol.accounts.actor import Actor
from caracol.accounts.reconfirm import is_recent
from caracol.accounts.unlocking import ask_password
from grievances.actions import renewed
from grievances.facts import Facts
from grievances.roles import May
from grievances.views.with_case import with_case


@require_POST
@with_case(May.ASK)
def give_back(request: HttpRequest, facts: Facts, actor: Actor, token: str) -> HttpResponse:
    """Give a party with new keys access back, after the password."""
    if not is_recent(request):
        return ask_password(request, grave=True)
    renewed.give_back(facts.case, token, by=actor)
    messages.success(request, _("They have access again. The record says that you gave it."))
    return redirect("grievances:case", facts.case.reference)
