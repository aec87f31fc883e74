from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from caracol.accounts import renewing
from caracol.accounts.actor import MemberRequest, actor_of
from caracol.accounts.models import RecoveryCopy
from caracol.accounts.paths import own_path
from caracol.accounts.reconfirm import reconfirm
from caracol.accounts.views.receipt import not_with_receipt


def code_page(onward: str) -> str:
    """Return the path of the page that offers a recovery code, and leads on to `onward`."""
    return f"{reverse('accounts:recovery_code')}?{urlencode({'next': onward})}"


@require_safe
@not_with_receipt
def recovery_code(request: MemberRequest) -> HttpResponse:
    """Say what the recovery code is for, and offer one, or a new one in its place."""
    copy = RecoveryCopy.objects.filter(user=request.user).first()
    context = {"copy": copy, "next": own_path(request.GET.get("next"))}
    return render(request, "accounts/recovery_code.html", context)


@require_POST
@reconfirm
@not_with_receipt
def new_recovery_code(request: MemberRequest) -> HttpResponse:
    """Make a recovery code and show it, this once."""
    try:
        code = renewing.renew_code(actor_of(request))
    except renewing.Overtaken:
        return redirect("accounts:recovery_code")
    return show_code(request, code, onward=own_path(request.POST.get("next")))


def show_code(request: HttpRequest, code: str, *, onward: str) -> HttpResponse:
    """Return the page, to be printed, that shows a code just made. It is in no redirect, message or session."""
    return render(request, "accounts/recovery_code_made.html", {"code": code, "next": onward})
