"""Texts laid before people for their consent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from caracol.accounts.contacts import name_of
from grievances.actions import papers
from grievances.actions.words import read_paper
from grievances.exceptions import NotOpen, NotYours, Refused, SomebodyWasFaster
from grievances.facts import Facts
from grievances.forms.papers import FIRST, PaperForm, Promises, promises_form
from grievances.models import Paper, Purpose
from grievances.presenters import PaperText, People, paper_text
from grievances.roles import May, Part
from grievances.views.with_case import with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.PREPARE)
def prepare(request: HttpRequest, facts: Facts, actor: Actor, purpose: str) -> HttpResponse:
    """Write a text and lay it before the people whose consent it needs."""
    if purpose not in Purpose.values:
        raise Http404
    kind = Purpose(purpose)
    if kind is Purpose.PACKET:
        return redirect("grievances:packet", facts.case.reference)
    waiting = facts.paper(kind) if FIRST[kind] is PaperForm else None
    if waiting and request.method != "POST":
        return redirect("grievances:next_version", facts.case.reference, kind.value, waiting.token)
    return _paper(request, _Draft(facts, actor, kind))


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.PREPARE)
def next_version(request: HttpRequest, facts: Facts, actor: Actor, purpose: str, token: str) -> HttpResponse:
    """Change a text that waits for consent; the consents to the earlier version count for nothing then."""
    if purpose == Purpose.PACKET:
        return redirect("grievances:packet", facts.case.reference)
    paper = facts.case.papers.filter(purpose=purpose, token=token).select_related("person").first()
    if paper is None:
        raise Http404
    if paper.used_at and request.method != "POST":
        raise NotOpen(_("This text has gone where it was to go, and stays as it is."), "5.6")
    return _paper(request, _Draft(facts, actor, Purpose(purpose), paper))


@dataclass(frozen=True)
class _Draft:
    """A text being written: of which purpose, and the paper whose next version it would be."""

    facts: Facts
    actor: Actor
    purpose: Purpose
    paper: Paper | None = None

    def form(self, data: Mapping[str, object] | None, stands: Mapping[str, str]) -> PaperForm:
        kind = PaperForm if self.paper else FIRST[self.purpose]
        version = self.paper.version if self.paper else 0
        return kind(data, facts=self.facts, initial={"version": version, "text": stands.get("text", "")})

    def promises(self, data: Mapping[str, object] | None, stands: Mapping[str, str]) -> Promises | None:
        is_agreement = self.purpose is Purpose.AGREEMENT
        return promises_form(data, facts=self.facts, words=stands) if is_agreement else None

    def stands(self) -> Mapping[str, str]:
        """Return the words of the paper as it is now."""
        return (read_paper(self.paper, by=self.actor) or {}) if self.paper else {}

    def address(self) -> str:
        """Return where the form is sent."""
        reference = self.facts.case.reference
        if self.paper:
            return reverse("grievances:next_version", args=[reference, self.purpose.value, self.paper.token])
        return reverse("grievances:prepare", args=[reference, self.purpose.value])


def _paper(request: HttpRequest, draft: _Draft) -> HttpResponse:
    if request.method != "POST":
        stands = draft.stands()
        return _show_paper(request, draft, draft.form(None, stands), draft.promises(None, stands))
    form, promises = draft.form(request.POST, {}), draft.promises(request.POST, {})
    if not form.is_valid() or (promises is not None and not promises.is_valid()):
        return _show_paper(request, draft, form, promises, status=422)
    try:
        _lay(draft, form, promises)
    except NotYours:
        raise
    except SomebodyWasFaster as refusal:
        return _paper_again(request, draft, refusal)
    except Refused as refusal:
        return _show_paper(request, draft, form, promises, refusal=refusal, status=409)
    messages.success(request, _("The text is laid before the people who are asked to agree."))
    return redirect("grievances:case", draft.facts.case.reference)


def _lay(draft: _Draft, form: PaperForm, promises: Promises | None) -> None:
    paper = draft.paper
    papers.prepare(
        draft.facts.case,
        draft.purpose,
        {"text": form.cleaned_data["text"], **(promises.as_words() if promises else {})},
        by=draft.actor,
        person=paper.person if paper else form.person(),
        part=(Part(paper.part) if paper.part else None) if paper else form.part(),
        paper=paper,
        version=form.cleaned_data["version"] if paper else None,
        known_as=None if paper else form.account_of_guest(),
    )


def _paper_again(request: HttpRequest, draft: _Draft, refusal: Refused) -> HttpResponse:
    """Show the page once more: everything typed, beside the text as it has become, to be sent as its next version."""
    facts = Facts(draft.facts.case, draft.actor.user)
    paper = Paper.objects.get(pk=draft.paper.pk) if draft.paper else facts.paper(draft.purpose)
    now = _Draft(facts, draft.actor, draft.purpose, paper)
    typed = request.POST.copy()
    typed["version"] = str(paper.version if paper else 0)
    text = paper_text(paper, draft.actor, People(facts)) if paper else None
    return _show_paper(
        request, now, now.form(typed, {}), now.promises(typed, {}), refusal=refusal, stands=text, status=409
    )


def _show_paper(  # noqa: PLR0913 (what a page shows, each named by the caller)
    request: HttpRequest,
    draft: _Draft,
    form: PaperForm,
    promises: Promises | None,
    *,
    refusal: Refused | None = None,
    stands: PaperText | None = None,
    status: int = 200,
) -> HttpResponse:
    paper = draft.paper
    context = {
        "case": draft.facts.case,
        "purpose": draft.purpose,
        "paper": paper,
        "person": name_of(paper.person) if paper and paper.person else "",
        "form": form,
        "promises": promises,
        "address": draft.address(),
        "refusal": refusal,
        "stands": stands,
    }
    return render(request, "grievances/prepare.html", context, status=status)
