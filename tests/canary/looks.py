"""The canary: a word that must stand nowhere in the clear, and every look it could have where it stands."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress

CANARY = "Zq7canaryXw9"
# What base64, standard or for addresses, could look like: long enough to hold the word, or a wrapping of it.
CODED = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
ZLIB_HEADS = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
DEPTH = 3
# zlib's own word for "of gzip or of zlib, as its head says".
EITHER_HEAD = 32


def disguises(word: str) -> Iterator[bytes]:
    """Yield the word as it would look in other encodings; in base64 at each of its three offsets."""
    plain = word.encode()
    yield from (plain, word.encode("utf-16-le"), word.encode("utf-16-be"), word.encode("utf-32-le"))
    yield from (plain.hex().encode(), plain[::-1])
    yield "".join(f"\\u{ord(letter):04x}" for letter in word).encode()
    yield "".join(f"%{byte:02x}" for byte in plain).encode()
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + plain)
        yield coded[-(-offset * 8 // 6) + (offset > 0) : -4]


LOOKS = re.compile(b"|".join(re.escape(look) for look in disguises(CANARY)), re.IGNORECASE)


def shows(content: bytes, depth: int = DEPTH) -> bool:
    """Return whether the canary stands in `content`, in any disguise, or in anything packed inside it."""
    if LOOKS.search(content):
        return True
    return depth > 0 and any(shows(inner, depth - 1) for inner in unpacked(content))


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what is packed in `content`: compressed, or in base64 (of something compressed, say)."""
    for head in ZLIB_HEADS.finditer(content):
        with suppress(zlib.error):
            yield zlib.decompressobj(zlib.MAX_WBITS | EITHER_HEAD).decompress(content[head.start() :])
    for coded in CODED.findall(content):
        bare = coded.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        with suppress(ValueError):
            yield base64.b64decode(bare + b"=" * (-len(bare) % 4))
