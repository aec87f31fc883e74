"""The caucus passphrase: what the secretary tells the Caucus, so that a guest who knows it can be shown who serves."""

from __future__ import annotations

import hmac
import unicodedata

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from caracol.accounts import roles
from caracol.accounts.chains import PASSPHRASE_CHANGED, chain_of
from caracol.accounts.models import Passphrase, SiteRole, User
from caracol.accounts.models.user import new_handle, today
from caracol.accounts.roles import RoleRefused
from caracol.ledger.chain import record
from caracol.vault.box import lock, subkey, unlock

LONGEST = 200
# There is one at most.
_ROW = 1


@transaction.atomic
def change(words: str, *, by: User) -> None:
    """Set the passphrase; whoever knew the old one is asked anew. Raises RoleRefused for anybody but a secretary."""
    if not roles.holds(by, SiteRole.SECRETARY):
        raise RoleRefused(_("Only a secretary sets the passphrase."))
    fields = {"sealed": lock(_key(), words.encode()), "edition": new_handle(), "changed_on": today()}
    Passphrase.objects.update_or_create(pk=_ROW, defaults=fields)
    record(chain_of(by), PASSPHRASE_CHANGED, actor=by.handle)


def words() -> str:
    """Return the passphrase as it was set, or nothing where none is."""
    row = Passphrase.objects.filter(pk=_ROW).first()
    return unlock(_key(), bytes(row.sealed)).decode() if row else ""


def edition() -> str:
    """Return which passphrase it is now: another text after every change; nothing where none is set."""
    return Passphrase.objects.filter(pk=_ROW).values_list("edition", flat=True).first() or ""


def fits(typed: str) -> bool:
    """Return whether this is the passphrase, whatever its spaces and capital letters. Without one nothing fits."""
    kept = _normal(words())
    return bool(kept) and len(typed) <= LONGEST and hmac.compare_digest(_normal(typed), kept)


def _normal(typed: str) -> bytes:
    folded = unicodedata.normalize("NFKC", typed).casefold()
    return " ".join(folded.split()).encode(errors="replace")


def _key() -> bytes:
    return subkey(settings.CONTACT_KEY.encode(), "caucus passphrase")
