"""What can be wrong with a file, each in a sentence that says what to do about it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 25 * 1024 * 1024
MOST_PIXELS = 50_000_000


class Fault(TextChoices):
    """Why a file was not taken."""

    EMPTY = "empty", _("it is empty.")
    TOO_BIG = "too_big", _("it is larger than 25 MB. A shorter recording, or a smaller copy, may do.")
    KIND = "kind", _("files of this kind are not taken. A picture, PDF, text or recording is.")
    HEIC = "heic", _("photos in HEIC can't be cleaned here. Please save it as JPEG, or send a screenshot of it.")
    PICTURE = "picture", _("the picture is broken or cut off. Please look whether it opens, and try another copy.")
    MOVING = "moving", _("moving pictures can't be cleaned here. Please send a still, or a film of it.")
    TOO_MANY_PIXELS = "too_many_pixels", _("the picture has more than 50 million pixels. Please send a smaller copy.")
    TEXT = "text", _("it is not plain text in UTF-8. Please save it as “UTF-8”, or as a PDF.")
    CUT = "cut", _("the PDF is cut off at its end. Please try another copy.")
    TOO_MANY = "too_many", _("up to five files can be sent at once. Please send it after the others.")
    NO_ROOM = "no_room", _("it could not be stored just now. Please try again later, and tell the secretary.")
    BUSY = "busy", _("too many pictures are being cleaned just now. Please try again in a minute.")
    BROKEN_OFF = "broken_off", _("it broke off on the way. Please send it again.")
    NOT_KEPT = "not_kept", _("it was not kept.")


class Away(OSError):
    """Where sealed files stand does not answer; nothing was changed there, as far as we know."""


class Unfit(Exception):
    """A file can't be taken; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
