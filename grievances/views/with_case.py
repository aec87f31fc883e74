"""Fetching and checking in one: every view of one case begins here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor, actor_of
from caracol.accounts.keys import KeysSwapped
from caracol.ledger.chain import Tampered
from grievances import access
from grievances.actions import refusals
from grievances.exceptions import NotYours, Refused, Unverified
from grievances.facts import Facts
from grievances.roles import May

logger = logging.getLogger(__name__)
NOT_AS_WRITTEN = _("Something in this case is not as it was written, so nothing was done. Please tell the secretary.")

Rest = ParamSpec("Rest")
CaseView = Callable[Concatenate[HttpRequest, Facts, Actor, Rest], HttpResponseBase]


Checked = Callable[Concatenate[HttpRequest, str, Rest], HttpResponseBase]


def with_case(deed: May) -> Callable[[CaseView[Rest]], Checked[Rest]]:
    """
    Give a view the facts of the case named by `reference`, and its reader with their keys.

    Unknown and hidden are the same 404. Where the reader sees the case but their seat may not do `deed`, and
    where the view raises Refused, the answer is a 403 that says why.
    """

    def decorate(view: CaseView[Rest]) -> Checked[Rest]:
        @wraps(view)
        def checked(request: HttpRequest, reference: str, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            actor = actor_of(request)
            case = access.case_seen_by(actor.user, reference)
            if case is None:
                raise Http404
            facts = Facts(case, actor.user)
            if facts.me is None or not facts.me.may(deed):
                refusals.note(case, actor.user)
                return refused(request, facts, None)
            try:
                return view(request, facts, actor, *args, **kwargs)
            except Refused as refusal:
                refusals.note(case, actor.user, because=refusal)
                return refused(request, facts, refusal)
            except (Unverified, Tampered, KeysSwapped):
                logger.exception("A case does not agree with the ledger")
                return refused(request, facts, Refused(NOT_AS_WRITTEN), status=500)

        return cast("Checked[Rest]", checked)

    return decorate


def attempt(deed: Callable[[], object]) -> Refused | None:
    """
    Do something, and return what stood in its way, for its page to show beside what was typed; None when it is done.

    What is another seat's is no matter of mending: NotYours goes on, to a page of its own.
    """
    try:
        deed()
    except NotYours:
        raise
    except Refused as refusal:
        return refusal
    return None


def refused(request: HttpRequest, facts: Facts, refusal: Refused | None, *, status: int = 403) -> HttpResponse:
    """Say why somebody who knows the case may not do this, with the clause of the Code."""
    return render(request, "grievances/refused.html", {"case": facts.case, "refusal": refusal}, status=status)
