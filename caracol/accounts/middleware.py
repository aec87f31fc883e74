from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from caracol.accounts.actor import Locked
from caracol.accounts.unlocking import ask_password
from caracol.vault import session


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
