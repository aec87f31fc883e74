from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts import passphrase
from caracol.accounts.actor import MemberRequest
from caracol.accounts.forms import PassphraseForm
from caracol.accounts.reconfirm import reconfirm
from caracol.accounts.views.members import for_secretary


@require_http_methods(["GET", "HEAD", "POST"])
@for_secretary
@reconfirm
def caucus_passphrase(request: MemberRequest) -> HttpResponse:
    """See the passphrase that guests are asked for, and change it."""
    form = PassphraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        passphrase.change(form.cleaned_data["words"], by=request.user)
        messages.success(request, _("The passphrase is changed."))
        return redirect("accounts:passphrase")
    return render(request, "accounts/passphrase.html", {"form": form, "words": passphrase.words()})
