"""Sealed files in a bucket, by a real server of buckets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from caracol.files import shelf
from caracol.files.faults import MOST_BYTES, Fault
from caracol.files.uploads import Taking
from caracol.vault.box import SealBroken
from grievances import tasks
from grievances.models import SealedFile
from tests.bucket import Bucket, bucket_server
from tests.files.made import HEADS, SECRET, TEXT, photo, pieces, read_back, taken
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.evidence import files_of, hand_in
from tests.services import free_port

pytestmark = pytest.mark.services
with_rows = pytest.mark.django_db(transaction=True, databases=["default", "keys"])

# More than a part of an upload, which is 5 MB.
LONG = HEADS["mp4"] + bytes(range(256)) * 24 * 1024
SOON = dt.timedelta(minutes=1)


def begin(content: bytes) -> Taking:
    taking = Taking("film.mp4")
    for piece in pieces(content):
        taking.add(piece)
    return taking


def handed_in(going: Walk, *files: tuple[str, bytes]) -> list[str]:
    """Hand in files by the page; return their tokens."""
    answer = hand_in(going.cast.browser("member"), files_of(going), *files)
    assert answer.status_code == 302, answer.content.decode()
    return list(SealedFile.objects.order_by("pk").values_list("token", flat=True))


@pytest.mark.parametrize("content", [TEXT, LONG, photo()])
def test_a_file_comes_back_as_it_went(bucket: Bucket, content: bytes) -> None:
    upload = taken(content)
    assert upload.fault is None
    assert len(read_back(upload)) == upload.size
    assert bucket.names() == {upload.token}


@with_rows
def test_its_owner_learns_a_size_and_a_time_and_nothing_else(bucket: Bucket, cast: Cast) -> None:
    going = walk(cast, "filed")
    content = f"Meet me at {SECRET}. ".encode() * 5000
    [token] = handed_in(going, (f"{SECRET}.txt", content))
    sealed = bucket.content(token)
    assert bucket.names() == {token}
    assert bucket.said_of(token) == {"type": "application/octet-stream", "words": {}, "encoding": ""}
    assert SECRET.encode() not in sealed
    assert len(sealed) > len(content)
    answer = cast.browser("member").get(files_of(going, rest=f"{token}/"))
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]  # streamed


@with_rows
@pytest.mark.parametrize("versions", [False, True])
def test_what_is_taken_back_leaves_nothing_there(bucket: Bucket, cast: Cast, versions: bool) -> None:  # noqa: FBT001 -- a table
    if versions:
        bucket.keep_versions()
    going = walk(cast, "filed")
    kept, taken_back = handed_in(going, ("kept.txt", TEXT), ("notes.txt", TEXT))
    cast.browser("member").post(files_of(going, rest=f"{taken_back}/back/"))
    assert bucket.names() == {kept}
    assert [each["Key"] for each in bucket.versions()] == [kept]


@with_rows
def test_what_expires_with_its_room_goes_from_there_too(bucket: Bucket, cast: Cast) -> None:
    going = walk(cast, "filed")
    handed_in(going, ("notes.txt", TEXT))
    going.case.rooms.get(kind="party").files.update(room=None)
    assert len(bucket.names()) == 1
    tasks.clear_files()
    assert bucket.names() == set()


@pytest.mark.parametrize(
    ("content", "fault"), [(HEADS["mp4"] + bytes(MOST_BYTES), Fault.TOO_BIG), (TEXT * 9999 + b"\xff", Fault.TEXT)]
)
def test_what_is_not_taken_is_not_there(bucket: Bucket, content: bytes, fault: Fault) -> None:
    assert taken(content).fault == fault
    assert (bucket.names(), bucket.unfinished()) == (set(), [])


def test_what_broke_off_with_its_process_is_swept(bucket: Bucket) -> None:
    kept, orphan = taken(TEXT).token, taken(TEXT).token
    broken_off = begin(LONG)
    assert (len(bucket.unfinished()), bucket.names()) == (1, {kept, orphan})
    assert shelf.sweep(known=lambda names: {kept} & set(names), before=timezone.now() - SOON) == 0
    assert bucket.names() == {kept, orphan}
    assert shelf.sweep(known=lambda names: {kept} & set(names), before=timezone.now() + SOON) == 1
    assert (bucket.unfinished(), bucket.names()) == ([], {kept})
    broken_off.drop(Fault.BROKEN_OFF)


def test_what_somebody_changed_there_does_not_open(bucket: Bucket) -> None:
    one, other = taken(TEXT), taken(TEXT)
    bucket.put(one.token, bucket.content(other.token))
    with pytest.raises(SealBroken):
        read_back(one)


@with_rows
def test_while_the_bucket_is_away_everybody_is_told_and_its_orders_wait(
    cast: Cast, stand_in: Callable[[Bucket], None]
) -> None:
    going, port = walk(cast, "filed"), free_port()
    address, browser = files_of(going), cast.browser("member")
    browser.raise_request_exception = False
    with bucket_server(port) as server:
        stand_in(Bucket(server))
        [token] = handed_in(going, ("notes.txt", TEXT))
    told = hand_in(browser, address, ("more.txt", TEXT)).content.decode()
    assert str(Fault.NO_ROOM.label) in told
    assert browser.get(f"{address}{token}/").status_code == 503
    assert browser.post(f"{address}{token}/back/").status_code == 302
    assert browser.get(f"{address}{token}/").status_code == 404
    with pytest.raises(OSError, match="did not answer"):
        tasks.clear_files()
    with bucket_server(port) as server:
        again = Bucket(server)
        again.put(token, b"what it was")
        stand_in(again)
        tasks.clear_files()
        assert (again.names(), SealedFile.objects.count()) == (set(), 0)
