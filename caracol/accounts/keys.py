"""People's keys: the public halves as the ledger states them, the private ones behind the password."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from caracol import moments
from caracol.accounts import hashers
from caracol.accounts.chains import KEYS_MADE, chain_of, chains_of
from caracol.accounts.models import User
from caracol.accounts.passwords import could_be_password, new_stretching
from caracol.ledger.chain import record
from caracol.ledger.models import Entry
from caracol.vault import ladder
from caracol.vault.box import SealBroken
from caracol.vault.ladder import PersonKeys, PublicKeys, Stretched, Stretching


class KeysSwapped(Exception):
    """A user's public keys are not the ones the ledger states: nothing may be sealed to them."""

    def __init__(self, user: User) -> None:
        super().__init__(f"The keys of {user.handle} are not the ones in the ledger.")
        self.user = user


@dataclass(frozen=True)
class StatedKeys:
    """The public keys of one person as the ledger states them, each with the moment from which it counts."""

    user: User
    made: tuple[tuple[dt.datetime, PublicKeys], ...]

    def at(self, moment: dt.datetime | None = None) -> PublicKeys:
        """Return the keys that counted at a moment, or those of now. Raises KeysSwapped where there were none."""
        counted = [public for since, public in self.made if moment is None or since <= moment]
        if not counted:
            raise KeysSwapped(self.user)
        return counted[-1]

    def may_have_signed(self, moment: dt.datetime) -> list[bytes]:
        """
        Return the public keys by which this person may have signed at a moment that the ledger kept.

        First the one that counted then; where the day alone was kept of both, every key that counted on that day, the
        last one first. Then the later ones: only a clock that was set back can have had one sign at that moment, since
        the ledger kept the digest of what was signed.
        """
        counted = [(since, public.sign) for since, public in self.made if since <= moment]
        later = [public.sign for since, public in self.made if since > moment]
        if not moments.is_day_alone(moment):
            return [sign for _since, sign in counted[-1:]] + later
        before = [sign for since, sign in counted if since < moment]
        return [sign for since, sign in reversed(counted) if since == moment] + before[-1:] + later


def stated_keys(users: Iterable[User]) -> dict[int, StatedKeys]:
    """Return what the ledger states of each user's public keys, by user id, in one query. Raises Tampered."""
    people = list(users)
    chains = chains_of(people)
    return {user.pk: StatedKeys(user, tuple(_made(chains[user.pk]))) for user in people}


def public_keys(users: Iterable[User], *, at: dt.datetime | None = None) -> dict[int, PublicKeys]:
    """
    Return each user's public keys by user id, as the ledger states them: now, or as they were `at` a moment.

    One query for all. Raises KeysSwapped where the ledger states none, or (now) other ones than
    the user's row; Tampered where the ledger itself was altered.
    """
    people = list(users)
    stated = {pk: keys.at(at) for pk, keys in stated_keys(people).items()}
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
    return unlock_with(user, ladder.stretch(password, stretching_of(user)))


def unlock_with(user: User, stretched: Stretched) -> PersonKeys:
    """
    Return the user's private keys, opened with what their password came to; raises as `unlock` does.

    SealBroken too where it was stretched by another salt or cost than the keys were locked by.
    """
    if stretched.how != stretching_of(user):
        raise SealBroken
    keys = ladder.unlock_person(bytes(user.locked_keys), stretched, handle=user.handle)
    if keys.public != public_keys([user])[user.pk]:
        raise KeysSwapped(user)
    return keys


def locked_under(password: str, keys: PersonKeys, *, handle: str) -> dict[str, str | bytes | int]:
    """
    Return the columns of a user row that keep private keys under a password, and know the password again.

    They go into the row together: all are of one salt. Costs one Argon2: call it before a transaction, not in one.
    Raises ValueError for a text that can be no password.
    """
    if not could_be_password(password):
        raise ValueError("This text can be no password.")
    how = new_stretching()
    stretched = ladder.stretch(password, how)
    return {
        "password": hashers.written(stretched),
        "locked_keys": ladder.lock_person(keys, stretched, handle=handle),
        "unlock_salt": how.salt,
        "unlock_passes": how.passes,
        "unlock_kibibytes": how.kibibytes,
    }


def stretching_of(user: User) -> Stretching:
    """Return how the password was stretched under which this user's keys are locked."""
    return Stretching(bytes(user.unlock_salt), user.unlock_passes, user.unlock_kibibytes)


def state(user: User) -> Entry:
    """Record in the ledger the public keys that stand in the user's row."""
    return record(
        chain_of(user),
        KEYS_MADE,
        actor=user.handle,
        box=base64.b64encode(bytes(user.public_box)).decode(),
        sign=base64.b64encode(bytes(user.public_sign)).decode(),
    )


def _made(chain: list[Entry]) -> Iterable[tuple[dt.datetime, PublicKeys]]:
    for entry in chain:
        if entry.event == KEYS_MADE:
            box, sign = (base64.b64decode(str(entry.details[half])) for half in ("box", "sign"))
            yield entry.at, PublicKeys(box=box, sign=sign)


def _in_row(user: User) -> PublicKeys:
    return PublicKeys(box=bytes(user.public_box), sign=bytes(user.public_sign))
