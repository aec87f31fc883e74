"""The real accounts pages, and two pages beside them that need their reader's keys."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from caracol import languages, status
from caracol.accounts.actor import actor_of
from caracol.accounts.reconfirm import reconfirm


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


def echo(request: HttpRequest) -> HttpResponse:
    """Say back what was typed, to whoever has their keys in hand."""
    actor = actor_of(request)
    return JsonResponse(
        {"handle": actor.user.handle, "typed": dict(request.POST.lists()), "path": request.get_full_path()}
    )


@reconfirm
def grave(request: HttpRequest) -> HttpResponse:
    """Do the same, as a deed that asks the password again."""
    return echo(request)


urlpatterns = [
    path("", home, name="home"),
    path("echo/", echo, name="echo"),
    path("grave/", grave, name="grave"),
    path("admin/", admin.site.urls),
    path("accounts/members/status/", status.page, name="status"),
    path("accounts/letters/", include("caracol.letters.urls")),
    path("accounts/", include("caracol.accounts.urls")),
    path("code/", include("conduct.urls")),
    path("language/", languages.choose, name="language"),
]
