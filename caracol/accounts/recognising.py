"""Who comes in by login name and password: one Argon2 tells whether they fit, and opens the person's keys."""

from __future__ import annotations

from dataclasses import dataclass

from caracol.accounts import hashers, keys, people
from caracol.accounts.models import User
from caracol.accounts.passwords import could_be_password, new_stretching
from caracol.vault import ladder
from caracol.vault.box import SealBroken
from caracol.vault.ladder import Stretched

# Django's own hash of Argon2id, which knew nothing of the keys: rows of before have it until their next login.
HASH_OF_BEFORE = "argon2$"


@dataclass(frozen=True)
class Recognised:
    """Somebody whose password was typed just now, and what it came to: for the answer at hand, and kept nowhere."""

    user: User
    stretched: Stretched


def recognise(login: str, password: str) -> Recognised | None:
    """Return the active user of this login name and password, else None. Costs one Argon2, whatever was typed."""
    user = people.by_login(login)
    if user is None or not could_be_password(password):
        ladder.stretch("the time a real one takes", new_stretching())
        return None
    stretched = _came_to(user, password)
    return Recognised(user, stretched) if stretched and user.is_active else None


def is_as_of_now(user: User) -> bool:
    """Return whether the password of a user is kept as one chosen now would be: by our hash, at the cost of now."""
    ours = user.password.startswith(hashers.ALGORITHM)
    return ours and not hashers.VerifierHasher().must_update(user.password)


def _came_to(user: User, password: str) -> Stretched | None:
    before = user.password.startswith(HASH_OF_BEFORE)
    stretched = _by_the_keys(user, password) if before else hashers.recognised(password, user.password)
    if stretched is None:
        hashers.spend_the_rest(keys.stretching_of(user))
    return stretched


def _by_the_keys(user: User, password: str) -> Stretched | None:
    """Return what a password comes to, if it opens the user's keys."""
    try:
        stretched = ladder.stretch(password, keys.stretching_of(user))
        ladder.unlock_person(bytes(user.locked_keys), stretched, handle=user.handle)
    except SealBroken:
        return None
    return stretched
