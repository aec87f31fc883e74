"""What people do about their own place in a case: be supported, answer an offered space, leave."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from caracol.letters.cadences import cadence_of
from grievances.actions import objections, one_on_one, seats
from grievances.exceptions import Refused
from grievances.facts import Facts
from grievances.forms.objections import ObjectionForm
from grievances.forms.people import SupportForm
from grievances.models import Space
from grievances.presenters import People
from grievances.roles import May
from grievances.views.reader import status_of
from grievances.views.with_case import attempt, with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SUPPORTED)
def support(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Choose somebody to have beside oneself."""
    form = SupportForm(request.POST if request.method == "POST" else None, facts=facts, actor=actor)
    if request.method != "POST":
        return _form_page(request, facts, "support", form)
    if not form.is_valid():
        return _form_page(request, facts, "support", form, status=422)
    if refusal := attempt(lambda: _bring(form, facts, actor)):
        return _form_page(request, facts, "support", form, refusal=refusal, status=409)
    messages.success(request, _("Thank you. If they are free to stand by you, they are beside you from now on."))
    return redirect("grievances:case", facts.case.reference)


def _bring(form: SupportForm, facts: Facts, actor: Actor) -> None:
    said = form.cleaned_data
    seats.invite_support(
        facts.case,
        form.chosen(),
        by=actor,
        reads=said["reads"],
        known_as=form.account(),
        in_words=said.get("in_words", ""),
    )


def _form_page(  # noqa: PLR0913 (what a page shows, each named by the caller)
    request: HttpRequest,
    facts: Facts,
    name: str,
    form: Form | None = None,
    *,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"case": facts.case, "form": form, "refusal": refusal}
    return render(request, f"grievances/{name}.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.OBJECT)
def objection(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Say that a mediator should not serve, and why."""
    form = ObjectionForm(request.POST if request.method == "POST" else None, facts=facts)
    if not form.is_valid():
        return _form_page(request, facts, "objection", form, status=status_of(form))
    who, words = form.cleaned_data["who"], {"text": form.cleaned_data["text"]}
    if refusal := attempt(lambda: objections.object_to(facts.case, who, words, by=actor)):
        return _form_page(request, facts, "objection", form, refusal=refusal, status=409)
    messages.success(request, _("The mediators are told. What you wrote lies in your own room."))
    return redirect("grievances:case", facts.case.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.LEAVE)
def leave(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Leave one's seat, after one question."""
    if request.method != "POST":
        return _form_page(request, facts, "leave")
    if refusal := attempt(lambda: seats.leave(facts.case, by=actor)):
        return _form_page(request, facts, "leave", refusal=refusal, status=409)
    messages.success(request, _("You have left the case. Your keys to it have ended."))
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.ANSWER)
def answer_space(request: HttpRequest, facts: Facts, actor: Actor, token: str) -> HttpResponse:
    """Accept or decline a private space that was offered to the reader."""
    offered = Space.objects.filter(case=facts.case, token=token, offered_to=facts.me)
    space = offered.select_related("offered_by", "offered_to__user").first()
    if space is None:
        raise Http404
    said = request.POST.get("answer")
    if request.method != "POST" or said not in {Space.Answer.ACCEPTED, Space.Answer.DECLINED}:
        return _space_page(request, facts, space, status=422 if request.method == "POST" else 200)
    try:
        one_on_one.answer(facts.case, space, accepts=said == Space.Answer.ACCEPTED, by=actor)
    except Refused as refusal:
        return _space_page(request, facts, space, refusal=refusal, status=409)
    messages.success(request, _("Your answer stands."))
    return redirect("grievances:case", facts.case.reference)


def _space_page(
    request: HttpRequest, facts: Facts, space: Space, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    who = People(facts).called(space.offered_by)
    zone = cadence_of(space.offered_to.user).zone
    context = {"case": facts.case, "space": space, "who": who, "zone": zone, "refusal": refusal}
    return render(request, "grievances/space.html", context, status=status)
