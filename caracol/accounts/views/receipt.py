from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from caracol.accounts import receipts
from caracol.accounts.models import Kind, User
from caracol.limits import doors
from caracol.limits.doors import limited

R = TypeVar("R", bound=HttpRequest)
View = Callable[[R], HttpResponseBase]


def not_with_receipt(view: View[R]) -> View[R]:
    """For whoever holds a receipt there is no such page: they have neither a password to change nor another code."""

    @wraps(view)
    def checked(request: R) -> HttpResponseBase:
        if isinstance(request.user, User) and request.user.kind == Kind.RECEIPT:
            raise Http404
        return view(request)

    return cast("View[R]", checked)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(doors.RECEIPTS)
def receipt(request: HttpRequest) -> HttpResponse:
    """Say what coming without a name can and cannot do; make a receipt, and show it this once."""
    if request.user.is_authenticated:
        return redirect("home")
    if request.method != "POST":
        return render(request, "accounts/receipt.html")
    return render(request, "accounts/receipt_made.html", {"receipt": receipts.issue()})
