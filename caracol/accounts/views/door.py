from __future__ import annotations

from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from caracol.accounts.actor import take_in_hand
from caracol.accounts.forms import LoginForm, UnlockForm
from caracol.accounts.models import Kind, User
from caracol.accounts.paths import own_path
from caracol.accounts.recovery import has_code
from caracol.accounts.second_factor.gate import to_set_up, while_awaiting
from caracol.accounts.unlocking import unlock_page
from caracol.accounts.views.recovery_code import code_page
from caracol.limits import doors
from caracol.vault import session


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Log in, which also unlocks the person's keys, in a session of a new name; then to the code they still lack."""
    if request.user.is_authenticated:
        # Home, and not onward: a page that is not for them would only send them back here.
        return redirect("home")
    onward = own_path(request.POST.get("next") or request.GET.get("next"))
    form = LoginForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        auth.login(request, form.actor.user)
        take_in_hand(request, form.actor.user, form.actor.keys)
        return redirect(_past_the_code(form.actor.user, onward))
    return render(request, "accounts/login.html", {"form": form, "next": onward})


def _past_the_code(user: User, onward: str) -> str:
    """Return where to go on to: by the page that offers a recovery code, for whoever has none and can have one."""
    return onward if user.kind == Kind.RECEIPT or has_code(user) else code_page(onward)


@while_awaiting
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session; its keys go with it."""
    session.forget(request)
    auth.logout(request)
    return redirect("home")


@to_set_up
@sensitive_post_parameters("unlock-password")
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask for the password, then go on to where the person was going, with the form that was on its way."""
    assert isinstance(request.user, User)  # noqa: S101 - LoginRequiredMiddleware let nobody else in
    if request.method != "POST":
        asked = {"next": own_path(request.GET.get("next")), "grave": "grave" in request.GET}
        return unlock_page(request, UnlockForm(request.user, initial=asked))
    entry = doors.enter(request, doors.UNLOCK, person=request.user.handle)
    form = UnlockForm(request.user, request.POST)
    if not form.is_valid():
        return unlock_page(request, form)
    entry.was_right()
    take_in_hand(request, request.user, form.actor.keys)
    # Neither the session's name nor the CSRF token changes here: the form on its way carries the old one.
    onward = own_path(form.cleaned_data["next"])
    return HttpResponseRedirect(onward, preserve_request=form.cleaned_data["again"])
