from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from caracol.carrying import carried
from caracol.limits import askers, line
from caracol.limits.doors import Wait, is_known
from caracol.vault.turns import IS_KNOWN, Busy

# What is asked anew, by the name of its field.
ASKED_ANEW = {
    "login": _("Your receipt"),
    "old": _("The password you have now"),
    "new": _("The new password"),
    "again": _("The new password, again"),
    "code": _("Your code"),
}


class LimitsMiddleware:
    """Turns Wait and Busy into a page that says when, and keeps the share of whoever is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = IS_KNOWN.set(lambda: is_known(request))
        try:
            response = self.get_response(request)
        finally:
            IS_KNOWN.reset(token)
        askers.write_cookie(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Wait):
            return wait_page(request, exception.seconds, ticket=exception.ticket, status=429)
        return wait_page(request, exception.seconds, status=503) if isinstance(exception, Busy) else None


def wait_page(request: HttpRequest, seconds: int, *, ticket: line.Ticket | None = None, status: int) -> HttpResponse:
    """
    Return the page that asks for patience, with everything typed, to be sent again.

    Passwords (what the view marks by sensitive_post_parameters) are not written into a page: they are asked anew.
    """
    marked = getattr(request, "sensitive_post_parameters", ())
    passwords = {name: ASKED_ANEW.get(name, _("Your password, once more")) for name in request.POST if name in marked}
    context = {
        "seconds": seconds,
        "minutes": -(-seconds // 60),
        "ticket": ticket,
        "ticket_field": line.FIELD,
        "passwords": passwords,
        "carried": carried(request, but="limits-", without=passwords),
    }
    response = render(request, "limits/wait.html", context, status=status)
    response["Retry-After"] = str(seconds)
    return response
