"""Photos: read and written anew, so that the picture stays and everything that says where, when and by whom goes."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from caracol.files.faults import MOST_PIXELS, Fault, Unfit
from caracol.vault.turns import Busy, Turns

FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
# What each format can hold; any other mode becomes the last one named.
_MODES = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "RGB", "RGBA"), "WEBP": ("RGB", "RGBA")}
_QUALITY = 92
# A picture of 50 million pixels takes up to 400 MB while it is turned, so they take turns.
_one_by_one = Turns(at_once=1, patience=20.0)


def cleaned(photo: bytes, kind: str) -> bytes:
    """
    Return the picture alone, upright, in the same format: no place, date, device, comment, thumbnail or colour profile.

    Raises Unfit for one that is broken, moving or too large, or when too many are waiting.
    """
    try:
        with _one_by_one.one():
            return _written_anew(photo, FORMATS[kind])
    except Busy:
        raise Unfit(Fault.BUSY) from None


def _written_anew(photo: bytes, form: str) -> bytes:
    try:
        # One picture at a time, so that no other thread changes meanwhile what is warned of.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            out = io.BytesIO()
            _picture_alone(photo, form).save(out, form, quality=_QUALITY)
    except Unfit:
        raise
    except Exception:  # noqa: BLE001 -- a decoder fed with anything at all can fail in any way
        # Not chained: what a decoder says may quote the file.
        raise Unfit(Fault.PICTURE) from None
    return out.getvalue()


def _picture_alone(photo: bytes, form: str) -> Image.Image:
    try:
        opened = Image.open(io.BytesIO(photo), formats=[form])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(Fault.TOO_MANY_PIXELS) from None
    # Nothing but its header was read so far.
    if opened.width * opened.height > MOST_PIXELS:
        raise Unfit(Fault.TOO_MANY_PIXELS)
    # A JPEG may carry a second, smaller picture of the same: that one goes.
    if form != "JPEG" and getattr(opened, "is_animated", False):
        raise Unfit(Fault.MOVING)
    upright = ImageOps.exif_transpose(opened)
    picture = upright if upright.mode in _MODES[form] and "transparency" not in upright.info else _plain(upright, form)
    picture.info.clear()
    return picture


def _plain(picture: Image.Image, form: str) -> Image.Image:
    clear = form != "JPEG" and ("transparency" in picture.info or "A" in picture.getbands())
    return picture.convert("RGBA" if clear else "RGB")
