"""The personal recovery code: what is on a person's paper, and the copy of their keys that it opens."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass

from django.utils.crypto import get_random_string

from caracol.accounts.chains import RECOVERY_MADE, chain_of, chains_of
from caracol.accounts.keys import public_keys
from caracol.accounts.models import RecoveryCopy, User
from caracol.accounts.models.user import HANDLE_ALPHABET, today
from caracol.accounts.passwords import new_stretching
from caracol.ledger.chain import record
from caracol.vault import ladder
from caracol.vault.box import SealBroken
from caracol.vault.ladder import PersonKeys, Stretching

# 24 letters and digits of 31 carry 118 random bits.
CODE_LENGTH = 24
GROUP = 4
LONGEST_TYPED = 200
_IGNORED = {"Pd", "Zs", "Zl", "Zp", "Cc", "Cf"}


@dataclass(frozen=True)
class NewCode:
    """A code just made, in the form in which it is shown, and the copy it locks. Not kept yet."""

    shown: str
    copy: RecoveryCopy

    def __repr__(self) -> str:
        # A traceback or a log line must open nothing.
        return "NewCode(…)"


def make(user: User, keys: PersonKeys) -> NewCode:
    """Make a new code and lock these keys of the person under it. Costs one Argon2: call it before a transaction."""
    code = get_random_string(CODE_LENGTH, HANDLE_ALPHABET)
    how = new_stretching()
    locked = ladder.lock_person(keys, ladder.stretch(code, how), handle=user.handle)
    copy = RecoveryCopy(user=user, locked=locked, **how._asdict())
    return NewCode("-".join(code[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP)), copy)


def keep(code: NewCode) -> None:
    """Put the new copy in the place of the one before, and record it: the earlier code opens nothing any more."""
    copy = code.copy
    RecoveryCopy.objects.update_or_create(
        user=copy.user,
        defaults={
            "salt": copy.salt,
            "locked": copy.locked,
            "passes": copy.passes,
            "kibibytes": copy.kibibytes,
            "made_on": today(),
        },
    )
    record(chain_of(copy.user), RECOVERY_MADE, actor=copy.user.handle, copy=_digest(copy))


def has_code(user: User) -> bool:
    """Return whether the person has made a recovery code."""
    return RecoveryCopy.objects.filter(user=user).exists()


def open_copy(user: User | None, typed: str) -> PersonKeys:
    """
    Return a person's private keys, opened with what they typed as their code. Costs one Argon2 for anybody, or nobody.

    Raises SealBroken where it does not open, where the account is not active, and where the copy is not the one the
    ledger states, so that a code once replaced stays dead; KeysSwapped where the keys are not those in the ledger.
    """
    copy = (RecoveryCopy.objects.filter(user=user).first() if user else None) or _nobodys()
    stretched = ladder.stretch(normal_code(typed), Stretching(bytes(copy.salt), copy.passes, copy.kibibytes))
    keys = ladder.unlock_person(bytes(copy.locked), stretched, handle=user.handle if user else "")
    if user is None or not user.is_active or not _is_stated(copy, user) or keys.public != public_keys([user])[user.pk]:
        raise SealBroken
    return keys


def normal_code(typed: str) -> str:
    """Return a code as it was made, whatever case, spaces and dashes it is typed with; "" for what can be none."""
    if len(typed) > LONGEST_TYPED:
        return ""
    folded = unicodedata.normalize("NFKC", typed).casefold()
    code = "".join(character for character in folded if unicodedata.category(character) not in _IGNORED)
    return code if set(code) <= set(HANDLE_ALPHABET) else ""


def _nobodys() -> RecoveryCopy:
    """Return a copy that nothing opens, at the cost of a real one."""
    return RecoveryCopy(locked=b"", **new_stretching()._asdict())


def _is_stated(copy: RecoveryCopy, user: User) -> bool:
    made = [entry for entry in chains_of([user])[user.pk] if entry.event == RECOVERY_MADE]
    return bool(made) and made[-1].details["copy"] == _digest(copy)


def _digest(copy: RecoveryCopy) -> str:
    return hashlib.sha256(bytes(copy.salt) + bytes(copy.locked)).hexdigest()
