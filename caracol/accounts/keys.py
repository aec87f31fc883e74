"""People's keys: the public halves as the ledger states them, the private ones behind the password."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable

from caracol.accounts.chains import KEYS_MADE, chain_of, chains_of
from caracol.accounts.models import User
from caracol.ledger.chain import record
from caracol.ledger.models import Entry
from caracol.vault import ladder
from caracol.vault.ladder import PersonKeys, PublicKeys


class KeysSwapped(Exception):
    """A user's public keys are not the ones the ledger states: nothing may be sealed to them."""

    def __init__(self, user: User) -> None:
        super().__init__(f"The keys of {user.handle} are not the ones in the ledger.")
        self.user = user


def public_keys(users: Iterable[User], *, at: dt.datetime | None = None) -> dict[int, PublicKeys]:
    """
    Return each user's public keys by user id, as the ledger states them: now, or as they were `at` a moment.

    One query for all. Raises KeysSwapped where the ledger states none, or (now) other ones than
    the user's row; Tampered where the ledger itself was altered.
    """
    people = list(users)
    chains = chains_of(people)
    stated = {user.pk: _stated(user, chains[user.pk], at) for user in people}
    for user in people if at is None else []:
        if stated[user.pk] != _in_row(user):
            raise KeysSwapped(user)
    return stated


def unlock(user: User, password: str) -> PersonKeys:
    """
    Return the user's private keys, opened with their password. Costs one Argon2.

    Raises SealBroken where the password is wrong, KeysSwapped where what opens is not the pair of
    the public keys in the ledger.
    """
    keys = ladder.unlock_person(
        ladder.LockedKeys(salt=bytes(user.unlock_salt), locked=bytes(user.locked_keys)),
        password,
        handle=user.handle,
        passes=user.unlock_passes,
        kibibytes=user.unlock_kibibytes,
    )
    if keys.public != public_keys([user])[user.pk]:
        raise KeysSwapped(user)
    return keys


def state(user: User) -> Entry:
    """Record in the ledger the public keys that stand in the user's row."""
    return record(
        chain_of(user),
        KEYS_MADE,
        actor=user.handle,
        box=base64.b64encode(bytes(user.public_box)).decode(),
        sign=base64.b64encode(bytes(user.public_sign)).decode(),
    )


def _stated(user: User, chain: list[Entry], at: dt.datetime | None) -> PublicKeys:
    made = [entry for entry in chain if entry.event == KEYS_MADE and (at is None or entry.at <= at)]
    if not made:
        raise KeysSwapped(user)
    details = made[-1].details
    return PublicKeys(*(base64.b64decode(str(details[half])) for half in ("box", "sign")))


def _in_row(user: User) -> PublicKeys:
    return PublicKeys(box=bytes(user.public_box), sign=bytes(user.public_sign))
