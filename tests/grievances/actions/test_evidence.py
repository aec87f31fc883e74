from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection, transaction

from caracol.files.shelf import shelf
from caracol.ledger.chain import entries
from grievances import access
from grievances.actions import drafts, evidence, rooms
from grievances.actions import shelf as deletions
from grievances.actions.evidence import attach, stored, take_back
from grievances.actions.seats import invite_support
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, Unverified
from grievances.models import Entry, EntryKind, Notice, Room, SealedFile
from grievances.sealing import read_one
from grievances.workflow import Step
from tests.files.made import TEXT, taken
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.evidence import handed_in, room_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"], transaction=True)


def there(token: str) -> bool:
    return shelf().exists(token)


def content(going: Walk, token: str, login: str) -> bytes:
    entry = evidence.entry_of(room_of(going), token)
    assert entry is not None
    return b"".join(stored(entry, by=going.cast[login]).pieces())


def test_who_holds_a_key_to_the_room_opens_its_files(cast: Cast) -> None:
    going = walk(cast, "served")
    token = handed_in(going)
    for login in ("member", "mediator", "mediator2"):
        assert content(going, token, login) == TEXT


@pytest.mark.parametrize("login", ["respondent", "intake", "mediator3"])
def test_without_a_key_to_the_room_no_file_opens(cast: Cast, login: str) -> None:
    going = walk(cast, "told")
    with pytest.raises(Unverified):
        content(going, handed_in(going), login)


def test_its_name_and_all_that_is_said_of_it_is_sealed_in_an_entry(cast: Cast) -> None:
    going = walk(cast, "filed")
    upload = taken(TEXT, "Robin.txt")
    attach(room_of(going), [upload], note="Monday", by=cast["member"])
    entry = Entry.objects.select_related("room__case", "author").get(kind=EntryKind.FILE)
    words = read_one(entry, by=cast["member"])
    assert {**words, "key": ""} == {
        "name": "Robin.txt",
        "kind": "txt",
        "size": str(len(TEXT)),
        "digest": upload.digest,
        "key": "",
        "note": "Monday",
    }


def test_the_others_who_can_open_the_room_are_told_once(cast: Cast) -> None:
    going = walk(cast, "served")
    Notice.objects.all().delete()
    for _time in range(2):
        handed_in(going)
    told = Notice.objects.filter(event=Event.ENTRY_WRITTEN).order_by("user_id")
    assert [notice.user_id for notice in told] == sorted(cast.user(login).pk for login in ("mediator", "mediator2"))


# Who may


@pytest.mark.parametrize("login", ["member", "mediator", "mediator2"])
def test_who_may_write_in_somebodys_room_may_hand_in_files(cast: Cast, login: str) -> None:
    going = walk(cast, "served")
    attach(room_of(going), [taken(TEXT)], by=cast[login])
    assert SealedFile.objects.count() == 1


def test_who_only_reads_there_may_not(cast: Cast) -> None:
    going = walk(cast, "served")
    invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    upload = taken(TEXT)
    with pytest.raises(NotYours):
        attach(room_of(going), [upload], by=cast["friend"])
    assert (upload.kept, SealedFile.objects.count()) == (False, 0)


@pytest.mark.parametrize("kind", ["names", "table", "mediators"])
def test_files_lie_in_no_other_kind_of_room(cast: Cast, kind: str) -> None:
    going = walk(cast, "told")
    with pytest.raises(NotYours):
        attach(going.case.rooms.get(kind=kind), [taken(TEXT)], by=cast["mediator"])


def test_a_room_holds_only_so_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_IN_A_ROOM", 2)
    going = walk(cast, "filed")
    attach(room_of(going), [taken(TEXT), taken(TEXT)], by=cast["member"])
    with pytest.raises(NotOpen, match="up to"):
        attach(room_of(going), [taken(TEXT)], by=cast["member"])


# From the draft to the filed concern


def test_files_of_a_draft_go_with_it_and_the_draft_opens_none_of_them_any_more(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    draft, token = room_of(going), handed_in(going)
    going.take(Step.FILE, "member")
    going.taken_in()
    assert content(going, token, "intake") == TEXT
    draft.refresh_from_db()
    assert (draft.destroyed_at is None, list(draft.files.all())) == (False, [])
    assert access.rooms_of(cast.user("intake"), Room.objects.filter(pk=draft.pk)).exists() is False


def test_a_file_taken_back_from_a_draft_does_not_go_with_it(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    token = handed_in(going)
    take_back(room_of(going), token, by=cast["member"])
    going.take(Step.FILE, "member")
    assert Entry.objects.filter(room=room_of(going), kind=EntryKind.FILE).count() == 0
    assert there(token) is False


def test_a_destroyed_draft_takes_its_files_along(cast: Cast) -> None:
    going = walk(cast, "begun")
    token = handed_in(going)
    drafts.discard(going.case, by=cast["member"])
    assert (there(token), SealedFile.objects.count()) == (False, 0)


# Going


def test_a_destroyed_room_takes_its_files_along_and_no_others(cast: Cast) -> None:
    going, other = walk(cast, "filed"), walk(cast, "filed")
    gone, stays = handed_in(going), handed_in(other)
    rooms.destroy(room_of(going))
    assert [there(gone), there(stays)] == [False, True]
    assert [each.token for each in SealedFile.objects.all()] == [stays]


def test_a_room_whose_destruction_is_rolled_back_keeps_its_files(cast: Cast) -> None:
    going = walk(cast, "filed")
    token = handed_in(going)
    with transaction.atomic():
        rooms.destroy(room_of(going))
        transaction.set_rollback(True)
    assert (deletions.clear_due(), there(token)) == (0, True)


def test_a_deletion_that_fails_stays_ordered_until_it_is_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    going = walk(cast, "filed")
    token = handed_in(going)
    with monkeypatch.context() as broken:
        broken.setattr(
            "caracol.files.shelf.PrivateFolder.delete", lambda _self, _name: (_ for _ in ()).throw(OSError())
        )
        rooms.destroy(room_of(going))
        assert there(token)
    assert (deletions.clear_due(), there(token), deletions.clear_due()) == (1, False, 0)


def test_only_who_handed_a_file_in_takes_it_back_and_the_record_says_so(cast: Cast) -> None:
    going = walk(cast, "served")
    token = handed_in(going)
    with pytest.raises(NotYours):
        take_back(room_of(going), token, by=cast["mediator"])
    take_back(room_of(going), token, by=cast["member"])
    assert there(token) is False
    assert [told.details["entry"] for told in entries(going.case.chain, Event.FILE_TAKEN_BACK)] == [token]


def test_an_upload_that_nobody_kept_is_swept_after_a_day_and_a_kept_one_is_not(cast: Cast) -> None:
    going = walk(cast, "filed")
    kept, lost = handed_in(going), taken(TEXT).token
    for token in (kept, lost):
        os.utime(shelf().path(token), (0, 0))
    assert (deletions.sweep(), there(kept), there(lost)) == (1, True, False)


def test_beside_an_empty_database_nothing_is_swept() -> None:
    token = taken(TEXT).token
    os.utime(shelf().path(token), (0, 0))
    assert (deletions.sweep(), there(token)) == (0, True)


# Against whoever writes to the disk or the database


def spoilt(going: Walk, token: str) -> None:
    with pytest.raises(Unverified):
        content(going, token, "member")


def test_a_file_that_was_changed_cut_swapped_or_is_gone_is_not_given_out(cast: Cast) -> None:
    going = walk(cast, "filed")
    tokens = [handed_in(going, content=TEXT * 100) for _each in range(5)]
    changed, cut, one, other, gone = (Path(shelf().path(token)) for token in tokens)
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")
    cut.write_bytes(cut.read_bytes()[:-70_000])
    one_was, other_was = one.read_bytes(), other.read_bytes()
    one.write_bytes(other_was)
    other.write_bytes(one_was)
    gone.unlink()
    for token in tokens:
        spoilt(going, token)


def test_a_row_moved_to_another_room_opens_nothing_there(cast: Cast) -> None:
    going = walk(cast, "told")
    token = handed_in(going)
    mine = room_of(going, "respondent")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE grievances_sealedfile SET room_id = %s WHERE token = %s", [mine.pk, token])
        cursor.execute("UPDATE grievances_entry SET room_id = %s WHERE token = %s", [mine.pk, token])
    entry = evidence.entry_of(mine, token)
    assert entry is not None
    with pytest.raises(Unverified):
        stored(entry, by=cast["respondent"])
