from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caracol.accounts import contacts, invitations
from caracol.accounts.actor import MemberRequest
from caracol.accounts.forms import InviteForm
from caracol.accounts.invitations import Gone
from caracol.accounts.models import Kind, User
from caracol.accounts.reconfirm import reconfirm
from caracol.accounts.roles import RoleRefused
from caracol.accounts.views.members import for_secretary


@require_http_methods(["GET", "HEAD", "POST"])
@for_secretary
@reconfirm
def invite(request: MemberRequest) -> HttpResponse:
    """Invite one person, and show the link this once; list whose links still wait."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        link = invitations.invite(form.cleaned_data["name"], form.cleaned_data["email"], by=request.user)
        return show_link(request, link.token, onward=reverse("accounts:invite"))
    waiting = [(invitations.name_in(each)[0], each) for each in invitations.into_membership()]
    return render(request, "accounts/invite.html", {"form": form, "waiting": waiting})


@require_POST
@for_secretary
def withdraw_invitation(request: MemberRequest) -> HttpResponse:
    """Take an invitation back."""
    tag = request.POST.get("invitation", "")
    meant = next((each for each in invitations.into_membership() if each.token_tag == tag), None)
    if meant is None:
        raise Http404
    try:
        invitations.withdraw(meant, by=request.user)
    except Gone:
        messages.info(request, _("That link was used just now."))
    else:
        messages.success(request, _("The invitation is taken back. Its link opens nothing any more."))
    return redirect("accounts:invite")


@require_POST
@for_secretary
@reconfirm
def invite_anew(request: MemberRequest) -> HttpResponse:
    """Invite a member who has lost password and code, after checking who they are; show the link this once."""
    members = User.objects.filter(is_active=True, kind=Kind.MEMBER)
    user = next((each for each in members if each.handle == request.POST.get("handle")), None)
    if user is None:
        raise Http404
    try:
        link = invitations.invite_anew(user, by=request.user)
    except RoleRefused as refusal:
        messages.error(request, refusal.reason)
        return redirect("accounts:members")
    return show_link(request, link.token, onward=reverse("accounts:members"), name=contacts.name_of(user))


def show_link(request: HttpRequest, token: str, *, onward: str, name: str = "") -> HttpResponse:
    """Return the page that shows a link just made. It is in no redirect, message or session."""
    address = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
    expires = timezone.localdate() + invitations.GOOD_FOR
    context = {"address": address, "expires": expires, "next": onward, "name": name}
    return render(request, "accounts/invitation_made.html", context)
