"""Encrypting a packet to an age recipient, so that nobody on the way can read it."""

from __future__ import annotations

import pyrage
from django.utils.translation import gettext_lazy as _

from grievances.exceptions import NotOpen


def is_recipient(text: str) -> bool:
    """Return whether somebody can be written to by this age recipient (`age1…`)."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except (pyrage.RecipientError, ValueError):
        return False
    return True


def sealed_to(recipient: str, content: bytes) -> bytes:
    """Return content encrypted to an age recipient. Raises NotOpen for one that is broken."""
    try:
        return bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(recipient)]))
    except (pyrage.RecipientError, pyrage.EncryptError, ValueError):
        raise NotOpen(_("This is no age recipient, or it was not copied whole. Nothing has left.")) from None
