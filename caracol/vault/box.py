"""
Sealing, locking and signing: libsodium by PyNaCl, HMAC by the standard library, nothing of our own.

Every failure to open, unlock or verify is one exception, SealBroken, which does not say why.
"""

from __future__ import annotations

import hmac
import unicodedata
from typing import NamedTuple

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import Aead
from nacl.signing import SigningKey, VerifyKey
from nacl.utils import random

from caracol.vault import turns

KEY_BYTES = 32
SALT_BYTES = pwhash.argon2id.SALTBYTES
SIGNATURE_BYTES = 64


class SealBroken(Exception):
    """The thing does not open: another key, other facts, or changed bytes."""


class Pair(NamedTuple):
    """Two halves of 32 bytes each; for signing the private half is the Ed25519 seed."""

    private: bytes
    public: bytes

    def __repr__(self) -> str:
        """Show the public half alone, so that no log or traceback shows the private one."""
        return f"Pair(public={self.public.hex()})"


def new_key() -> bytes:
    """Return 32 random bytes."""
    return random(KEY_BYTES)


def new_salt() -> bytes:
    """Return 16 random bytes."""
    return random(SALT_BYTES)


def new_box_pair() -> Pair:
    """Return a new X25519 pair, to seal to."""
    private = PrivateKey.generate()
    return Pair(bytes(private), bytes(private.public_key))


def new_sign_pair() -> Pair:
    """Return a new Ed25519 pair, to sign with."""
    private = SigningKey.generate()
    return Pair(bytes(private), bytes(private.verify_key))


def box_public(private: bytes) -> bytes:
    """Return the public half of an X25519 private key."""
    return bytes(PrivateKey(private).public_key)


def sign_public(private: bytes) -> bytes:
    """Return the public half of an Ed25519 seed."""
    return bytes(SigningKey(private).verify_key)


def seal(public: bytes, plaintext: bytes) -> bytes:
    """Seal `plaintext` so that only the private half of `public` opens it; says nothing about who sealed it."""
    return SealedBox(PublicKey(public)).encrypt(plaintext)


def open_seal(private: bytes, sealed: bytes) -> bytes:
    """Open what `seal` made, or raise SealBroken."""
    try:
        return SealedBox(PrivateKey(private)).decrypt(sealed)
    except CryptoError as broken:
        raise SealBroken from broken


def lock(key: bytes, plaintext: bytes, *, bound: bytes = b"") -> bytes:
    """Lock `plaintext` under a 32-byte key (XChaCha20-Poly1305); it opens only beside the same `bound` bytes."""
    return bytes(Aead(key).encrypt(plaintext, bound))


def unlock(key: bytes, locked: bytes, *, bound: bytes = b"") -> bytes:
    """Open what `lock` made with the same key and `bound`, or raise SealBroken."""
    try:
        return Aead(key).decrypt(locked, bound)
    except (CryptoError, ValueError) as broken:  # PyNaCl lets a plain ValueError out for bytes shorter than a lock
        raise SealBroken from broken


def sign(private: bytes, message: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature of `message`."""
    return SigningKey(private).sign(message).signature


def verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Raise SealBroken unless `signature` is that of `message` by the private half of `public`."""
    try:
        VerifyKey(public).verify(message, signature)
    except CryptoError as broken:
        raise SealBroken from broken


def subkey(key: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for `purpose`: the first block of HKDF-Expand with HMAC-SHA256 (RFC 5869, 2.3)."""
    return mac(key, purpose.encode() + b"\x01")


def mac(key: bytes, message: bytes) -> bytes:
    """Return the HMAC-SHA256 of `message`, 32 bytes."""
    return hmac.digest(key, message, "sha256")


def stretch(password: str, salt: bytes, *, passes: int, kibibytes: int) -> bytes:
    """
    Return the 32-byte key of a password by Argon2id in one lane; the password counts as NFC-normalised UTF-8.

    Raises caracol.vault.turns.Busy when too many want one at once.
    """
    typed = unicodedata.normalize("NFC", password).encode()
    with turns.argon2.one():
        return pwhash.argon2id.kdf(KEY_BYTES, typed, salt, opslimit=passes, memlimit=kibibytes * 1024)
