"""
Sealing a file while it passes: libsodium's SecretStream, in messages of one length, each authenticated.

Nothing of a file is given out before the message it stands in was checked. Its end is padded to a whole message,
so that the sealed bytes tell its size to no more than 64 KiB.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from nacl import bindings
from nacl.exceptions import CryptoError

from caracol.vault.box import KEY_BYTES, SealBroken

MESSAGE_BYTES = 64 * 1024
HEADER_BYTES = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_SEALED_BYTES = MESSAGE_BYTES + bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_MORE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


class Readable(Protocol):
    """What sealed bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; fewer at the end, none after it."""


class Sealer:
    """Seals one file under a key used for nothing else, bound to `bound`: `header`, then what `add` and `end` give."""

    def __init__(self, key: bytes, *, bound: bytes) -> None:
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        self._bound = bound
        self._rest = b""
        self.header = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)

    def add(self, content: bytes) -> bytes:
        """Take in some of the file; return what is sealed of it by now."""
        self._rest += content
        whole = len(self._rest) - len(self._rest) % MESSAGE_BYTES
        taken, self._rest = self._rest[:whole], self._rest[whole:]
        return b"".join(self._push(taken[at : at + MESSAGE_BYTES], _MORE) for at in range(0, whole, MESSAGE_BYTES))

    def end(self) -> bytes:
        """Return the last message: what was left, padded, with the mark that nothing follows."""
        return self._push(bindings.sodium_pad(self._rest, MESSAGE_BYTES), _LAST)

    def _push(self, content: bytes, tag: int) -> bytes:
        return bindings.crypto_secretstream_xchacha20poly1305_push(self._state, content, self._bound, tag)


def opened(key: bytes, sealed: Readable, *, bound: bytes) -> Iterator[bytes]:
    """
    Yield the file that a Sealer sealed with the same key and `bound`, message by message.

    Raises SealBroken at the first message that was changed, moved, left out or added, and where the end is missing.
    """
    header = sealed.read(HEADER_BYTES)
    if len(header) != HEADER_BYTES or len(key) != KEY_BYTES:
        raise SealBroken
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
    tag = _MORE
    while tag != _LAST:
        content, tag = _pull(state, sealed.read(_SEALED_BYTES), bound)
        if tag == _LAST and sealed.read(1):
            raise SealBroken
        yield content


def _pull(
    state: bindings.crypto_secretstream_xchacha20poly1305_state, message: bytes, bound: bytes
) -> tuple[bytes, int]:
    try:
        content, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, message, bound)
        return (bindings.sodium_unpad(content, MESSAGE_BYTES) if tag == _LAST else content), tag
    except CryptoError as broken:
        raise SealBroken from broken
