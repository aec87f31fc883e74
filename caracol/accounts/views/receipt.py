from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from caracol.accounts import receipts, renewing
from caracol.accounts.actor import MemberRequest, take_in_hand
from caracol.accounts.forms import OVERTAKEN, NewReceiptForm
from caracol.accounts.models import Kind, User
from caracol.accounts.renewing import Overtaken
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


def with_receipt_alone(view: View[R]) -> View[R]:
    """For anybody but the holder of a receipt there is no such page."""

    @wraps(view)
    def checked(request: R) -> HttpResponseBase:
        if not (isinstance(request.user, User) and request.user.kind == Kind.RECEIPT):
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


@sensitive_post_parameters("old")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(doors.UNLOCK)
@with_receipt_alone
def somebody_knows_receipt(request: MemberRequest) -> HttpResponse:
    """
    Show a new receipt, and put it in the place of the old one, with new keys, once its holder shows that they have it.

    In this order, since a lost receipt can't be recovered, and an answer may get lost on its way to a telephone.
    """
    form = NewReceiptForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actor = renewing.replace_receipt(form.actor, form.receipt.secret, request=request)
        except Overtaken:
            form.add_error(None, OVERTAKEN)
        else:
            take_in_hand(request, actor.user, actor.keys)
            messages.success(request, _("Your new receipt is in force. The old one opens nothing any more."))
            return redirect("accounts:account")
    return render(request, "accounts/somebody_knows_receipt.html", {"form": form})
