"""Codes on paper, each good once, for the day when the telephone or the key is not at hand."""

from __future__ import annotations

from django.db import transaction
from django.utils.crypto import get_random_string

from caracol.accounts.chains import BACKUP_CODE_USED, BACKUP_CODES_MADE, KEYS_LOST, chain_of, chains_of
from caracol.accounts.models import BackupCode, User
from caracol.accounts.models.user import HANDLE_ALPHABET
from caracol.accounts.recovery import normal_code
from caracol.accounts.second_factor.factors import tag
from caracol.ledger.chain import record

HOW_MANY = 10
# Twelve letters and digits of 31 carry 59 random bits.
LENGTH = 12
GROUP = 4


@transaction.atomic
def renew(user: User) -> list[str]:
    """Make ten new codes in the place of all earlier ones, record it, and return them to be shown, this once."""
    codes = [get_random_string(LENGTH, HANDLE_ALPHABET) for _ in range(HOW_MANY)]
    tags = sorted(_tag(user, code) for code in codes)
    BackupCode.objects.filter(user=user).delete()
    BackupCode.objects.bulk_create(BackupCode(user=user, tag=each) for each in tags)
    record(chain_of(user), BACKUP_CODES_MADE, actor=user.handle, codes=tags)
    return ["-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP)) for code in codes]


@transaction.atomic
def use(user: User, typed: str) -> bool:
    """
    Use one of the person's codes up, and record it; return whether it was one that nobody had used.

    Raises Tampered.
    """
    found = _tag(user, normal_code(typed))
    # Of all who bring the same code at once, the one whose row goes has used it.
    if found not in _unused(user) or not BackupCode.objects.filter(user=user, tag=found).delete()[0]:
        return False
    record(chain_of(user), BACKUP_CODE_USED, actor=user.handle, code=found)
    return True


def left(user: User) -> int:
    """Return how many codes of the person are still good. Raises Tampered."""
    return BackupCode.objects.filter(user=user, tag__in=_unused(user)).count()


def _unused(user: User) -> set[str]:
    """What the ledger says is unused: a row brought back from a backup opens nothing again."""
    unused: set[str] = set()
    for entry in chains_of([user])[user.pk]:
        if entry.event == BACKUP_CODES_MADE:
            made = entry.details["codes"]
            unused = set(made) if isinstance(made, list) else set()
        elif entry.event == BACKUP_CODE_USED:
            unused.discard(str(entry.details["code"]))
        elif entry.event == KEYS_LOST:
            unused.clear()
    return unused


def _tag(user: User, code: str) -> str:
    return tag("backup code", f"{user.handle} {code}".encode())
