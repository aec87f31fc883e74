from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caracol.accounts.actor import MemberRequest
from caracol.accounts.told import lines_of


@require_safe
def account(request: MemberRequest) -> HttpResponse:
    """What a person can do about their own account, and what happened with it."""
    return render(request, "accounts/account.html", {"lines": lines_of(request.user)})
