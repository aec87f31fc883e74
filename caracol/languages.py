"""
The language somebody reads: chosen by them, never guessed from their browser.

A member's choice stands in their account, so that letters speak it too. Of a visitor, and of whoever holds a receipt,
it is kept in their browser alone, until that is closed: which language somebody without a name reads is nothing a
database should tell.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_POST

from caracol.accounts.models import User
from caracol.accounts.paths import own_path
from caracol.accounts.second_factor.gate import while_awaiting


class LanguageMiddleware:
    """Answers in the language the reader chose; in English until they choose one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = _chosen(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        return response


@while_awaiting
@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the language somebody chose, and go back to the page they were on."""
    response = redirect(own_path(request.POST.get("next")))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        _keep(request, response, wanted)
    return response


def _keep(request: HttpRequest, response: HttpResponse, language: str) -> None:
    if isinstance(request.user, User) and request.user.may_keep_language:
        User.objects.filter(pk=request.user.pk).update(language=language)
    else:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Strict",
        )


def _chosen(request: HttpRequest) -> str:
    kept = request.user.language if isinstance(request.user, User) else ""
    language = kept or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
