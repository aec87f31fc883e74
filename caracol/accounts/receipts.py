"""Receipts: one code that is login name and secret of an account with nobody's name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare, get_random_string

from caracol.accounts import people
from caracol.accounts.actor import Actor
from caracol.accounts.models import Kind, User
from caracol.accounts.models.user import HANDLE_ALPHABET, HANDLE_LENGTH, today
from caracol.accounts.recovery import GROUP, normal_code
from caracol.vault.box import mac, subkey

# 20 of 31 letters and digits carry 99 random bits.
SECRET_LENGTH = 20


@dataclass(frozen=True)
class Receipt:
    """A receipt just made, in the form in which it is shown, once."""

    user: User
    secret: str

    def __repr__(self) -> str:
        # A traceback or a log line must open nothing.
        return "Receipt(…)"

    @property
    def shown(self) -> str:
        """The whole code, in groups of four."""
        return in_groups(self.user.handle + self.secret)

    @property
    def last_group(self) -> str:
        """The last four letters and digits."""
        return self.secret[-GROUP:]


def issue() -> Receipt:
    """Make an account that only its receipt opens. Costs one Argon2: call it outside a transaction."""
    secret = _new_secret()
    return Receipt(people.join_as_guest(Kind.RECEIPT, password=secret), secret)


def propose(user: User) -> Receipt:
    """Return a new receipt for somebody who has one. Nothing is kept of it, and it opens nothing yet."""
    return Receipt(user, _new_secret())


def mark_of(receipt: Receipt) -> str:
    """Return what shows that a proposed receipt is ours, for this person, and since their keys last changed."""
    key = subkey(settings.SECRET_KEY.encode(), "proposed receipt")
    return mac(key, f"{receipt.user.handle} {receipt.secret} ".encode() + bytes(receipt.user.unlock_salt)).hex()


def is_proposed(receipt: Receipt, mark: str) -> bool:
    """Return whether this receipt was proposed to this person."""
    return constant_time_compare(mark_of(receipt), mark)


def _new_secret() -> str:
    return get_random_string(SECRET_LENGTH, HANDLE_ALPHABET)


def note_use(*, actor: Actor, **_kwargs: object) -> None:
    """Keep the day on which a receipt was used, so that its account can end when nobody uses it any more."""
    users = User.objects.filter(Q(used_on=None) | Q(used_on__lt=today()), pk=actor.user.pk, kind=Kind.RECEIPT)
    users.update(used_on=today())


def unused_since(day: dt.date) -> QuerySet[User]:
    """Return the open accounts of receipts that nobody has used after `day`, nor made."""
    unused = Q(used_on__lte=day) | Q(used_on=None, joined_on__lte=day)
    return User.objects.filter(unused, kind=Kind.RECEIPT, is_active=True)


def in_groups(code: str) -> str:
    """Return a code as it is read and typed: in groups of four."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def split(typed: str) -> tuple[str, str] | None:
    """Return handle and secret of a whole receipt, however it is spaced, or None for any other text."""
    code = normal_code(typed)
    is_whole = len(code) == HANDLE_LENGTH + SECRET_LENGTH
    return (code[:HANDLE_LENGTH], code[HANDLE_LENGTH:]) if is_whole else None


def holder(typed: str) -> User | None:
    """Return the active account of a receipt whose handle this is, however it is spaced."""
    handle = normal_code(typed)
    is_handle = len(handle) == HANDLE_LENGTH
    found = User.objects.filter(handle=handle, kind=Kind.RECEIPT, is_active=True)
    return found.first() if is_handle else None


def as_password(user: User | None, typed: str) -> str:
    """Return what somebody typed as their password: of a receipt the secret, whatever stands between its letters."""
    if user is None or user.kind != Kind.RECEIPT:
        return typed
    whole = split(typed)
    return whole[1] if whole and whole[0] == user.handle else normal_code(typed)
