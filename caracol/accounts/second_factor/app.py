"""Codes from an app on the telephone (TOTP, RFC 6238): six digits, another six every thirty seconds, each good once."""

from __future__ import annotations

import base64
import hmac
import io
import secrets
import time
import unicodedata
from urllib.parse import urlencode

import segno
from django_otp.oath import hotp

from caracol.accounts.models import Factor, User
from caracol.accounts.second_factor.factors import factors_of, opened, sealed

SECRET_BYTES = 20
DIGITS = 6
STEP_SECONDS = 30
# A clock may be off by one step, and typing takes its time.
TOLERANCE = (-1, 0, 1)
_IGNORED = {"Pd", "Zs", "Zl", "Zp", "Cc", "Cf"}


def new_secret() -> bytes:
    """Return a new random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def as_text(secret: bytes) -> str:
    """Return the secret as people type it into their app: Base32, in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def picture(secret: bytes) -> bytes:
    """Return an SVG image of the QR code that hands the secret to an app. It names this site, and nobody."""
    asked = {"secret": base64.b32encode(secret).decode(), "issuer": "Caracol"}
    image = io.BytesIO()
    segno.make(f"otpauth://totp/Caracol?{urlencode(asked)}", error="m").save(image, kind="svg", scale=6, light="#fff")
    return image.getvalue()


def digits_in(typed: str) -> str | None:
    """Return the six digits typed, whatever stands between them; None where they are not six."""
    folded = unicodedata.normalize("NFKC", typed[:100])
    kept = "".join(character for character in folded if unicodedata.category(character) not in _IGNORED)
    return kept if len(kept) == DIGITS and kept.isascii() and kept.isdigit() else None


def step_of(secret: bytes, typed: str) -> int | None:
    """Return the time step (thirty seconds since 1970) whose code this is, around now; else None."""
    code = digits_in(typed)
    now = int(time.time()) // STEP_SECONDS
    steps = [now + off for off in TOLERANCE]
    fitting = [step for step in steps if code and hmac.compare_digest(code, code_at(secret, step))]
    return fitting[-1] if fitting else None


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a time step."""
    return f"{hotp(secret, step, DIGITS):0{DIGITS}}"


def enrolled(user: User, secret: bytes, typed: str) -> Factor | None:
    """Return the app as a new factor, not saved yet, if the code typed is the secret's; that code is used up by it."""
    step = step_of(secret, typed)
    if step is None:
        return None
    return Factor(user=user, kind=Factor.Kind.APP, sealed=sealed(user, secret), counter=step)


def use(user: User, typed: str) -> bool:
    """
    Use a code of the person's app; return whether it was one, and of a later step than any used before.

    Raises Tampered.
    """
    for factor in factors_of(user, Factor.Kind.APP):
        step = step_of(opened(user, bytes(factor.sealed)), typed)
        # Of all who bring the same code at once, the first to change the row has used it.
        if step is not None:
            return Factor.objects.filter(pk=factor.pk, counter__lt=step).update(counter=step) == 1
    return False
