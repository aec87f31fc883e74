from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from caracol import moments
from caracol.accounts.actor import Locked
from caracol.accounts.models import User
from caracol.accounts.paths import own_path
from caracol.accounts.second_factor import gate
from caracol.accounts.unlocking import ask_password
from caracol.vault import session


class MomentsMiddleware:
    """Of what a guest does, the day alone is kept: from the moment on at which the request is known as theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with moments.by_the_day(lambda: getattr(request.user, "is_guest", False)):
            return self.get_response(request)


class SecondFactorMiddleware:
    """Sends a session whose second factor is still to come to the page that asks for it, wherever it wants to go."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], *_made_from: object
    ) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or not gate.is_awaiting(request, user) or gate.is_open(view, user):
            return None
        onward = own_path(request.get_full_path() if request.method == "GET" else None)
        return redirect(f"{reverse('accounts:second_factor')}?{urlencode({'next': onward})}")


class UnlockMiddleware:
    """Sets the cookie that opens the session's keys, and asks for the password where a view finds them locked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        session.write_cookie(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return ask_password(request) if isinstance(exception, Locked) else None
