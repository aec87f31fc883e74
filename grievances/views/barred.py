"""Who must not serve, said by somebody without membership: by the list with the passphrase, else in words."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from caracol.accounts import passphrase
from caracol.accounts.actor import Actor
from caracol.limits import doors
from grievances.actions import people
from grievances.facts import Facts
from grievances.forms.concern import BarredForm, PassphraseForm
from grievances.models import Case
from grievances.views.reader import status_of
from grievances.workflow import Stage

# In the session: which passphrase this guest has typed.
KNOWN = "caucus_passphrase"


def is_shown_the_list(request: HttpRequest, actor: Actor) -> bool:
    """Return whether this reader may see who serves: any member, and a guest who has typed the present passphrase."""
    known = request.session.get(KNOWN, "")
    return not actor.user.is_guest or (bool(known) and known == passphrase.edition())


def without_the_list(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Ask for the passphrase, and take an answer in words from whoever has none."""
    if "caucus-words" in request.POST:
        return _try_passphrase(request, facts, actor)
    form = BarredForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, facts, PassphraseForm(), form)
    people.say_in_words_who_must_not_serve(facts.case, form.cleaned_data["text"].strip(), by=actor)
    messages.success(request, _("Thank you. Your answer is kept."))
    return redirect(after_conflicts(facts.case), facts.case.reference)


def _try_passphrase(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    entry = doors.enter(request, doors.PASSPHRASE, person=actor.user.handle)
    form = PassphraseForm(request.POST)
    if not form.is_valid():
        return _page(request, facts, form, BarredForm())
    entry.was_right()
    request.session[KNOWN] = passphrase.edition()
    return redirect("grievances:conflicts", facts.case.reference)


def _page(request: HttpRequest, facts: Facts, words: PassphraseForm, form: BarredForm) -> HttpResponse:
    context = {"case": facts.case, "words": words, "form": form}
    return render(request, "grievances/barred.html", context, status=max(status_of(words), status_of(form)))


def after_conflicts(case: Case) -> str:
    """Return the page that follows the question who must not serve."""
    return "grievances:go_on" if case.stage == Stage.DRAFT else "grievances:case"
