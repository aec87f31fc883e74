from __future__ import annotations

import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caracol.accounts.models import User
from caracol.accounts.second_factor.gate import while_awaiting
from conduct.models import Affirmation, Version


class MemberRequest(HttpRequest):
    """A request that LoginRequiredMiddleware let through: somebody is logged in."""

    user: User


@while_awaiting
@login_not_required
@require_safe
def code(request: HttpRequest) -> HttpResponse:
    """The Code in force today; everyone may read it."""
    in_force = _in_force_today()
    return _show(request, in_force, in_force=in_force)


@while_awaiting
@login_not_required
@require_safe
def version(request: HttpRequest, since: datetime.date) -> HttpResponse:
    """The Code as it came into force on one day, so that what a case cites stays readable."""
    return _show(request, get_object_or_404(Version, since=since), in_force=_in_force_today())


@require_POST
def affirm(request: MemberRequest, since: datetime.date) -> HttpResponse:
    """Record that the member logged in affirms the text they have read, once, if it is still in force."""
    if request.user.is_guest:
        raise PermissionDenied
    read = get_object_or_404(Version, since=since)
    if read != _in_force_today():
        messages.warning(request, _("Another version of the Code is in force. Please read this one first."))
    else:
        Affirmation.objects.get_or_create(user=request.user, version=read, defaults={"on": timezone.localdate()})
        messages.success(request, _("Thank you. You have affirmed the Code."))
    return redirect("conduct:code")


def _in_force_today() -> Version:
    try:
        return Version.in_force(timezone.localdate())
    except Version.DoesNotExist as error:
        raise Http404 from error


def _show(request: HttpRequest, shown: Version, *, in_force: Version) -> HttpResponse:
    reads = get_language() or settings.LANGUAGE_CODE
    is_translated = reads in shown.translated
    # The English text is the Code, so that every reader can have it.
    language = settings.LANGUAGE_CODE if "original" in request.GET or not is_translated else reads
    context = {
        "version": shown,
        "words_in": language,
        "is_translated": is_translated,
        "label": shown.said_in(language, "label"),
        "title": shown.said_in(language, "title"),
        "preamble": shown.said_in(language, "preamble"),
        "articles": shown.articles(),
        "in_force": in_force,
        "others": Version.objects.exclude(pk=shown.pk),
        "affirmation": _affirmation(request, shown),
    }
    return render(request, "conduct/version_detail.html", context)


def _affirmation(request: HttpRequest, version: Version) -> Affirmation | None:
    if not request.user.is_authenticated:
        return None
    return Affirmation.objects.filter(user=request.user, version=version).first()
