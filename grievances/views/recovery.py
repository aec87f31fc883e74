"""Recovery: asking for it from inside a case, and the ceremony of those who hold shares, who are shown no case."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.request import HttpRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from caracol.accounts import roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import SiteRole
from caracol.accounts.reconfirm import is_recent
from caracol.accounts.unlocking import ask_password
from caracol.vault.recovery import ShareRefused
from grievances.actions import people, recovery
from grievances.exceptions import NotYours, Refused
from grievances.facts import Facts
from grievances.forms.recovery import SECRETS, AskRecoveryForm, CeremonyForm
from grievances.models import RecoveryRequest
from grievances.organisation import kit_in_force
from grievances.roles import May
from grievances.views.barred import is_shown_the_list
from grievances.views.reader import MemberRequest, status_of
from grievances.views.with_case import with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.RECOVER)
def ask(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Ask that the case be offered to mediators by recovery; the code is shown in answer to this, and never again."""
    if not is_recent(request):
        return ask_password(request, grave=True)
    could = people.who_could_take_over(facts.case, asked_by=actor.user) if is_shown_the_list(request, actor) else []
    form = AskRecoveryForm(request.POST if request.method == "POST" else None, people=could)
    if not form.is_valid():
        return _ask_page(request, facts, actor, form, status=status_of(form))
    try:
        code = recovery.ask(facts.case, form.cleaned_data["mediators"], by=actor)
    except NotYours:
        raise
    except Refused as refusal:
        return _ask_page(request, facts, actor, form, refusal=refusal, status=409)
    return _ask_page(request, facts, actor, form, code=code)


def _ask_page(  # noqa: PLR0913 (what a page shows, each named by the caller)
    request: HttpRequest,
    facts: Facts,
    actor: Actor,
    form: AskRecoveryForm,
    *,
    code: str = "",
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    mine = RecoveryRequest.objects.filter(case=facts.case, asked_by=actor.user, lapses_at__gt=facts.now)
    context = {
        "case": facts.case,
        "form": form,
        "code": code,
        "refusal": refusal,
        "waiting": mine.filter(state=RecoveryRequest.State.OPEN).first(),
        "can_be": facts.case.is_open and recovery.can_be_recovered(facts.case),
    }
    return render(request, "grievances/ask_recovery.html", context, status=status)


@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "HEAD", "POST"])
def ceremony(request: MemberRequest) -> HttpResponse:
    """Type a request's code and the shares; the answer is only whether it was carried out. Others find no page here."""
    if not roles.holds(request.user, SiteRole.STEERING):
        raise Http404
    kit = kit_in_force()
    form = CeremonyForm(request, request.POST if request.method == "POST" else None, needed=kit.needed if kit else 0)
    if kit and form.is_valid() and _carried_out(form):
        messages.success(request, _("It is done. The people named in the request have been asked."))
        return redirect("grievances:recovery")
    return render(request, "grievances/recovery.html", {"form": form, "kit": kit}, status=status_of(form))


def _carried_out(form: CeremonyForm) -> bool:
    try:
        recovery.hold_ceremony(form.cleaned_data["code"], form.shares(), by=form.holders)
    except ShareRefused as refusal:
        form.refuse(refusal)
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
    return not form.errors
