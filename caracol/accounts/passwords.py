"""Which texts can be a password at all, and how one is stretched."""

from __future__ import annotations

import unicodedata

from django.conf import settings

from caracol.vault import box
from caracol.vault.ladder import Stretching

LONGEST_PASSWORD = 1024


def normal_password(password: str) -> str:
    """Return the password in one Unicode form (NFC), so that every keyboard types the same one."""
    return unicodedata.normalize("NFC", password)


def could_be_password(password: str) -> bool:
    """Return whether this can be anybody's password: not empty, not endless, and text that can be written down."""
    if not 0 < len(password) <= LONGEST_PASSWORD or "\0" in password:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in password)


def new_stretching() -> Stretching:
    """Return how a password is stretched that is chosen now: with a new salt, at the cost of the settings."""
    return Stretching(box.new_salt(), settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES)
