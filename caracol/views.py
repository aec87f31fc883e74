"""Error pages. None repeats what the exception says, nor the address asked for."""

from __future__ import annotations

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from caracol.files.faults import Away

# What passes by itself: a store that is away, full, or too busy.
PASSING = (OperationalError, InterfaceError, Away)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, without looking at the request, which may be what is bad."""
    return HttpResponse(get_template("400.html").render(), status=400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403. Only for what a person knows of: all else is answered by `not_found`."""
    return render(request, "403.html", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: the same words for what is not there and for what is not yours."""
    return render(request, "404.html", status=404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 for what passes by itself, asking neither database nor session: either may have failed."""
    if isinstance(sys.exception(), PASSING):
        return HttpResponse(get_template("503.html").render(), status=503, headers={"Retry-After": "60"})
    return HttpResponse(get_template("500.html").render(), status=500)
