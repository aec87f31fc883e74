"""Error pages. None repeats what the exception says, nor the address asked for."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template


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
    """Answer 500, asking neither the database nor the session, either of which may have failed."""
    return HttpResponse(get_template("500.html").render(), status=500)
