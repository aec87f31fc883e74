from __future__ import annotations

import io
import zlib
from threading import Event, Thread

import pytest
from PIL import Image

from caracol.files import photos
from caracol.files.faults import Fault, Unfit
from caracol.files.photos import cleaned
from caracol.vault.turns import Turns
from tests.files.made import SECRET, photo, telling_photo, telling_screenshot

KINDS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


def fault_of(content: bytes, kind: str) -> Fault:
    with pytest.raises(Unfit) as unfit:
        cleaned(content, kind)
    return unfit.value.fault


def shades(content: bytes) -> tuple[tuple[int, int], int, int]:
    """Return a picture's size, and how light it is near its first and near its last corner."""
    picture = Image.open(io.BytesIO(content)).convert("L")
    first, last = (picture.getpixel(place) for place in ((3, 3), (picture.width - 4, picture.height - 4)))
    return picture.size, round(int(str(first)), -1), round(int(str(last)), -1)


TELLING = {"jpg": telling_photo(), "png": telling_screenshot("PNG"), "webp": telling_screenshot("WEBP")}


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_stays_and_all_that_it_told_goes(kind: str) -> None:
    told, left = TELLING[kind], cleaned(TELLING[kind], kind)
    assert told.count(SECRET.encode()) >= 3
    assert SECRET.encode() not in left
    with Image.open(io.BytesIO(left)) as opened:
        assert (opened.format, dict(opened.getexif())) == (KINDS[kind], {})
        assert {*opened.info} <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background"}
    assert shades(left) == ((40, 20), 40, 200)


def test_a_photo_held_on_its_side_stands_upright() -> None:
    assert shades(cleaned(telling_photo(orientation=6), "jpg")) == ((20, 40), 40, 200)
    assert shades(cleaned(telling_photo(orientation=3), "jpg")) == ((40, 20), 200, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_screenshot_of_any_kind_of_colour_stays_readable(mode: str) -> None:
    source = "L" if mode == "I;16" else mode
    made = Image.open(io.BytesIO(photo("PNG", mode=source)))
    out = io.BytesIO()
    made.convert(mode).save(out, "PNG")
    assert Image.open(io.BytesIO(cleaned(out.getvalue(), "png"))).size == (40, 20)


def test_what_could_be_seen_through_still_can_be() -> None:
    made = Image.new("P", (4, 4))
    out = io.BytesIO()
    made.save(out, "PNG", transparency=0)
    left = Image.open(io.BytesIO(cleaned(out.getvalue(), "png")))
    assert (left.mode, left.getpixel((0, 0))) == ("RGBA", (0, 0, 0, 0))


def test_a_photo_of_four_inks_becomes_one_of_three_lights() -> None:
    assert Image.open(io.BytesIO(cleaned(photo(mode="CMYK"), "jpg"))).mode == "RGB"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("left", [30, 200, -40])
def test_a_picture_cut_off_is_named_as_such(kind: str, left: int) -> None:
    assert fault_of(photo(KINDS[kind], size=(400, 300))[:left], kind) is Fault.PICTURE


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_says_it_is_of_another_format_is_broken(kind: str) -> None:
    assert fault_of(b"no picture at all", kind) is Fault.PICTURE


def png_that_says_it_is(width: int, height: int) -> bytes:
    """Return a few bytes that unpack to a picture of this size."""
    out = bytearray(photo("PNG"))
    out[16:24] = width.to_bytes(4) + height.to_bytes(4)
    out[29:33] = zlib.crc32(out[12:29]).to_bytes(4)
    return bytes(out)


@pytest.mark.parametrize("size", [(10_000, 5_001), (12_000, 10_000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = png_that_says_it_is(*size)
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("it was unpacked"))
    assert fault_of(bomb, "png") is Fault.TOO_MANY_PIXELS


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("WEBP", "webp")])
def test_a_moving_picture_is_refused(form: str, kind: str) -> None:
    more = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue")]
    assert fault_of(photo(form, save_all=True, append_images=more), kind) is Fault.MOVING


def test_what_a_decoder_says_is_not_carried_on() -> None:
    with pytest.raises(Unfit) as unfit:
        cleaned(b"\xff\xd8\xff" + SECRET.encode() * 9, "jpg")
    assert (unfit.value.__cause__, str(unfit.value)) == (None, "picture")


def test_pictures_take_turns_and_the_last_in_a_long_line_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, holds, go_on = Turns(at_once=1, patience=0.05), Event(), Event()
    monkeypatch.setattr(photos, "_one_by_one", turns)

    def hold() -> None:
        with turns.one():
            holds.set()
            go_on.wait(10)

    other = Thread(target=hold)
    other.start()
    holds.wait(10)
    assert fault_of(photo(), "jpg") is Fault.BUSY
    go_on.set()
    other.join()
    assert cleaned(photo(), "jpg")
