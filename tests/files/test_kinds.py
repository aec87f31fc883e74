from __future__ import annotations

import pytest

from caracol.files.kinds import HEIC, KINDS, fitting_name, kind_of
from tests.files.made import HEADS, photo


@pytest.mark.parametrize("kind", HEADS)
def test_a_kind_is_told_by_what_is_in_the_file(kind: str) -> None:
    assert kind_of(HEADS[kind]) == kind


@pytest.mark.parametrize(("form", "kind"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_photos_are_told_apart(form: str, kind: str) -> None:
    assert kind_of(photo(form)) == kind


def test_every_kind_that_is_taken_was_told_here() -> None:
    assert {*HEADS, "jpg", "png", "webp"} == {*KINDS, HEIC}


def test_a_voice_memo_is_a_recording() -> None:
    assert kind_of(b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00M4A mp42isom" + bytes(40)) == "mp4"


@pytest.mark.parametrize("text", ["BM is how my name begins.", "MZ. That is how he signs.", "PK and me.", "II*"])
def test_a_text_is_a_text_though_something_else_begins_like_it(text: str) -> None:
    assert kind_of(text.encode()) == "txt"


def test_a_text_cut_within_a_letter_is_a_text() -> None:
    assert kind_of("ü".encode()[:1]) == "txt"


@pytest.mark.parametrize(
    "head",
    [
        b"MZ\x90\x00\x03\x00\x00\x00" + bytes(60),  # a program for Windows
        b"\x7fELF\x02\x01\x01" + bytes(60),  # and for Linux
        b"PK\x03\x04\x14\x00" + bytes(60),  # a ZIP, and so an office file
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60),  # an old office file
        b"GIF89a" + bytes(60),
        b"\xff\xfa nothing that is known \xff",
        bytes(60),
    ],
)
def test_what_runs_unpacks_or_is_unknown_is_no_kind(head: bytes) -> None:
    assert kind_of(head) == ""


@pytest.mark.parametrize(
    ("name", "kind", "fits"),
    [
        ("IMG_1.JPG", "jpg", "IMG_1.JPG"),
        ("photo.jpeg", "jpg", "photo.jpeg"),
        ("photo.png", "jpg", "photo.png.jpg"),
        ("run.bat", "txt", "run.bat.txt"),
        ("page.html", "txt", "page.html.txt"),
        ("memo.m4a", "mp4", "memo.m4a"),
        ("", "pdf", ".pdf"),
    ],
)
def test_a_name_ends_as_its_kind_does(name: str, kind: str, fits: str) -> None:
    assert fitting_name(name, kind) == fits
