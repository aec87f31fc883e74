"""Releases: steering reads the frozen ones, and nothing else; two mediators or people on intake duty approve one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caracol.accounts import roles
from caracol.accounts.models import SiteRole, User
from caracol.accounts.reconfirm import is_recent
from caracol.accounts.unlocking import ask_password
from caracol.ledger.chain import Tampered
from grievances.actions import designation
from grievances.actions.releases import (
    NOT_DESIGNATED,
    approve,
    designate,
    may_approve,
    share,
    shareable,
    standing,
    take_back,
    waiting,
)
from grievances.actions.waits import Answers
from grievances.exceptions import NotOpen, Refused
from grievances.forms.designation import DesignateForm
from grievances.forms.waits import WaitsForm
from grievances.models import Recipient, Thing
from grievances.statistics import reading, releases, sharing
from grievances.statistics.paper import paper_of
from grievances.statistics.periods import Half
from grievances.statistics.releases import Stored
from grievances.statistics.sheets import digest_of, sheet_of
from grievances.statistics.tables import TABLES
from grievances.views.reader import MemberRequest
from grievances.views.waits import Leaving, pass_by

logger = logging.getLogger(__name__)
Rest = ParamSpec("Rest")
View = Callable[Concatenate[MemberRequest, Rest], HttpResponseBase]


def only(may: Callable[[User], bool]) -> Callable[[View[Rest]], View[Rest]]:
    """Let those in of whom `may` is true; others find no page. What the ledger does not vouch for is not shown."""

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def checked(request: MemberRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
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
    request: MemberRequest,
    stored: Stored,
    *,
    form: DesignateForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "release": stored,
        "refusal": refusal,
        "form": form or DesignateForm(thing=Thing.PAPER),
        "stands": standing(stored),
        "waits": designation.waiting(shareable(stored)),
        "shares": sharing.shares(stored.published),
        "least": reading.at_least(stored.published),
        "readings": reading.read(stored.published),
    }
    return render(request, "grievances/release.html", context, status=status)


@require_POST
@only(_steers)
def designate_release(request: MemberRequest, half: Half) -> HttpResponse:
    """Designate a release for somebody, until a day, or take that back, after the password; to designate takes two."""
    if not is_recent(request):
        return ask_password(request, grave=True)
    stored, form = _named(half), DesignateForm(request.POST, thing=Thing.PAPER)
    ends = request.POST.get("deed") == "take_back"
    if not ends and not form.is_valid():
        return _release_page(request, stored, form=form, status=422)
    try:
        if ends:
            take_back(stored, by=request.user)
        else:
            designate(stored, *form.said(), by=request.user)
    except Refused as refusal:
        return _release_page(request, stored, refusal=refusal, status=409)
    return redirect("grievances:release", half)


@require_http_methods(["GET", "HEAD", "POST"])
@only(_steers)
def paper(request: MemberRequest, half: Half) -> HttpResponseBase:
    """Take a release as a PDF."""
    return _leave(request, half, Thing.PAPER, lambda stored: _file(stored, "pdf", "application/pdf", paper_of(stored)))


@require_http_methods(["GET", "HEAD", "POST"])
@only(_steers)
def sheet(request: MemberRequest, half: Half) -> HttpResponseBase:
    """Take a release as CSV: the very bytes whose hash is stated."""

    def made(stored: Stored) -> HttpResponse:
        return _file(stored, "csv", "text/csv; charset=utf-8", sheet_of([stored.published]))

    return _leave(request, half, Thing.SHEET, made)


@require_http_methods(["GET", "HEAD", "POST"])
@only(_steers)
def printed(request: MemberRequest, half: Half) -> HttpResponseBase:
    """Take a release as a page to print."""

    def made(stored: Stored) -> HttpResponse:
        context = {"release": stored, "readings": reading.read(stored.published)}
        return render(request, "grievances/release_print.html", context)

    return _leave(request, half, Thing.PAGE, made)


def _file(stored: Stored, ending: str, mime: str, content: bytes | str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="statistics-{stored.name}.{ending}"'}
    return HttpResponse(content, content_type=mime, headers=headers)


def _leave(
    request: MemberRequest, half: Half, thing: Thing, made: Callable[[Stored], HttpResponse]
) -> HttpResponseBase:
    """Give a release out, once it is designated, after WAITS (Code 7.2) and the password."""
    stored = _named(half)
    stands = standing(stored)
    if stands is None:
        return _release_page(request, stored, refusal=NotOpen(NOT_DESIGNATED, "7.3"), status=403)

    def make(answers: Answers) -> HttpResponse:
        share(stored, thing, answers, by=request.user)
        return made(stored)

    things = [("release", _("every number of this release, with how to read it"))]
    asked = partial(WaitsForm, thing=thing, things=things, whom=[Recipient(stands.recipient)])
    return pass_by(request, Leaving(asked, make, reverse("grievances:release", args=[half])))


@require_safe
@only(_steers)
def year(request: MemberRequest, year: int) -> HttpResponse:
    """The releases that count a year, side by side and never added up."""
    found = [each for each in releases.frozen()[::-1] if any(half.year == year for half in each.published.halves)]
    if not found:
        raise Http404
    scale = reading.scale_of(each.published for each in found)
    side = [{each.table: each for each in reading.read(stored.published, scale=scale)} for stored in found]
    # A release from before a table was added has nothing to lay beside it.
    rows = [(table, [each.get(table) for each in side]) for table in TABLES if any(table in each for each in side)]
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
