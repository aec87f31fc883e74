"""Who reads a page: for views that need no keys."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from caracol.accounts.models import User


class MemberRequest(HttpRequest):
    """A request that LoginRequiredMiddleware let through: somebody is logged in."""

    user: User


def status_of(form: forms.Form) -> int:
    """Return the status with which a form's page is shown: 422 where something in it needs another look."""
    return 422 if form.is_bound and form.errors else 200
