"""A made-up photo, drawn anew each time: a board with four lines on it, at dawn."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

_WIDE, _HIGH = 320, 200


def photo() -> bytes:
    """Return a small JPEG."""
    picture = Image.new("RGB", (_WIDE, _HIGH), "#2a3550")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 30, 280, 150), fill="#10151f", outline="#c8a24a", width=3)
    for line, width in enumerate((180, 140, 200, 90)):
        top = 48 + line * 24
        draw.rectangle((60, top, 60 + width, top + 10), fill="#e8c868")
    draw.rectangle((150, 150, 170, _HIGH), fill="#10151f")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()
