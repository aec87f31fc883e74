"""Planned sessions of mediation: mediators plan, change and call them off; whoever is invited answers."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caracol.accounts.actor import Actor
from caracol.letters.cadences import cadence_of
from grievances.actions import sessions
from grievances.exceptions import NotYours, Refused
from grievances.facts import Facts
from grievances.forms.sessions import AnswerSessionForm, ChangeSessionForm, PlanSessionForm, SeenForm
from grievances.models import Invited, MediationSession
from grievances.planned import Meeting, meeting, where
from grievances.presenters import People
from grievances.roles import May
from grievances.views.reader import status_of
from grievances.views.with_case import attempt, with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.PLAN)
def plan(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Plan a session, and invite people to it."""
    form = PlanSessionForm(request.POST if request.method == "POST" else None, facts=facts, zone=_zone(actor))
    if not form.is_valid():
        return _form_page(request, facts, "plan_session", form)
    given, what = form.cleaned_data, form.plan()
    kind = MediationSession.Form(given["form"])
    if refusal := attempt(lambda: sessions.plan(facts.case, kind, what, given["invited"], by=actor)):
        return _form_page(request, facts, "plan_session", form, refusal=refusal)
    messages.success(request, _("The session is planned. Those invited are told that there is something to answer."))
    return redirect("grievances:case", facts.case.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.PLAN)
def change(request: HttpRequest, facts: Facts, actor: Actor, token: str) -> HttpResponse:
    """Set another time, means or place."""
    session = _known(facts, token).session
    if session.ended_at:
        return redirect("grievances:session", facts.case.reference, token)
    was = where(session, by=actor)
    now = {"meets_at": session.meets_at, "channel": session.channel, "place": was, "version": session.version}
    form = ChangeSessionForm(request.POST if request.method == "POST" else None, initial=now, zone=_zone(actor))
    if not form.is_valid():
        return _form_page(request, facts, "change_session", form)
    seen, what = form.cleaned_data["version"], form.plan()
    if refusal := attempt(lambda: sessions.change(facts.case, session, what, seen=seen, where_was=was, by=actor)):
        return _typed_again(request, facts, actor, token, refusal)
    messages.success(request, _("The change is kept. Those invited are told."))
    return redirect("grievances:session", facts.case.reference, token)


def _typed_again(request: HttpRequest, facts: Facts, actor: Actor, token: str, refusal: Refused) -> HttpResponse:
    """Show what was typed once more, about the session as it stands now."""
    stands = _known(facts, token).session
    typed = request.POST.copy()
    typed["version"] = str(stands.version)
    form = ChangeSessionForm(typed, zone=_zone(actor))
    return _form_page(request, facts, "change_session", form, refusal=refusal, stands=stands)


@require_POST
@with_case(May.PLAN)
def call_off(request: HttpRequest, facts: Facts, actor: Actor, token: str) -> HttpResponse:
    """Call a session off."""
    session, form = _known(facts, token).session, SeenForm(request.POST)
    seen = form.cleaned_data["version"] if form.is_valid() else 0
    if refusal := attempt(lambda: sessions.call_off(facts.case, session, seen=seen, by=actor)):
        return _show(request, facts, actor, token, None, refusal=refusal)
    messages.success(request, _("The session is called off. Those invited are told."))
    return redirect("grievances:case", facts.case.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SEE)
def page(request: HttpRequest, facts: Facts, actor: Actor, token: str) -> HttpResponse:
    """Show a session to those whom it concerns; whoever is invited accepts, declines, or proposes another time."""
    found = _known(facts, token)
    if request.method != "POST":
        return _show(request, facts, actor, token, _answering(found, actor))
    form = AnswerSessionForm(request.POST, zone=_zone(actor))
    if found.mine is None:
        raise NotYours(_("Somebody else is invited to this session."))
    if not form.is_valid():
        return _show(request, facts, actor, token, form)
    given = form.cleaned_data
    said, seen, other = Invited.Answer(given["said"]), given["version"], given["other_at"]
    if refusal := attempt(
        lambda: sessions.answer(facts.case, found.session, said, seen=seen, other_at=other, by=actor)
    ):
        return _show(request, facts, actor, token, _answering(_known(facts, token), actor), refusal=refusal)
    messages.success(request, _("Your answer stands. Until the session begins you can change it."))
    return redirect("grievances:case", facts.case.reference)


def _zone(actor: Actor) -> str:
    return cadence_of(actor.user).zone


def _known(facts: Facts, token: str) -> Meeting:
    found = meeting(facts, People(facts), token)
    if found is None:
        raise Http404
    return found


def _answering(found: Meeting, actor: Actor) -> AnswerSessionForm | None:
    """Return the form with what the reader said so far, about the session as it stands now."""
    if found.mine is None or not found.can_be_answered:
        return None
    now = {"version": found.session.version, "said": found.mine.answer, "other_at": found.mine.other_at}
    return AnswerSessionForm(initial=now, zone=_zone(actor))


def _show(  # noqa: PLR0913 (what a page shows, each named by the caller)
    request: HttpRequest,
    facts: Facts,
    actor: Actor,
    token: str,
    form: AnswerSessionForm | None,
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    found = _known(facts, token)
    context = {
        "case": facts.case,
        "meeting": found,
        "place": where(found.session, by=actor),
        "form": form,
        "zone": _zone(actor),
        "may_plan": facts.me is not None and facts.me.may(May.PLAN),
        "refusal": refusal,
    }
    return render(request, "grievances/session.html", context, status=_status(form, refusal))


def _form_page(request: HttpRequest, facts: Facts, name: str, form: Form, **more: object) -> HttpResponse:
    context = {"case": facts.case, "form": form, **more}
    return render(request, f"grievances/{name}.html", context, status=_status(form, more.get("refusal")))


def _status(form: Form | None, refusal: object) -> int:
    if refusal:
        return 409
    return status_of(form) if form else 200
