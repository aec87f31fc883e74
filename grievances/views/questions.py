"""A draft asked one thing at a time; what is answered is kept from page to page, and can be changed at the end."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caracol.accounts.actor import Actor
from grievances.actions import drafts, intake
from grievances.exceptions import Refused
from grievances.facts import Facts
from grievances.forms.questions import BY_ADDRESS, QUESTIONS, Question, QuestionForm, after, before, first_open
from grievances.models import Case
from grievances.roles import May
from grievances.views.concern import TO_CHECK, check_writer, saved_draft, typed_and_saved
from grievances.views.reader import status_of
from grievances.views.with_case import with_case
from grievances.workflow import Stage, Step


@require_safe
@with_case(May.WRITE)
def go_on(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Go where the draft was left: to the first question that waits for an answer, or to checking them all."""
    check_writer(facts)
    if facts.case.stage != Stage.DRAFT:
        return redirect("grievances:case", facts.case.reference)
    words, _version = saved_draft(facts.case, actor)
    return redirect(_address(facts.case, first_open(words)))


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.WRITE)
def page(request: HttpRequest, facts: Facts, actor: Actor, question: str) -> HttpResponse:
    """Ask one question of a draft, and keep its answer."""
    check_writer(facts)
    if question not in BY_ADDRESS:
        raise Http404
    asked = BY_ADDRESS[question]
    words, version = saved_draft(facts.case, actor)
    if request.method == "POST":
        return _keep(request, facts.case, actor, asked, words)
    if facts.case.stage != Stage.DRAFT:
        return redirect("grievances:case", facts.case.reference)
    form = QuestionForm(initial=QuestionForm.initial_of(words, version), question=asked, on=timezone.localdate())
    return _show(request, facts.case, asked, form)


def _keep(request: HttpRequest, case: Case, actor: Actor, asked: Question, words: Mapping[str, str]) -> HttpResponse:
    form = QuestionForm(request.POST, question=asked, on=timezone.localdate())
    if not form.is_valid():
        return _show(request, case, asked, form)
    answer = form.words()
    if answer:
        try:
            intake.save_draft(case, {**words, **answer}, by=actor, version=form.cleaned_data["version"])
        except Refused as refusal:
            return _too_late(request, case, actor, asked, form, refusal)
    return _onward(request, case, asked)


def _too_late(  # noqa: PLR0913, PLR0917 (what was typed and what stands, side by side)
    request: HttpRequest, case: Case, actor: Actor, asked: Question, form: QuestionForm, refusal: Refused
) -> HttpResponse:
    """Show what was typed once more, beside what another window has saved or filed meanwhile."""
    return _show(request, case, asked, form, status=409, **typed_and_saved(case, actor, form, refusal))


def _onward(request: HttpRequest, case: Case, asked: Question) -> HttpResponse:
    if "save" in request.POST:
        # As one types: the same page again, at the version that is saved now.
        return redirect("grievances:question", case.reference, asked.address)
    if "later" in request.POST:
        messages.success(request, _("Your draft is saved. Nobody but you can read it."))
        return redirect("grievances:my_concerns")
    if "attach" in request.POST:
        return redirect("grievances:draft_files", case.reference)
    checking = request.POST.get("then") == TO_CHECK
    return redirect(_address(case, None if checking else after(asked)))


def _address(case: Case, question: Question | None) -> str:
    """Return the page of a question, or, with none left, the one on which all answers are checked."""
    if question is None:
        return reverse("grievances:step", args=[case.reference, Step.FILE])
    return reverse("grievances:question", args=[case.reference, question.address])


def _show(
    request: HttpRequest, case: Case, asked: Question, form: QuestionForm, *, status: int | None = None, **more: object
) -> HttpResponse:
    context = {
        "case": case,
        "form": form,
        "question": asked,
        "number": QUESTIONS.index(asked) + 1,
        "questions": QUESTIONS,
        "before": before(asked),
        "then": request.POST.get("then") or request.GET.get("then", ""),
        "kept_until": None if asked.fields else drafts.kept_until(case),
        "articles": form.articles() if "clauses" in form.fields else [],
        **more,
    }
    return render(request, "grievances/question.html", context, status=status or status_of(form))
