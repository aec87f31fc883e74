"""
The hash by which a password is known again: salt, cost and the verifier of its one Argon2id (ladder.Stretched).

The other key that comes of the same Argon2id locks the person's keys. So whoever writes a hash writes the lock with it
(keys.locked_under), and the two always stand in one row, of one salt.
"""

from __future__ import annotations

import base64
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.utils.crypto import constant_time_compare

from caracol.accounts.passwords import new_stretching
from caracol.vault import box, ladder
from caracol.vault.ladder import Stretched, Stretching

ALGORITHM = "argon2id-verifier"
# libsodium's least.
LEAST_KIBIBYTES = 8


def written(stretched: Stretched) -> str:
    """Return the hash of a password just stretched."""
    how = stretched.how
    return f"{ALGORITHM}${how.passes}${how.kibibytes}${_text(how.salt)}${_text(stretched.verifier)}"


def recognised(password: str, encoded: str) -> Stretched | None:
    """Return what a password comes to, if it is the one that this hash was made of, else None. Costs one Argon2."""
    try:
        how = _how(encoded)
    except ValueError:
        # No hash of ours, so nothing fits; and it takes as long.
        how = new_stretching()
    stretched = ladder.stretch(password, how)
    return stretched if constant_time_compare(written(stretched), encoded) else None


def spend_the_rest(how: Stretching) -> None:
    """Spend what an Argon2 at the cost of now takes more than this one took: how long an answer takes tells nothing."""
    now = new_stretching()
    kibibytes = (now.passes * now.kibibytes - how.passes * how.kibibytes) // now.passes
    if kibibytes >= LEAST_KIBIBYTES:
        ladder.stretch("the time a real one takes", now._replace(kibibytes=kibibytes))


class VerifierHasher(BasePasswordHasher):
    """Django's door to that hash: whatever asks Django whether a password fits gets its answer here."""

    algorithm = ALGORITHM

    def salt(self) -> str:
        return _text(box.new_salt())

    def encode(self, password: str, salt: str) -> str:
        return written(ladder.stretch(password, new_stretching()._replace(salt=base64.b64decode(salt))))

    def verify(self, password: str, encoded: str) -> bool:
        return recognised(password, encoded) is not None

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, passes, kibibytes, salt, verifier = encoded.split("$")
        cost = {"passes": int(passes), "kibibytes": int(kibibytes)}
        return {"algorithm": algorithm, **cost, "salt": salt, "hash": verifier}

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        decoded = self.decode(encoded)
        return {**decoded, "salt": mask_hash(decoded["salt"]), "hash": mask_hash(decoded["hash"])}

    def must_update(self, encoded: str) -> bool:
        return _how(encoded)[1:] != new_stretching()[1:]

    def harden_runtime(self, password: str, encoded: str) -> None:  # noqa: ARG002 - Django's signature
        spend_the_rest(_how(encoded))


def _how(encoded: str) -> Stretching:
    """Return how the password of this hash was stretched. Raises ValueError for what is no hash of ours."""
    decoded = VerifierHasher().decode(encoded)
    salt = base64.b64decode(decoded["salt"])
    if len(salt) != box.SALT_BYTES:
        raise ValueError
    return Stretching(salt, decoded["passes"], decoded["kibibytes"])


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
