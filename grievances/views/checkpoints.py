"""The checkpoints of the ledger, for the steering committee to keep on paper: a hash a night, and nothing else."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caracol.accounts import roles
from caracol.accounts.actor import MemberRequest
from caracol.accounts.models import SiteRole
from caracol.ledger import checkpoints

NIGHTS = 31


@require_safe
def page(request: MemberRequest) -> HttpResponse:
    """Show the last month's checkpoints. Others find no page here."""
    if not roles.holds(request.user, SiteRole.STEERING):
        raise Http404
    return render(request, "grievances/checkpoints.html", {"checkpoints": checkpoints.latest(NIGHTS)})
