"""
What kinds of file are taken: told by their content, whatever they are called.

Photos are taken in the kinds that Pillow can read and write anew, so that nothing but the picture is kept. What can't
be cleaned (a PDF, a recording) is kept just as it came, and the page says so. Everything else is refused: what runs,
what unpacks, what asks the net when it is opened (HTML, SVG, office files).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

import filetype
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# As many bytes from the beginning of a file as are looked at.
HEAD_BYTES = 8192


@dataclass(frozen=True)
class Kind:
    """One kind of file: what it is called, how it is served, and the endings its name may have, the usual one first."""

    label: Promise
    mime: str
    endings: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "jpg": Kind(_("photo (JPEG)"), "image/jpeg", (".jpg", ".jpeg")),
    "png": Kind(_("picture (PNG)"), "image/png", (".png",)),
    "webp": Kind(_("picture (WebP)"), "image/webp", (".webp",)),
    "pdf": Kind(_("PDF"), "application/pdf", (".pdf",)),
    "txt": Kind(_("plain text"), "text/plain; charset=utf-8", (".txt",)),
    "mp3": Kind(_("sound (MP3)"), "audio/mpeg", (".mp3",)),
    "ogg": Kind(_("sound (Ogg)"), "audio/ogg", (".ogg", ".oga", ".opus")),
    "wav": Kind(_("sound (WAV)"), "audio/wav", (".wav",)),
    "mp4": Kind(_("recording (MP4)"), "video/mp4", (".mp4", ".m4a", ".m4v")),
    "mov": Kind(_("film (QuickTime)"), "video/quicktime", (".mov",)),
    "webm": Kind(_("film (WebM)"), "video/webm", (".webm",)),
}
# What filetype tells apart, and is one kind here.
_ALIKE = {"m4a": "mp4", "m4v": "mp4"}
PHOTOS = frozenset({"jpg", "png", "webp"})
# What cameras of one maker write, told apart from the rest to say what to do about it.
HEIC = "heic"
# Characters that steer a terminal, which no plain text needs.
STEERING = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


def kind_of(head: bytes) -> str:
    """Return the name of the kind that a file beginning with `head` is: of KINDS, or HEIC, or empty for any other."""
    guessed = filetype.guess(head)
    name = _ALIKE.get(guessed.extension, guessed.extension) if guessed else ""
    if name in KINDS or name == HEIC:
        return name
    # A text may begin with two letters by which something else is known ("BM", "MZ").
    return "txt" if _reads_as_text(head) else ""


def fitting_name(name: str, kind: str) -> str:
    """Return a file's name with an ending of its kind: what looks like a program by its name is not handed out so."""
    endings = KINDS[kind].endings
    return name if name.lower().endswith(endings) else name + endings[0]


def _reads_as_text(head: bytes) -> bool:
    """Whether these bytes may begin a text, of which the last character may be cut; UTF-16 by its mark alone."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return not STEERING.search(text)
