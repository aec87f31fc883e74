"""A person's second factors: seeing, adding and removing them. No address names one: there are only one's own."""

from __future__ import annotations

import base64

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caracol.accounts.actor import MemberRequest, let_through
from caracol.accounts.models import Factor
from caracol.accounts.reconfirm import reconfirm
from caracol.accounts.second_factor import app, backup_codes, factors, security_key
from caracol.accounts.second_factor.factors import FactorRefused
from caracol.accounts.second_factor.forms import AppForm, NewKeyForm
from caracol.accounts.second_factor.gate import is_awaiting, to_set_up
from caracol.accounts.views.receipt import not_with_receipt
from caracol.vault.box import SealBroken

# The secret of an app about to be added, sealed and bound to its person.
NEW_APP = "new_app"


@to_set_up
@require_safe
@not_with_receipt
def show(request: MemberRequest) -> HttpResponse:
    """Show what one has beside the password, and what can be added."""
    context = {
        "factors": factors.factors_of(request.user),
        "codes_left": backup_codes.left(request.user),
        "must_have": factors.must_have(request.user),
        "keys_work": security_key.works_here(request),
    }
    return render(request, "accounts/factors.html", context)


@to_set_up
@require_http_methods(["GET", "HEAD", "POST"])
@reconfirm
@not_with_receipt
def new_app(request: MemberRequest) -> HttpResponse:
    """Show the secret for an app, and add the app once it makes the right code."""
    if factors.factors_of(request.user, Factor.Kind.APP):
        messages.info(request, _("You have an app already. Remove it first to use another."))
        return redirect("accounts:factors")
    secret = _secret(request)
    form = AppForm(request, secret, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _added(request, form.factor)
    return render(request, "accounts/new_app.html", {"form": form, "secret": app.as_text(secret)})


@to_set_up
@require_safe
@reconfirm
@not_with_receipt
def new_app_picture(request: MemberRequest) -> HttpResponse:
    """Return the secret for an app as a picture to be scanned, kept by nobody."""
    return HttpResponse(app.picture(_secret(request)), content_type="image/svg+xml")


@to_set_up
@require_http_methods(["GET", "HEAD", "POST"])
@reconfirm
@not_with_receipt
def new_key(request: MemberRequest) -> HttpResponse:
    """Ask the browser for a new security key, and add it."""
    if not security_key.works_here(request):
        return redirect("accounts:factors")
    form = NewKeyForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _added(request, form.factor)
    context = {"form": form, "options": security_key.ask_new(request, request.user)}
    return render(request, "accounts/new_key.html", context)


@require_POST
@reconfirm
@not_with_receipt
def remove(request: MemberRequest) -> HttpResponse:
    """Remove one of one's own factors."""
    try:
        factors.remove(request.user, request.POST.get("factor", ""), request=request)
    except FactorRefused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _("It is removed. Every other session of yours has ended."))
    return redirect("accounts:factors")


@require_POST
@reconfirm
@not_with_receipt
def new_backup_codes(request: MemberRequest) -> HttpResponse:
    """Make ten backup codes, and show them, this once; without a factor to stand in for there are none."""
    if not factors.has_any(request.user):
        return redirect("accounts:factors")
    return _show_codes(request)


def _added(request: MemberRequest, factor: Factor) -> HttpResponse:
    awaited = is_awaiting(request, request.user)
    try:
        factors.add(factor, request=request)
    except FactorRefused as refusal:
        messages.error(request, refusal.reason)
        return redirect("accounts:factors")
    request.session.pop(NEW_APP, None)
    if awaited:
        let_through(request, request.user)
    if backup_codes.left(request.user) == 0:
        return _show_codes(request)
    messages.success(request, _("It is added. Every other session of yours has ended."))
    return redirect("accounts:factors")


def _show_codes(request: MemberRequest) -> HttpResponse:
    """Return the page, to be printed, with new codes. They are in no redirect, message or session."""
    return render(request, "accounts/backup_codes.html", {"codes": backup_codes.renew(request.user)})


def _secret(request: MemberRequest) -> bytes:
    """Return the secret of the app being added in this session: the same until it is added, then another."""
    kept = request.session.get(NEW_APP)
    try:
        return factors.opened(request.user, base64.b64decode(kept or ""))
    except SealBroken:
        secret = app.new_secret()
        request.session[NEW_APP] = base64.b64encode(factors.sealed(request.user, secret)).decode()
        return secret
