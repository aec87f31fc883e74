from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import MemberRequest
from caracol.accounts.models import Kind
from caracol.letters import sending
from caracol.letters.cadences import cadence_of
from caracol.letters.forms import CadenceForm


@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: MemberRequest) -> HttpResponse:
    """Choose whether, when and where to be told by letter. Who holds a receipt has no such page, and no address."""
    if request.user.kind == Kind.RECEIPT:
        raise Http404
    form = CadenceForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        form.keep(request.user)
        messages.success(request, _("Your choice is kept."))
        return redirect("letters:letters")
    kept = cadence_of(request.user)
    subject, body = sending.words_for(request.user)
    page = {
        "form": form,
        "since": kept.since if kept.pk else None,
        "sends": settings.SENDS_LETTERS,
        "undeliverable": sending.last_was_undeliverable(request.user),
        "subject": subject,
        "body": body,
        "in_language": request.user.language or settings.LANGUAGE_CODE,
    }
    return render(request, "letters/letters.html", page, status=422 if form.errors else 200)
