"""A copy of what is one's own in a case: one file, encrypted with a passphrase that is kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from caracol.accounts.passwords import normal_password
from grievances.actions.waits import Answers, note_shared
from grievances.actions.words import note_opening
from grievances.facts import Facts
from grievances.forms.own import CopyForm
from grievances.models import Thing
from grievances.own import Own, copy_of, own_of
from grievances.roles import May
from grievances.views.waits import Leaving, pass_by
from grievances.views.with_case import with_case

SENT_WITH = {"Content-Disposition": 'attachment; filename="copy.zip.age"'}


@sensitive_post_parameters("passphrase", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.COPY)
def page(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponseBase:
    """Say what a copy holds and how it is opened; give it, after WAITS and the password."""
    own = own_of(facts, actor)
    if own is None:
        raise Http404
    menu = own.menu()

    def form(typed: Mapping[str, object] | None) -> CopyForm:
        return CopyForm(typed, thing=Thing.COPY, things=menu)

    def make(answers: Answers) -> HttpResponse:
        return _given(own, answers, normal_password(request.POST["passphrase"]))

    back = reverse("grievances:case", args=[facts.case.reference])
    return pass_by(request, Leaving(form, make, back, shown="grievances/_own_copy.html"))


@transaction.atomic
def _given(own: Own, answers: Answers, passphrase: str) -> HttpResponse:
    note_opening(own.room, own.actor)
    made = copy_of(own, answers.what, passphrase)
    note_shared(own.room, Thing.COPY, answers, by=own.actor)
    return HttpResponse(made, content_type="application/octet-stream", headers=SENT_WITH)
