"""One page for each step, and one on which a second mediator confirms it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from caracol.accounts.invitations import SeatLink
from caracol.accounts.models import User
from caracol.accounts.views.invitations import show_link
from grievances import access, guards
from grievances.actions import confirm as confirm_step
from grievances.actions import refusals, stands, take
from grievances.actions.expunging import clear, expunge_case, is_due
from grievances.actions.words import read_waiting
from grievances.exceptions import NotOpen, NotYours, Refused, SomebodyWasFaster
from grievances.facts import Facts
from grievances.forms.filing import FileForm
from grievances.forms.step import StepForm
from grievances.forms.steps import FORMS
from grievances.history import Changed, changed_since
from grievances.models import Case, Proposal
from grievances.presenters import People, paper_text, taken_back
from grievances.preview import Preview, preview
from grievances.roles import May, Part
from grievances.views.barred import is_shown_the_list
from grievances.views.with_case import with_case
from grievances.workflow import WAY, Stage, Step, Two

LONGEST_VERSION = 10


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SEE)
def page(request: HttpRequest, facts: Facts, actor: Actor, step: Step) -> HttpResponse:
    """Show what a step does and asks, or why it is closed; take it."""
    if request.method == "POST":
        return _take(request, facts, actor, step)
    refusals = guards.refusals(step, facts)
    status = 403 if any(isinstance(refusal, NotYours) for refusal in refusals) else 200
    form = None if refusals else FORMS[step](facts=facts, actor=actor)
    return _show(request, facts, step, form, status=status)


def _take(request: HttpRequest, facts: Facts, actor: Actor, step: Step) -> HttpResponse:
    if not guards.belongs(WAY[step], facts):
        take(step, facts.case, by=actor, version=facts.case.version)  # refused, and recorded so
    form = FORMS[step](request.POST, facts=facts, actor=actor)
    try:
        if not form.is_valid():
            _check_open(step, facts, form)
            return _show(request, facts, step, form, status=422)
        version, link = form.cleaned_data["version"], form.link()
        taken = take(step, facts.case, by=actor, version=version, choices=form.choices(), words=form.words(), link=link)
    except NotYours:
        raise
    except Refused as refusal:
        return _again(request, facts, actor, step, refusal)
    if is_due(taken.case):
        return _destroyed(request, taken.case)
    if link:
        return _show_link(request, link, taken.case)
    said = _("A second mediator now confirms: %(step)s.") if taken.waits else _("Done: %(step)s.")
    messages.success(request, said % {"step": step.label})
    return _onward(actor.user, taken.case)


def _show_link(request: HttpRequest, link: SeatLink, case: Case) -> HttpResponse:
    """Show the one-time link of a guest who was brought in, this once, to be handed over."""
    onward = reverse("grievances:case", args=[case.reference])
    return show_link(request, link.token, onward=onward)


def _destroyed(request: HttpRequest, case: Case) -> HttpResponse:
    """Destroy at once what its reporter wanted so; should that fail, the daily job does it."""
    expunge_case(case.pk)
    clear()
    messages.success(request, _("Everything is destroyed. Nobody can open it again."))
    return redirect("home")


def _check_open(step: Step, facts: Facts, form: StepForm) -> None:
    """Let a form that is not valid be shown for mending; raise Refused where mending would not help."""
    if form.cleaned_data.get("version", facts.case.version) != facts.case.version:
        raise SomebodyWasFaster
    guards.check(step, facts)


def _again(request: HttpRequest, facts: Facts, actor: Actor, step: Step, refusal: Refused) -> HttpResponse:
    """Show the page once more, with the case as it is now, everything typed, and what stood in the way."""
    refusals.note(facts.case, actor.user, because=refusal, step=step.value)
    case = access.case_seen_by(actor.user, facts.case.reference)
    if case is None:
        raise Http404
    now = Facts(case, actor.user)
    seen = _version_in(request, now)
    typed = request.POST.copy()
    typed["version"] = str(case.version)
    form = FORMS[step](typed, facts=now, actor=actor)
    changed = changed_since(seen, now, People(now)) if isinstance(refusal, SomebodyWasFaster) else None
    return _show(request, now, step, form, refusal=refusal, changed=changed, status=409)


def _version_in(request: HttpRequest, facts: Facts) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_VERSION else facts.case.version


def _show(  # noqa: PLR0913 (what a page shows, each named by the caller)
    request: HttpRequest,
    facts: Facts,
    step: Step,
    form: StepForm | None,
    *,
    refusal: Refused | None = None,
    changed: Changed | None = None,
    status: int = 200,
) -> HttpResponse:
    rule, people = WAY[step], People(facts)
    context = {
        "case": facts.case,
        "rule": rule,
        "form": form,
        "texts": [paper_text(paper, form.actor, people) for paper in form.texts()] if form else [],
        "takes_two": rule.two is not Two.NO and (step is Step.REFER or not facts.one_suffices),
        "closes": rule.enters is Stage.CLOSED,
        "refusal": refusal,
        "refusals": [] if refusal else guards.refusals(step, facts),
        "taken_back": taken_back(step, facts, people),
        "changed": changed,
        "preview": _preview(request, form) if isinstance(form, FileForm) else None,
    }
    return render(request, "grievances/step.html", context, status=status)


def _preview(request: HttpRequest, form: FileForm) -> Preview:
    """Say who will see what; by name only to whoever may see the list of those who serve."""
    return preview(form.facts, form.draft_words, with_names=is_shown_the_list(request, form.actor))


def _onward(user: User, case: Case) -> HttpResponse:
    if access.case_seen_by(user, case.reference):
        return redirect("grievances:case", case.reference)
    return redirect("grievances:cases")


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SEE)
def confirm(request: HttpRequest, facts: Facts, actor: Actor, step: Step, token: str) -> HttpResponse:
    """Show a second mediator the very answers and words of a proposal; take the step when they confirm."""
    if Part.MEDIATOR not in facts.parts:
        raise NotYours(_("A second mediator confirms this step."), WAY[step].clause)
    waiting = facts.case.proposals.select_related("case", "proposed_by", "words__room__case", "words__author")
    proposal = waiting.filter(step=step, token=token).first()
    if proposal is None:
        raise Http404
    if request.method == "POST":
        return _confirm(request, facts, actor, proposal)
    return _show_proposal(request, facts, actor, proposal)


def _confirm(request: HttpRequest, facts: Facts, actor: Actor, proposal: Proposal) -> HttpResponse:
    try:
        if _version_in(request, facts) != facts.case.version:
            raise SomebodyWasFaster
        if read_waiting(proposal.words, by=actor) is None:
            raise NotOpen(_("What was proposed can't be verified. Please propose it again."), "4.2")
        taken = confirm_step(proposal, by=actor)
    except NotYours:
        raise
    except Refused as refusal:
        refusals.note(facts.case, actor.user, because=refusal, step=proposal.step)
        return _show_proposal(request, facts, actor, proposal, refusal=refusal)
    messages.success(request, _("Done: %(step)s.") % {"step": Step(proposal.step).label})
    return _onward(actor.user, taken.case)


def _show_proposal(
    request: HttpRequest, facts: Facts, actor: Actor, proposal: Proposal, *, refusal: Refused | None = None
) -> HttpResponse:
    step = Step(proposal.step)
    form = FORMS[step](facts=facts, actor=actor)
    words = read_waiting(proposal.words, by=actor)
    holds, people = stands(proposal, facts), People(facts)
    context = {
        "case": facts.case,
        "rule": WAY[step],
        "mine": proposal.proposed_by_id == actor.user.pk,
        "stands": holds,
        "verified": words is not None,
        "answers": form.answers(proposal.choices, words or {}) if holds else [],
        "texts": [paper_text(paper, actor, people) for paper in form.texts()] if holds else [],
        "refusal": refusal,
        "refusals": [] if refusal else guards.refusals(step, facts),
        "taken_back": taken_back(step, facts, people),
    }
    return render(request, "grievances/confirm.html", context, status=409 if refusal else 200)
