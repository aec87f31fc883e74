"""Consents: everything the reader agreed to or could agree to, what each allows, and one button to take it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from caracol.accounts.contacts import names_of, serving_names_of
from grievances.actions import papers
from grievances.consents import ABOUT_A_PERSON, CONSENTS
from grievances.exceptions import Refused
from grievances.facts import Facts
from grievances.forms.consents import ConsentForm
from grievances.models import Consent
from grievances.presenters import People, paper_text
from grievances.roles import May, Part
from grievances.views.case import texts_to_answer
from grievances.views.with_case import attempt, with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.CONSENT)
def page(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Show the reader's consents, with their dates and words; give or take back one."""
    if request.method != "POST":
        return _show(request, facts, actor)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _show(request, facts, actor, form=form, status=422)
    if refusal := attempt(lambda: _change(form, facts, actor)):
        return _show(request, Facts(facts.case, actor.user), actor, refusal=refusal, status=409)
    messages.success(request, _("Your answer stands. You can change it at any time."))
    return redirect("grievances:consents", facts.case.reference)


def _change(form: ConsentForm, facts: Facts, actor: Actor) -> None:
    to, paper, version = Consent.To(form.cleaned_data["to"]), form.paper_in(facts), form.cleaned_data["version"]
    if form.cleaned_data["deed"] == "give":
        papers.consent(facts.case, to, by=actor, paper=paper, version=version, person=form.person_in(facts))
        return
    for consent in _mine(facts):
        if form.means(consent, paper):
            papers.withdraw_consent(facts.case, consent, by=actor)


@dataclass(frozen=True)
class Choice:
    """A consent as its giver sees it: what it says and allows, what taking it back stops, and since when it stands."""

    to: Consent.To
    given: Consent | None
    who: str = ""
    handle: str = ""

    @property
    def allows(self) -> Promise:
        """What it allows."""
        return CONSENTS[self.to].allows

    @property
    def stops(self) -> Promise:
        """What happens when it is taken back."""
        return CONSENTS[self.to].stops


def _mine(facts: Facts) -> list[Consent]:
    return [consent for consent in facts.consents if facts.me and consent.seat_id == facts.me.pk]


def _taking_part(facts: Facts) -> list[Choice]:
    """Return what the reader is asked, for themselves; who was asked whether it should go on is asked that first."""
    given = {consent.to: consent for consent in _mine(facts)}
    asked = [to for to in Consent.To if to not in {Consent.To.PAPER, *ABOUT_A_PERSON}]
    theirs = [to for to in asked if facts.parts & CONSENTS[to].by]
    if Part.REPORTER in facts.parts:
        theirs = [to for to in theirs if to is not Consent.To.GO_ON]
    elif facts.asked_to_go_on:
        theirs = [to for to in theirs if to is Consent.To.GO_ON or to in given]
    return [Choice(to, given.get(to)) for to in theirs]


def _who_may_know(facts: Facts) -> list[Choice]:
    """Return, for a reporter who keeps their name back, each mediator and whether they may know it."""
    if Part.REPORTER not in facts.parts or facts.identity is None:
        return []
    given = {consent.person_id: consent for consent in _mine(facts) if consent.to == Consent.To.NAME}
    users = [seat.user for seat in facts.mediators]
    names = serving_names_of(users)
    return [Choice(Consent.To.NAME, given.get(user.pk), names[user.pk], user.handle) for user in users]


def _beside_me(facts: Facts) -> list[Choice]:
    """Return whom the reader asked to their side, and whether they may read: also those who could not come."""
    given = {(consent.to, consent.person_id): consent for consent in _mine(facts)}
    names = names_of(facts.beside_me)
    return [
        Choice(to, given.get((to, user.pk)), names[user.pk], user.handle)
        for user in facts.beside_me
        for to in (Consent.To.SUPPORT, Consent.To.READ)
        if (to, user.pk) in given or facts.case.is_open
    ]


def _show(  # noqa: PLR0913 (what a page shows, each named by the caller)
    request: HttpRequest,
    facts: Facts,
    actor: Actor,
    *,
    form: ConsentForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    people = People(facts)
    mine = Consent.objects.filter(seat=facts.me).select_related("paper__person").order_by("given_at", "pk")
    context = {
        "case": facts.case,
        "asked_to_go_on": facts.asked_to_go_on,
        "choices": _taking_part(facts),
        "names": _who_may_know(facts),
        "beside": _beside_me(facts),
        "may_be_supported": facts.me is not None and facts.me.may(May.SUPPORTED),
        "texts": [paper_text(paper, actor, people) for paper in texts_to_answer(facts)],
        "to_texts": [consent for consent in mine if consent.paper and not consent.withdrawn_at],
        "rule_for_texts": CONSENTS[Consent.To.PAPER],
        "withdrawn": [consent for consent in mine if consent.withdrawn_at],
        "form": form,
        "refusal": refusal,
    }
    return render(request, "grievances/consents.html", context, status=status)
