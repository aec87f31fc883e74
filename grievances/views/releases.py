"""Releases: steering reads the frozen ones, and nothing else; two mediators or people on intake duty approve one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caracol.accounts import roles
from caracol.accounts.models import SiteRole, User
from caracol.accounts.reconfirm import is_recent
from caracol.accounts.unlocking import ask_password
from caracol.ledger.chain import Tampered
from grievances.actions.releases import approve, designate, is_designated, may_approve, share, waiting
from grievances.exceptions import Refused
from grievances.forms.releases import ShareForm
from grievances.statistics import reading, releases
from grievances.statistics.periods import Half
from grievances.statistics.releases import Stored
from grievances.statistics.sheets import digest_of, sheet_of
from grievances.views.reader import MemberRequest, status_of

logger = logging.getLogger(__name__)
Rest = ParamSpec("Rest")
View = Callable[Concatenate[MemberRequest, Rest], HttpResponse]


def only(may: Callable[[User], bool]) -> Callable[[View[Rest]], View[Rest]]:
    """Let those in of whom `may` is true; others find no page. What the ledger does not vouch for is not shown."""

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def checked(request: MemberRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
            try:
                if not may(request.user):
                    raise Http404
                return view(request, *args, **kwargs)
            except Tampered:
                logger.exception("The releases do not agree with the ledger")
                return render(request, "grievances/releases_unsound.html", status=500)

        return cast("View[Rest]", checked)

    return decorate


def _steers(user: User) -> bool:
    return roles.holds(user, SiteRole.STEERING)


@require_safe
@only(_steers)
def all_releases(request: MemberRequest) -> HttpResponse:
    """The run of past releases, and what such numbers can say."""
    found = releases.frozen()
    shown = [(each, reading.at_least(each.published)) for each in found]
    years = sorted({half.year for each in found for half in each.published.halves}, reverse=True)
    context = {"releases": shown, "years": years, "threshold": settings.STATISTICS_THRESHOLD}
    return render(request, "grievances/releases.html", context)


@require_safe
@only(_steers)
def release(request: MemberRequest, half: Half) -> HttpResponse:
    """One release, at a glance."""
    return _release_page(request, _named(half))


def _release_page(
    request: MemberRequest, stored: Stored, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    designated_by = releases.designators(stored.published)
    context = {
        "release": stored,
        "refusal": refusal,
        "designated": is_designated(stored),
        "mine": request.user.handle in designated_by,
        "least": reading.at_least(stored.published),
        "readings": reading.read(stored.published),
    }
    return render(request, "grievances/release.html", context, status=status)


@require_POST
@only(_steers)
def designate_release(request: MemberRequest, half: Half) -> HttpResponse:
    """Designate a release for sharing, after the password; it takes two."""
    if not is_recent(request):
        return ask_password(request, grave=True)
    stored = _named(half)
    try:
        designate(stored, by=request.user)
    except Refused as refusal:
        return _release_page(request, stored, refusal=refusal, status=409)
    return redirect("grievances:release", half)


@require_http_methods(["GET", "HEAD", "POST"])
@only(_steers)
def paper(request: MemberRequest, half: Half) -> HttpResponse:
    """Take a release as a PDF, once it is designated, after the question why (Code 7.2) and the password."""
    if request.method == "POST" and not is_recent(request):
        return ask_password(request, grave=True)
    stored = _named(half)
    form = ShareForm(request.POST if request.method == "POST" else None)
    ready = is_designated(stored)
    if not ready or not form.is_valid():
        context = {"release": stored, "form": form, "designated": ready}
        status = status_of(form) if ready else 403
        return render(request, "grievances/release_paper.html", context, status=status)
    made = share(stored, form.cleaned_data["whom"], by=request.user)
    headers = {"Content-Disposition": f'attachment; filename="statistics-{stored.name}.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@require_safe
@only(_steers)
def sheet(request: MemberRequest, half: Half) -> HttpResponse:
    """One release as CSV: the very bytes whose hash is stated."""
    stored = _named(half)
    headers = {"Content-Disposition": f'attachment; filename="statistics-{stored.name}.csv"'}
    return HttpResponse(sheet_of([stored.published]), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@only(_steers)
def year(request: MemberRequest, year: int) -> HttpResponse:
    """The releases that count a year, side by side and never added up."""
    found = [each for each in releases.frozen()[::-1] if any(half.year == year for half in each.published.halves)]
    if not found:
        raise Http404
    scale = reading.scale_of(each.published for each in found)
    side = [(each, reading.read(each.published, scale=scale)) for each in found]
    rows = [(readings[0].table, list(readings)) for readings in zip(*(read for _each, read in side), strict=True)]
    return render(request, "grievances/release_year.html", {"year": year, "releases": found, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_approve)
def approval(request: MemberRequest) -> HttpResponse:
    """What waits to be approved, as steering would see it. Approving asks for the password."""
    if request.method != "POST":
        return _approval_page(request)
    if not is_recent(request):
        return ask_password(request, grave=True)
    try:
        frozen = approve(request.POST.get("digest", ""), by=request.user)
    except Refused as refusal:
        return _approval_page(request, refusal=refusal, status=409)
    done = _("Released, for good.") if frozen else _("Approved. It is released when a second person approves it.")
    messages.success(request, done)
    return redirect("grievances:approval")


def _approval_page(request: MemberRequest, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    ready = waiting()
    context: dict[str, object] = {"refusal": refusal, "waiting": ready}
    if ready:
        context |= {
            "digest": digest_of(ready),
            "readings": reading.read(ready),
            "mine": request.user.handle in releases.approvers(ready),
        }
    return render(request, "grievances/approval.html", context, status=status)


def _named(half: Half) -> Stored:
    found = next((each for each in releases.frozen() if each.name == str(half)), None)
    if found is None:
        raise Http404
    return found
