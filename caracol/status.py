"""How the site is doing, in words: what runs by the clock has run in its time, or is late. No number, no moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from caracol.accounts.actor import MemberRequest
from caracol.accounts.views.members import for_secretary
from caracol.celery import DUE
from caracol.ledger.verifying import FOUND_WHOLE
from caracol.letters.sending import SERVER_ANSWERED
from caracol.watch import done

BACKUP, BACKUP_OF_KEYS = "backup", "backup_keys"
_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# How often each is done; jobs say so in `caracol.celery.DUE`.
EVERY = {**DUE, SERVER_ANSWERED: _HOUR, FOUND_WHOLE: _DAY, BACKUP: _DAY, BACKUP_OF_KEYS: _DAY}
GRACE = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Part:
    """A part of the site, all that has to be done for it, and what to do where it is late."""

    title: str | Promise
    names: tuple[str, ...]
    if_late: str | Promise


PARTS = (
    Part(
        _("Work in the background"),
        tuple(DUE),
        _("Dates, reminders and deleting may be late. Check that the clock and the worker run."),
    ),
    Part(
        _("Letters"),
        (SERVER_ANSWERED, "grievances.tasks.send_letters"),
        _("Letters may not go out. Check that the mail server answers."),
    ),
    Part(_("Backup of the database"), (BACKUP,), _("There is no backup of the last day. Check the nightly backup.")),
    Part(
        _("Backup of the keys"),
        (BACKUP_OF_KEYS,),
        _("There is no backup of the last day. Without the keys, no backup of the database can be read."),
    ),
    Part(
        _("The record"),
        (FOUND_WHOLE, "caracol.ledger.tasks.checkpoint"),
        _("The record was not found whole in the last day. Run verify_ledger: it says whether an entry was changed."),
    ),
)


@require_safe
@for_secretary
def page(request: MemberRequest) -> HttpResponse:
    """Show the secretary which part is healthy and which is late."""
    return render(request, "status.html", {"parts": parts()})


def parts() -> list[tuple[Part, bool]]:
    """Return each part, and whether it is late: something in it was not done in its time, or never."""
    last, now = done.last(), timezone.now()
    return [(part, any(_is_late(name, last.get(name), now) for name in part.names)) for part in PARTS]


def _is_late(name: str, at: dt.datetime | None, now: dt.datetime) -> bool:
    return at is None or now - at > EVERY[name] * 5 / 4 + GRACE
