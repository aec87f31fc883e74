from __future__ import annotations

import hashlib
import stat
import tracemalloc
from pathlib import Path

import pytest
from django.core.files import File
from pytest_django.fixtures import Settings

from caracol.files.faults import MOST_BYTES, Fault
from caracol.files.shelf import PrivateFolder, shelf
from caracol.files.uploads import LONGEST_NAME, Taking, Upload
from caracol.vault.box import SealBroken
from tests.files.made import HEADS, PDF, SECRET, TEXT, photo, pieces, read_back, taken, telling_photo


def on_the_shelf() -> list[str]:
    folder = Path(shelf().path(""))
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("kind", sorted(HEADS.keys() - {"heic"}))
def test_what_cannot_be_cleaned_is_kept_byte_for_byte(kind: str) -> None:
    upload = taken(HEADS[kind], f"evidence.{kind}")
    assert (upload.fault, upload.kind, upload.size) == (None, kind, len(HEADS[kind]))
    assert read_back(upload) == HEADS[kind]
    assert upload.digest == hashlib.sha256(HEADS[kind]).hexdigest()


def test_a_photo_is_kept_clean_and_its_size_and_digest_are_those_of_what_is_kept() -> None:
    upload = taken(telling_photo(), "IMG_1.jpg")
    kept = read_back(upload)
    assert SECRET.encode() not in kept
    assert (upload.size, upload.digest) == (len(kept), hashlib.sha256(kept).hexdigest())


def test_a_long_file_arrives_whole() -> None:
    content = HEADS["webm"] + bytes(range(256)) * 2000
    for size in (1000, 64 * 1024):
        taking = Taking("film.webm")
        for piece in pieces(content, size):
            taking.add(piece)
        assert read_back(taking.end()) == content


def test_a_file_on_the_shelf_says_nothing_and_nobody_else_reads_it() -> None:
    upload = taken(TEXT, f"{SECRET}.txt")
    path = Path(shelf().path(upload.token))
    assert on_the_shelf() == [upload.token]
    assert TEXT[:20] not in path.read_bytes()
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


def test_a_file_on_the_shelf_is_never_written_over() -> None:
    upload = taken(TEXT)
    with pytest.raises(FileExistsError):
        shelf().open(upload.token, "wb")


def test_a_file_in_anothers_place_does_not_open() -> None:
    one, other = taken(TEXT), taken(TEXT)
    Path(shelf().path(one.token)).replace(shelf().path(other.token))
    one.token = other.token
    for swapped in (one, other):
        with pytest.raises(SealBroken):
            read_back(swapped)


def test_nothing_shows_a_files_name_key_or_digest() -> None:
    upload = taken(TEXT, f"{SECRET}.txt")
    assert SECRET not in repr(upload)
    assert repr(upload.key) not in repr(upload)
    assert upload.digest not in repr(upload)


FAULTY = [
    (b"", Fault.EMPTY),
    (HEADS["heic"], Fault.HEIC),
    (b"MZ\x90\x00" + bytes(99), Fault.KIND),
    (photo()[:-20], Fault.PICTURE),
    (PDF[:-8], Fault.CUT),
    ("Monday".encode("utf-16"), Fault.TEXT),
    (TEXT * 100 + b"\xff", Fault.TEXT),
    (TEXT * 100 + b"\x1b[2J", Fault.TEXT),
    (TEXT * 100 + "ü".encode()[:1], Fault.TEXT),
]


@pytest.mark.parametrize(("content", "fault"), FAULTY, ids=range(len(FAULTY)))
def test_what_is_wrong_is_named_and_nothing_of_it_stays(content: bytes, fault: Fault) -> None:
    assert taken(content).fault is fault
    assert on_the_shelf() == []


@pytest.mark.parametrize(("size", "fault"), [(MOST_BYTES, None), (MOST_BYTES + 1, Fault.TOO_BIG)])
@pytest.mark.parametrize("kind", ["mp3", "jpg"])
def test_the_largest_file_fits_and_one_byte_more_does_not(kind: str, size: int, fault: Fault | None) -> None:
    head = photo() if kind == "jpg" else HEADS[kind]
    upload = taken(head + bytes(size - len(head)))
    assert upload.fault is fault
    assert on_the_shelf() == ([] if fault else [upload.token])


def test_a_long_recording_is_never_held_whole() -> None:
    piece = bytes(64 * 1024)
    taking = Taking("film.webm")
    taking.add(HEADS["webm"])
    tracemalloc.start()
    for _piece in range(300):
        taking.add(piece)
    upload = taking.end()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert upload.size > 19_000_000
    assert peak < 1_000_000


class FullDisk(PrivateFolder):
    """A folder on a disk that has just become full."""

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        opened = super()._open(name, mode)
        if mode == "wb":
            opened.close()
            return File(Path("/dev/full").open("wb", buffering=0))
        return opened


def test_a_full_disk_is_named_and_nothing_of_the_file_stays(settings: Settings, tmp_path: Path) -> None:
    files = {"BACKEND": f"{__name__}.FullDisk", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "files": files}
    for size in (10, 500_000):
        assert taken(HEADS["webm"] + bytes(size)).fault is Fault.NO_ROOM
    assert on_the_shelf() == []


def test_a_file_that_broke_off_is_taken_from_the_shelf_and_one_that_is_kept_is_not() -> None:
    broken, kept = Taking("a.webm"), Taking("b.webm")
    for taking in (broken, kept):
        taking.add(HEADS["webm"] + bytes(200_000))
    kept.end().kept = True
    for taking in (broken, kept):
        taking.drop(Fault.BROKEN_OFF)
    assert (broken.upload.fault, kept.upload.fault) == (Fault.BROKEN_OFF, None)
    assert on_the_shelf() == [kept.upload.token]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a" * 300 + ".webm", "a" * (LONGEST_NAME - 5) + ".webm"),
        ("cafe\u0301.webm", "café.webm"),
        ("film", "film.webm"),
    ],
)
def test_a_name_is_kept_short_in_one_form_and_with_its_ending(name: str, kept: str) -> None:
    assert taken(HEADS["webm"], name).name == kept


def test_every_upload_has_a_key_and_a_place_of_its_own() -> None:
    one, other = Upload("a"), Upload("a")
    assert one.key != other.key
    assert one.token != other.token
