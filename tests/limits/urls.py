"""The real accounts pages, and beside them a form behind a door."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from caracol.limits.buckets import Rate
from caracol.limits.doors import Door, limited
from tests.accounts import urls

ONCE = Door("a door of tests", account=Rate(1, 600), address=Rate(2, 600))
CROWDED = Door("a crowded door of tests", address=Rate(2, 600), strangers=Rate(1, 90), line=1)


@login_not_required
@limited(ONCE)
def file(request: HttpRequest) -> HttpResponse:
    return JsonResponse(dict(request.POST.lists()))


@login_not_required
@limited(CROWDED)
def ask(request: HttpRequest) -> HttpResponse:
    return JsonResponse(dict(request.POST.lists()))


urlpatterns = [path("file/", file), path("ask/", ask), *urls.urlpatterns]
