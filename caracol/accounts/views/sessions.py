from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caracol.accounts import open_sessions
from caracol.accounts.actor import MemberRequest
from caracol.accounts.models.user import today
from caracol.accounts.views import door


@require_safe
def sessions(request: MemberRequest) -> HttpResponse:
    """One's own open sessions, by the day they began: no address, no browser, no hour."""
    context = {
        "sessions": open_sessions.sessions_of(request.user),
        "here": open_sessions.tag_here(request),
        "today": today(),
    }
    return render(request, "accounts/sessions.html", context)


@require_POST
def end_session(request: MemberRequest) -> HttpResponse:
    """End one of one's own sessions; ending the one at hand is logging out."""
    tag = request.POST.get("session", "")
    if tag == open_sessions.tag_here(request):
        return door.logout(request)
    if open_sessions.end_one(request.user, tag):
        messages.success(request, _("That session has ended."))
    else:
        messages.info(request, _("That session was over already."))
    return redirect("accounts:sessions")


@require_POST
def end_other_sessions(request: MemberRequest) -> HttpResponse:
    """End every session of one's own but this one."""
    open_sessions.end_all(request.user, but=request)
    messages.success(request, _("Every other session of yours has ended."))
    return redirect("accounts:sessions")
