"""
What a person shows besides their password, and who has to.

A factor counts where its row stands and the ledger states it: whoever writes to the database can neither add one of
their own, nor bring back one that was removed, nor have nothing asked by taking a row away. Whoever was invited anew
has none: what they had is lost with their keys.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from caracol.accounts import open_sessions, roles
from caracol.accounts.chains import FACTOR_ADDED, FACTOR_REMOVED, KEYS_LOST, chain_of, chains_of
from caracol.accounts.models import BackupCode, Factor, SiteRole, User
from caracol.ledger.chain import record
from caracol.ledger.models import Entry
from caracol.vault.box import lock, mac, subkey, unlock

MUST_HAVE = frozenset({SiteRole.MEDIATOR, SiteRole.INTAKE, SiteRole.STEERING, SiteRole.SECRETARY})


class FactorRefused(Exception):
    """The factor can't be added or removed; `reason` says why, in words for the person asking."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_asked(user: User) -> bool:
    """Return whether this person is asked for a second factor: by the ledger alone, in one query. Raises Tampered."""
    chain = chains_of([user])[user.pk]
    return bool(_standing(chain)) or _must_have(user, chain)


def must_have(user: User) -> bool:
    """Return whether this person comes no further without a second factor; in the demo nobody. Raises Tampered."""
    return _must_have(user, chains_of([user])[user.pk])


def has_any(user: User) -> bool:
    """Return whether the ledger states any factor of this person, whatever became of its row. Raises Tampered."""
    return bool(_standing(chains_of([user])[user.pk]))


def factors_of(user: User, *kinds: Factor.Kind) -> list[Factor]:
    """Return the person's factors that count, the oldest first, of these kinds or of all. Raises Tampered."""
    standing = _standing(chains_of([user])[user.pk])
    rows = user.factors.filter(kind__in=kinds or Factor.Kind.values)
    return [factor for factor in rows if factor.digest in standing]


def add(factor: Factor, *, request: HttpRequest) -> None:
    """
    Add a new factor to its person's own, record it, and end their other sessions; that of `request` goes on.

    Raises FactorRefused where it is there already.
    """
    user = factor.user
    try:
        with transaction.atomic():
            _leave_only_what_counts(user)
            factor.save(force_insert=True)
            record(chain_of(user), FACTOR_ADDED, actor=user.handle, kind=factor.kind, factor=factor.digest)
            open_sessions.end_all(user, but=request)
    except IntegrityError:
        raise FactorRefused(_("This is in use already.")) from None


@transaction.atomic
def remove(user: User, digest: str, *, request: HttpRequest) -> None:
    """
    Remove the person's own factor of this digest, record it, and end their other sessions.

    With the last one the backup codes go too. Raises FactorRefused where it is not theirs, and for the last one of
    somebody who must have one.
    """
    User.objects.select_for_update().get(pk=user.pk)
    mine = {factor.digest: factor for factor in factors_of(user)}
    if digest not in mine:
        raise FactorRefused(_("This was removed already."))
    if len(mine) == 1 and must_have(user):
        raise FactorRefused(_("This is the only one you have, and your role needs one. Add another first."))
    mine[digest].delete()
    record(chain_of(user), FACTOR_REMOVED, actor=user.handle, kind=mine[digest].kind, factor=digest)
    if len(mine) == 1:
        BackupCode.objects.filter(user=user).delete()
    open_sessions.end_all(user, but=request)


def sealed(user: User, secret: bytes) -> bytes:
    """Return a factor's secret sealed under the environment's key, and bound to this person."""
    return lock(_key("sealed"), secret, bound=user.handle.encode())


def opened(user: User, locked: bytes) -> bytes:
    """Return what `sealed` sealed for this person. Raises SealBroken where it is another's, or was altered."""
    return unlock(_key("sealed"), locked, bound=user.handle.encode())


def tag(purpose: str, text: bytes) -> str:
    """Return a keyed HMAC (64 hex digits) under the environment's key, another one for each purpose."""
    return mac(_key(purpose), text).hex()


def _key(purpose: str) -> bytes:
    return subkey(settings.CONTACT_KEY.encode(), f"second factor {purpose}")


def _must_have(user: User, chain: Iterable[Entry]) -> bool:
    return not settings.DEMO and (user.is_staff or bool(roles.stated_in(chain) & MUST_HAVE))


def _standing(chain: Iterable[Entry]) -> set[str]:
    standing: set[str] = set()
    for entry in chain:
        if entry.event == FACTOR_ADDED:
            standing.add(str(entry.details["factor"]))
        elif entry.event == FACTOR_REMOVED:
            standing.discard(str(entry.details["factor"]))
        elif entry.event == KEYS_LOST:
            standing.clear()
    return standing


def _leave_only_what_counts(user: User) -> None:
    """A row that the ledger does not state must not stand in the way of one that it will."""
    counted = [factor.pk for factor in factors_of(user)]
    user.factors.exclude(pk__in=counted).delete()
