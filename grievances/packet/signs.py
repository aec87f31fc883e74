"""Signs that no bundled font can print: found before anything leaves, and replaced where everybody can see it."""

from __future__ import annotations

import json
from functools import lru_cache

import typst

_PROBE = b"""#let told = json(bytes(sys.inputs.told))
#set document(title: "signs")
#set text(lang: "en")
#title()
#told
"""
_PLAIN = frozenset(chr(code) for code in range(0x20, 0x7F)) | {"\n", "\t"}


def unprintable(text: str) -> list[str]:
    """Return the signs of a text that can't be printed, each once."""
    return [sign for sign in dict.fromkeys(text) if sign not in _PLAIN and not _prints(sign)]


def printable(text: str) -> str:
    """Return a text with each sign that can't be printed replaced by its number, like `[U+1F600]`."""
    missing = {ord(sign): f"[U+{ord(sign):04X}]" for sign in unprintable(text)}
    return text.translate(missing) if missing else text


@lru_cache(maxsize=4096)
def _prints(sign: str) -> bool:
    try:
        told = json.dumps(f"a{sign}a")
        typst.compile(_PROBE, format="pdf", pdf_standards="ua-1", sys_inputs={"told": told}, ignore_system_fonts=True)
    except typst.TypstError:
        return False
    return True
