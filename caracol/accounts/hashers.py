from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from caracol.accounts.passwords import normal_password
from caracol.vault import turns


class Argon2idHasher(Argon2PasswordHasher):
    """
    Django's Argon2id hash at the cost of the key ladder's, in one lane.

    A thief attacks the weaker of the two, so both take settings.ARGON2_PASSES and
    settings.ARGON2_KIBIBYTES, and both read the password in the same Unicode form.
    """

    parallelism = 1

    @property
    def time_cost(self) -> int:  # type: ignore[override]
        return int(settings.ARGON2_PASSES)

    @property
    def memory_cost(self) -> int:  # type: ignore[override]
        return int(settings.ARGON2_KIBIBYTES)

    def encode(self, password: str, salt: str) -> str:
        with turns.argon2.one():
            return super().encode(normal_password(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        with turns.argon2.one():
            return super().verify(normal_password(password), encoded)
