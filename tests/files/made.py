"""Files as people would hand them in, made small."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, Base
from PIL.PngImagePlugin import PngInfo

from caracol.files.shelf import shelf
from caracol.files.uploads import Taking, Upload, bound_to
from caracol.vault.stream import opened

SECRET = "Zq7placeXw9"
TEXT = b"Could we talk about Monday? " * 40
PDF = b"%PDF-1.7\n" + b"1 0 obj << >> endobj\n" * 30 + b"trailer << >>\n%%EOF\n"
HEADS = {
    "pdf": PDF,
    "txt": "Grüße vom Montag".encode(),
    "mp3": b"ID3\x04" + bytes(60),
    "ogg": b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(30),
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40),
    "mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(40),
    "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + bytes(40),
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(40),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40),
}


def picture(mode: str = "RGB", size: tuple[int, int] = (40, 20)) -> Image.Image:
    """Return a picture whose left half is darker than its right."""
    made = Image.new("L", size, 40)
    made.paste(200, (size[0] // 2, 0, *size))
    return made.convert(mode)


def photo(form: str = "JPEG", *, mode: str = "RGB", size: tuple[int, int] = (40, 20), **more: Any) -> bytes:
    """Return a picture in a file, with whatever else is said to go with it."""
    out = io.BytesIO()
    picture(mode, size).save(out, form, **more)
    return out.getvalue()


def telling_photo(*, orientation: int = 1) -> bytes:
    """Return a JPEG that says where it was taken and with what, in every place there is for it."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.ImageDescription], exif[Base.Orientation] = SECRET, SECRET, orientation
    exif.get_ifd(0x8825)[GPS.GPSAreaInformation] = SECRET.encode()
    said: dict[str, Any] = {
        "exif": exif.tobytes(),
        "comment": SECRET,
        "xmp": SECRET.encode(),
        "icc_profile": SECRET.encode(),
    }
    return photo(**said) + SECRET.encode()


def telling_screenshot(form: str) -> bytes:
    """Return a PNG or WebP that says more than its picture, in every place there is for it."""
    exif = Image.Exif()
    exif[Base.Make] = SECRET
    said: dict[str, Any] = {"exif": exif.tobytes(), "icc_profile": SECRET.encode(), "xmp": SECRET.encode()}
    if form == "PNG":
        notes = PngInfo()
        notes.add_text("Comment", SECRET)
        notes.add_itxt("XML:com.adobe.xmp", SECRET)
        said = {"exif": exif.tobytes(), "pnginfo": notes}
    return photo(form, **said) + SECRET.encode()


def pieces(content: bytes, size: int = 64 * 1024) -> Iterator[bytes]:
    """Yield a file as it arrives."""
    return (content[at : at + size] for at in range(0, len(content), size))


def taken(content: bytes, name: str = "notes.txt") -> Upload:
    """Return a file as it came to rest on the shelf, or its fault."""
    taking = Taking(name)
    for piece in pieces(content):
        taking.add(piece)
    return taking.end()


def read_back(upload: Upload) -> bytes:
    """Return what lies on the shelf, opened."""
    with shelf().open(upload.token) as sealed:
        return b"".join(opened(upload.key, sealed, bound=bound_to(upload.token)))
