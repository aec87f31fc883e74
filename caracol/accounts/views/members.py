from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caracol.accounts import contacts, people, roles
from caracol.accounts.actor import MemberRequest
from caracol.accounts.models import SiteRole, User
from caracol.accounts.reconfirm import reconfirm
from caracol.accounts.roles import RoleRefused

View = Callable[[MemberRequest], HttpResponseBase]


def for_secretary(view: View) -> View:
    """Let a secretary in; for everybody else there is no such page."""

    @wraps(view)
    def checked(request: MemberRequest) -> HttpResponseBase:
        if not roles.holds(request.user, SiteRole.SECRETARY):
            raise Http404
        return view(request)

    return checked


@require_safe
@for_secretary
def members(request: MemberRequest) -> HttpResponse:
    """The people who can come in, by name. Guests have no name, and are not listed."""
    named = _named()
    names = contacts.names_of(named)
    listed = sorted(((names[user.pk], user) for user in named), key=lambda each: each[0].casefold())
    return render(request, "accounts/members.html", {"members": listed})


def _named() -> QuerySet[User]:
    return User.objects.filter(is_active=True, contact__isnull=False)


@require_POST
@for_secretary
@reconfirm
def deactivate(request: MemberRequest) -> HttpResponse:
    """Close somebody's account: sessions, roles and keys end at once."""
    user = next((each for each in _named() if each.handle == request.POST.get("handle")), None)
    if user is None:
        raise Http404
    try:
        people.deactivate(user, by=request.user)
    except RoleRefused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _("The account is closed. Its sessions, roles and keys have ended."))
    return redirect("accounts:members")
