"""Caracol's own pages, and five that fail, each with something in its error that nobody may read."""

from __future__ import annotations

from typing import NoReturn

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest
from django.urls import path

from caracol import urls
from caracol.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]

CANARY = "quetzal-nobody-may-read"
ERRORS = {400: BadRequest, 403: PermissionDenied, 404: Http404, 500: RuntimeError, 503: OperationalError}


@login_not_required
def fail(request: HttpRequest, code: int) -> NoReturn:
    raise ERRORS[code](CANARY)


urlpatterns = [path("fail/<int:code>/", fail), *urls.urlpatterns]
