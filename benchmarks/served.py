"""The site as gunicorn serves it, with two addresses more: a list in its bare template, and an empty page."""

from __future__ import annotations

from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

ROWS = [
    SimpleNamespace(reference=called, address=f"/cases/{called}/", says="You mediate.", stands="Mediation", due="")
    for called in (f"amber-alder-heron-{number}" for number in range(25))
]


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """The list's own template, with rows that never change: for a stranger no session and no query."""
    return render(request, "grievances/cases.html", {"rows": ROWS, "page": {}})


def empty(request: HttpRequest) -> HttpResponse:
    """A page with nothing on it, behind the same session and login."""
    return render(request, "base.html")


application = get_wsgi_application()
settings.ROOT_URLCONF = __name__
urlpatterns = [path("bench/bare/", bare), path("bench/empty/", empty), path("", include("caracol.urls"))]
handler400, handler403, handler404, handler500 = (
    "caracol.views.bad_request",
    "caracol.views.forbidden",
    "caracol.views.not_found",
    "caracol.views.server_error",
)
