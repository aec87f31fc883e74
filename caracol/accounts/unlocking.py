"""The page that asks for the password again, and carries what was typed past it."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from caracol.accounts.forms import UnlockForm
from caracol.accounts.models import User
from caracol.carrying import carried


def ask_password(request: HttpRequest, *, grave: bool = False) -> HttpResponse:
    """
    Answer a request that needs keys while the session has none, or (`grave`) the password typed just now.

    A page asked for is come back to. A form sent is carried along: every field it had goes, hidden,
    with the password, and from there on to where it was going.
    """
    here = request.get_full_path()
    if not isinstance(request.user, User):
        return redirect_to_login(here)
    if request.method in {"GET", "HEAD"}:
        asked = {"next": here, **({"grave": "1"} if grave else {})}
        return redirect(f"{reverse('accounts:unlock')}?{urlencode(asked)}")
    form = UnlockForm(request.user, initial={"next": here, "again": True, "grave": grave})
    return unlock_page(request, form, status=403)


def unlock_page(request: HttpRequest, form: UnlockForm, *, status: int = 200) -> HttpResponse:
    """Return the page with this form and, hidden, the other fields of the request."""
    others = carried(request, but=f"{UnlockForm.prefix}-")
    return render(request, "accounts/unlock.html", {"form": form, "carried": others}, status=status)
