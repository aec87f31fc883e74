"""Who reads a page: for views that need no keys."""

from __future__ import annotations

from typing import TypeVar

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from caracol.accounts.models import User

PER_PAGE = 25
Found = TypeVar("Found", bound=Model)


class MemberRequest(HttpRequest):
    """A request that LoginRequiredMiddleware let through: somebody is logged in."""

    user: User


def status_of(form: forms.Form) -> int:
    """Return the status with which a form's page is shown: 422 where something in it needs another look."""
    return 422 if form.is_bound and form.errors else 200


def page_of(request: HttpRequest, found: QuerySet[Found]) -> Page[Found]:
    """Return the page of a list that was asked for, the first unless it says another that is there."""
    return Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
