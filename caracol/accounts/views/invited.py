"""Coming in by a one-time link: a page that does nothing, a form, and the deed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from caracol.accounts import contacts, invitations
from caracol.accounts.forms import OVERTAKEN, JoinForm
from caracol.accounts.invitations import Gone
from caracol.accounts.keys import KeysSwapped
from caracol.accounts.models import Invitation, Kind
from caracol.accounts.people import LoginRefused
from caracol.accounts.renewing import Overtaken
from caracol.limits import doors
from caracol.limits.doors import limited
from caracol.vault.box import SealBroken


@login_not_required
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """
    Where a link leads: one button. Nothing is looked up, used or kept, and no cookie set.

    So whoever opens every link of a letter, to look for viruses, changes nothing and learns nothing.
    """
    return render(request, "accounts/invitation.html", {"token": token})


@csrf_exempt  # It changes nothing: the page with the button has no cookie to check the form by.
@login_not_required
@require_POST
@limited(doors.INVITATIONS)
def open_invitation(request: HttpRequest) -> HttpResponse:
    """Show the form by which the link is used."""
    found = invitations.waiting(request.POST.get("token", ""))
    if found is None:
        return _gone(request)
    return _page(request, found, JoinForm(initial={"token": request.POST["token"]}, invitation=found))


@login_not_required
@sensitive_post_parameters("new", "again")
@require_POST
@limited(doors.INVITATIONS)
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """Use the link up: then the person logs in with what they chose, to their recovery code and the Code."""
    found = invitations.waiting(request.POST.get("token", ""))
    if found is None:
        return _gone(request)
    form = JoinForm(request.POST, invitation=found)
    if not form.is_valid() or not _accept(form, found):
        return _page(request, found, form)
    messages.success(request, _("Your account is ready. Please log in."))
    seated = found.user is not None and found.user.kind == Kind.SEAT
    onward = reverse("home" if seated else "conduct:code")
    return redirect(f"{reverse('accounts:login')}?{urlencode({'next': onward})}")


def _accept(form: JoinForm, found: Invitation) -> bool:
    said = form.cleaned_data
    try:
        invitations.accept(found, token=said["token"], login=said.get("login", ""), password=said["new"])
    except LoginRefused as refusal:
        form.add_error("login", str(refusal))
    except (Gone, Overtaken, SealBroken, KeysSwapped):
        form.add_error(None, OVERTAKEN)
    return not form.errors


def _page(request: HttpRequest, found: Invitation, form: JoinForm) -> HttpResponse:
    card = contacts.card_of(found.user) if found.user else None
    return render(request, "accounts/join.html", {"form": form, "login": card.login if card else ""})


def _gone(request: HttpRequest) -> HttpResponse:
    """Return one page for a link that was used, is too old, or never was."""
    return render(request, "accounts/invitation_gone.html", status=410)
