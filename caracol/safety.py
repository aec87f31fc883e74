"""Leaving at once, and what to know about the device one sits at."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from caracol.accounts.paths import own_path
from caracol.accounts.second_factor.gate import while_awaiting
from caracol.vault import session

TOLD = "leaving_explained"
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@while_awaiting
@login_not_required
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """
    Lead out to a page that tells nothing, and end the session behind whoever goes.

    A link must do, since it has to work without JavaScript; so the session ends only where the browser itself says
    that the link was on one of our own pages. No other site can log anybody out.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        session.forget(request)
        auth.logout(request)
    headers = {"Location": settings.EXIT_URL, "Referrer-Policy": "no-referrer"}
    return HttpResponse(status=303, headers=headers)


@while_awaiting
@login_not_required
@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """Say what stays on a device, and how to leave less of it."""
    return render(request, "safety/safety.html")


@while_awaiting
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest) -> HttpResponse:
    """Explain once how to leave at once, before it is needed, and go on to where the reader was going."""
    if request.method == "POST":
        request.session[TOLD] = True
        return redirect(own_path(request.POST.get("next")))
    return render(request, "safety/leaving.html", {"next": own_path(request.GET.get("next"))})


def leaving_explained(view: View[P]) -> View[P]:
    """Before a page where somebody may have to leave in a hurry, explain how: once in a session, on the way to it."""

    @wraps(view)
    def told(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        # Only a person who opens a page can be led through another first; a form or a script cannot.
        opens_a_page = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
        if opens_a_page and not request.session.get(TOLD):
            return redirect(f"{reverse('leaving')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return cast("View[P]", told)
