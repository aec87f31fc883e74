from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from caracol.accounts import renewing
from caracol.accounts.actor import MemberRequest, take_in_hand
from caracol.accounts.forms import OVERTAKEN, ChangePasswordForm, ForgottenForm
from caracol.accounts.renewing import Overtaken
from caracol.accounts.views.receipt import not_with_receipt
from caracol.accounts.views.recovery_code import show_code
from caracol.limits import doors
from caracol.limits.doors import limited


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(doors.UNLOCK)
@not_with_receipt
def password(request: MemberRequest) -> HttpResponse:
    """Change one's password: the keys stay as they are, every other session ends."""
    form = ChangePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            renewing.change_password(form.actor, form.cleaned_data["new"], request=request)
        except Overtaken:
            form.add_error(None, OVERTAKEN)
        else:
            take_in_hand(request, form.actor.user, form.actor.keys)
            messages.success(request, _("Your password is changed. Every other session of yours has ended."))
            return redirect("accounts:account")
    return render(request, "accounts/password.html", {"form": form})


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(doors.UNLOCK)
@not_with_receipt
def somebody_knows(request: MemberRequest) -> HttpResponse:
    """Give oneself new keys and a new password, since somebody may know the old one; show the new recovery code."""
    form = ChangePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actor, code = renewing.replace_keys(form.actor, form.cleaned_data["new"], request=request)
        except Overtaken:
            form.add_error(None, OVERTAKEN)
        else:
            take_in_hand(request, actor.user, actor.keys)
            return show_code(request, code, onward=resolve_url("accounts:account"))
    return render(request, "accounts/somebody_knows.html", {"form": form})


@login_not_required
@sensitive_post_parameters("code", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(doors.FORGOTTEN)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Set a new password with login name and recovery code. It logs nobody in, and shows a new code."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            code = renewing.reset_password(form.user, form.keys, form.cleaned_data["new"])
        except Overtaken:
            form.add_error(None, OVERTAKEN)
        else:
            return show_code(request, code, onward=resolve_url("accounts:login"))
    return render(request, "accounts/forgotten.html", {"form": form})
