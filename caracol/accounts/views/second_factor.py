"""The page between the password and everything else, for whoever has a second factor."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from caracol.accounts.actor import MemberRequest, let_through
from caracol.accounts.paths import own_path
from caracol.accounts.second_factor import factors, security_key
from caracol.accounts.second_factor.forms import CodeForm, KeyForm
from caracol.accounts.second_factor.gate import is_awaiting, while_awaiting


@while_awaiting
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: MemberRequest) -> HttpResponse:
    """Ask for a code or a key, then go on to where the person was going; who must have one and has none sets one up."""
    if not is_awaiting(request, request.user):
        return redirect(_onward(request))
    if not factors.has_any(request.user):
        return redirect("accounts:factors")
    form = CodeForm(request, request.POST if request.method == "POST" else None)
    return _through(request) if form.is_valid() else _ask(request, form)


@while_awaiting
@require_POST
def second_factor_key(request: MemberRequest) -> HttpResponse:
    """Take the answer of a security key in the place of a code."""
    if not is_awaiting(request, request.user):
        return redirect(_onward(request))
    form = KeyForm(request, request.POST)
    return _through(request) if form.is_valid() else _ask(request, CodeForm(request), wrong=form)


def _ask(request: MemberRequest, form: CodeForm, wrong: KeyForm | None = None) -> HttpResponse:
    context = {
        "form": form,
        "key_form": wrong or KeyForm(request),
        "options": security_key.ask(request, request.user),
        "next": _onward(request),
    }
    return render(request, "accounts/second_factor.html", context)


def _through(request: MemberRequest) -> HttpResponse:
    let_through(request, request.user)
    return redirect(_onward(request))


def _onward(request: MemberRequest) -> str:
    return own_path(request.POST.get("next") or request.GET.get("next"))
