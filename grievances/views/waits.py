"""The page that everything passes by before it leaves: "Why am I sharing?" (Code 7.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from caracol.accounts.reconfirm import is_recent
from caracol.accounts.unlocking import ask_password
from grievances.actions.waits import Answers
from grievances.exceptions import NotYours, Refused
from grievances.forms.waits import WaitsForm
from grievances.views.reader import status_of

# Sent with the answers, so that a form which only leads here is not taken for them.
ASKED = "waits"


@dataclass(frozen=True)
class Leaving:
    """
    Something about to leave.

    `form` makes the WAITS form from what was sent (None: nothing yet). `make` checks that it may leave, records the
    answers and returns the file, or raises Refused, when nothing has left. `back` is where one goes instead. `hidden`
    is sent along; `shown` is the template of what is put before the sharer's eyes, with `context`.
    """

    form: Callable[[Mapping[str, object] | None], WaitsForm]
    make: Callable[[Answers], HttpResponseBase]
    back: str
    hidden: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    context: Mapping[str, object] = field(default_factory=dict)


def pass_by(request: HttpRequest, leaving: Leaving, *, grave: bool = True) -> HttpResponseBase:
    """
    Ask WAITS; the file is the answer to its form, and to nothing else. `grave` asks for the password first.

    A refusal is shown on the same page with every answer kept (409); NotYours is left to the caller.
    """
    if request.method != "POST" or ASKED not in request.POST:
        return _page(request, leaving, leaving.form(None))
    if grave and not is_recent(request):
        return ask_password(request, grave=True)
    form = leaving.form(request.POST)
    if not form.is_valid():
        return _page(request, leaving, form)
    try:
        return leaving.make(form.answers())
    except NotYours:
        raise
    except Refused as refusal:
        return _page(request, leaving, form, refusal=refusal)


def _page(request: HttpRequest, leaving: Leaving, form: WaitsForm, *, refusal: Refused | None = None) -> HttpResponse:
    context = {**leaving.context, "leaving": leaving, "form": form, "refusal": refusal, "asked": ASKED}
    return render(request, "grievances/waits.html", context, status=409 if refusal else status_of(form))
