"""
Security keys (WebAuthn), as a second factor only: the browser asks the key to sign a challenge for this very site.

Nothing is left on the key that names anybody, and its make is not asked.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Iterable
from typing import NamedTuple

import webauthn
from django.http import HttpRequest
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from caracol.accounts.models import Factor, User
from caracol.accounts.second_factor.factors import factors_of, opened, sealed, tag

IN_SESSION = "security_key_challenge"
SITE_NAME = "Caracol"
LONGEST_ANSWER = 20_000
NAMES = "security key"
# The password was asked already: a touch is enough.
PIN = UserVerificationRequirement.DISCOURAGED


# What a made-up answer can set off in the reading of it.
MALFORMED = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, RecursionError)


class KeyRefused(Exception):
    """What the browser brought is no answer of such a key to what was asked of it."""


class KnownKey(NamedTuple):
    """What is kept of a key: its own name for itself, and the public key it signs with (COSE)."""

    name: bytes
    public: bytes


def works_here(request: HttpRequest) -> bool:
    """Return whether browsers let a key be used at this address: it needs a name, not a number."""
    try:
        ipaddress.ip_address(_host(request).strip("[]"))
    except ValueError:
        return True
    return False


def ask_new(request: HttpRequest, user: User) -> str:
    """Return what the browser shall ask of a new key (JSON), and keep the challenge in the session."""
    options = webauthn.generate_registration_options(
        rp_id=_host(request),
        rp_name=SITE_NAME,
        user_name=SITE_NAME,
        user_id=bytes.fromhex(tag("security key owner", user.handle.encode())),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=PIN
        ),
        exclude_credentials=_named(_known(user).values()),
    )
    request.session[IN_SESSION] = _text(options.challenge)
    return webauthn.options_to_json(options)


def new_factor(request: HttpRequest, user: User, answer: str) -> Factor:
    """Return the key that answered as a new factor, not saved yet. A challenge is good once. Raises KeyRefused."""
    challenge = _challenge(request)
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
        )
    except MALFORMED as fault:
        raise KeyRefused from fault
    kept = json.dumps([_text(made.credential_id), _text(made.credential_public_key)]).encode()
    return Factor(
        user=user,
        kind=Factor.Kind.KEY,
        sealed=sealed(user, kept),
        counter=made.sign_count,
        tag=tag(NAMES, made.credential_id),
    )


def ask(request: HttpRequest, user: User) -> str | None:
    """Return what the browser shall ask of a key of this person (JSON); None where they have none to use here."""
    known = _known(user) if works_here(request) else {}
    if not known:
        return None
    options = webauthn.generate_authentication_options(
        rp_id=_host(request), allow_credentials=_named(known.values()), user_verification=PIN
    )
    request.session[IN_SESSION] = _text(options.challenge)
    return webauthn.options_to_json(options)


def use(request: HttpRequest, user: User, answer: str) -> None:
    """Check the answer of one of this person's own keys. A challenge is good once. Raises KeyRefused."""
    challenge = _challenge(request)
    try:
        answered = _read(answer)
        factor, known = _answering(user, str(answered.get("id")))
        checked = webauthn.verify_authentication_response(
            credential=answered,
            expected_challenge=challenge,
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
            credential_public_key=known.public,
            credential_current_sign_count=factor.counter,
        )
    except MALFORMED as fault:
        raise KeyRefused from fault
    same = Factor.objects.filter(pk=factor.pk, counter=factor.counter)
    if not same.update(counter=checked.new_sign_count):
        raise KeyRefused


def _answering(user: User, name: str) -> tuple[Factor, KnownKey]:
    for factor, known in _known(user).items():
        if _text(known.name).rstrip("=") == name:
            return factor, known
    raise KeyRefused


def _known(user: User) -> dict[Factor, KnownKey]:
    """Return the person's keys that count. Raises SealBroken where one was altered, which the ledger would show too."""
    return {factor: _opened(user, factor) for factor in factors_of(user, Factor.Kind.KEY)}


def _opened(user: User, factor: Factor) -> KnownKey:
    return KnownKey(*map(_bytes, json.loads(opened(user, bytes(factor.sealed)))))


def _named(known: Iterable[KnownKey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.name) for key in known]


def _challenge(request: HttpRequest) -> bytes:
    kept = request.session.pop(IN_SESSION, None)
    if kept is None:
        raise KeyRefused
    # Written at once: whatever happens from here on, nobody answers this challenge again.
    request.session.save()
    return _bytes(kept)


def _read(answer: str) -> dict[str, object]:
    read = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    if not isinstance(read, dict):
        raise KeyRefused
    return read


def _host(request: HttpRequest) -> str:
    host = request.get_host()
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)
