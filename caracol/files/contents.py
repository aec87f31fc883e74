"""
Looking at a file while it passes: each kind is checked, or cleaned, in its own way.

`add` takes in some of the file and returns what may be sealed of it, `end` what is left; both raise Unfit.
"""

from __future__ import annotations

import codecs

from caracol.files.faults import Fault, Unfit
from caracol.files.kinds import PHOTOS, STEERING
from caracol.files.photos import cleaned

_ENDS_WITHIN = 4096


class AsItCame:
    """Kept byte for byte."""

    def add(self, content: bytes) -> bytes:
        return content

    def end(self) -> bytes:
        return b""


class Photo(AsItCame):
    """Held in memory until it is whole, then cleaned."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._held = bytearray()

    def add(self, content: bytes) -> bytes:
        self._held += content
        return b""

    def end(self) -> bytes:
        return cleaned(bytes(self._held), self._kind)


class Text(AsItCame):
    """Kept byte for byte, if it is UTF-8 without characters that steer a terminal."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def add(self, content: bytes) -> bytes:
        self._check(content)
        return content

    def end(self) -> bytes:
        self._check(b"", final=True)
        return b""

    def _check(self, content: bytes, *, final: bool = False) -> None:
        try:
            text = self._decoder.decode(content, final)
        except UnicodeDecodeError:
            # Not chained: the exception carries the bytes.
            raise Unfit(Fault.TEXT) from None
        if STEERING.search(text):
            raise Unfit(Fault.TEXT)


class Pdf(AsItCame):
    """Kept byte for byte, if its end is there."""

    def __init__(self) -> None:
        self._tail = b""

    def add(self, content: bytes) -> bytes:
        self._tail = (self._tail + content)[-_ENDS_WITHIN:]
        return content

    def end(self) -> bytes:
        if b"%%EOF" not in self._tail:
            raise Unfit(Fault.CUT)
        return b""


def content_of(kind: str) -> AsItCame:
    """Return what looks at a file of this kind."""
    if kind in PHOTOS:
        return Photo(kind)
    return {"txt": Text, "pdf": Pdf}.get(kind, AsItCame)()
