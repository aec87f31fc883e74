from __future__ import annotations

import base64
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from caracol.files import uploads
from caracol.files.faults import Fault
from caracol.files.shelf import shelf
from caracol.ledger.chain import entries
from caracol.limits import doors
from caracol.limits.buckets import Rate
from grievances.actions import evidence
from grievances.actions.evidence import attach
from grievances.actions.seats import invite_support
from grievances.events import Event
from grievances.models import Entry, EntryKind, Opening, SealedFile
from grievances.rooms import RoomKind
from grievances.sealing import read_one
from grievances.workflow import Step
from tests.files.made import HEADS, PDF, SECRET, TEXT, photo, taken, telling_photo
from tests.grievances.cast import PASSWORD, Cast, Walk, walk
from tests.grievances.evidence import files_of, hand_in, handed_in, room_of
from tests.grievances.views.cost import cost
from tests.grievances.views.pages import at, same_as_unknown, statuses, text_of
from tests.visitor import forms_on

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

NOTE = "This was on Monday."
FILM = HEADS["webm"] + bytes(300_000)


def on_the_shelf() -> set[str]:
    folder = Path(shelf().path(""))
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def sent(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def file_at(going: Walk, token: str, login: str = "member") -> str:
    return files_of(going, login, f"{token}/")


# Handing in


def test_files_are_handed_in_and_stand_in_the_room(cast: Cast) -> None:
    going = walk(cast, "filed")
    browser, address = cast.browser("member"), files_of(going)
    answer = hand_in(browser, address, ("notes.txt", TEXT), ("letter.pdf", PDF), note=NOTE)
    assert (answer.status_code, answer["Location"]) == (302, address)
    for page in (address, at(going, f"rooms/{room_of(going).token}/")):
        said = text_of(browser.get(page))
        assert all(each in said for each in ("notes.txt", "plain text, 1.1 KB", "letter.pdf", NOTE))
    assert on_the_shelf() == {each.token for each in SealedFile.objects.all()}
    assert len(on_the_shelf()) == 2


def test_the_key_of_a_file_stands_on_no_page(cast: Cast) -> None:
    going = walk(cast, "filed")
    upload = taken(TEXT)
    attach(room_of(going), [upload], by=cast["member"])
    entry = Entry.objects.select_related("room__case", "author").get(token=upload.token)
    browser = cast.browser("member")
    keys = (base64.b64encode(upload.key).decode(), read_one(entry, by=cast["member"])["key"])
    for page in (files_of(going), at(going, f"rooms/{room_of(going).token}/")):
        shown = browser.get(page).content.decode()
        assert [key for key in keys if key in shown] == []


def test_a_photo_comes_back_clean(cast: Cast) -> None:
    going = walk(cast, "filed")
    browser = cast.browser("member")
    hand_in(browser, files_of(going), ("IMG_1.jpg", telling_photo()))
    answer = browser.get(file_at(going, SealedFile.objects.get().token))
    assert SECRET.encode() not in sent(answer)
    assert answer["Content-Type"] == "image/jpeg"


FAULTY = [
    (b"", Fault.EMPTY),
    (b"MZ\x90\x00" + bytes(99), Fault.KIND),
    (photo()[:-20], Fault.PICTURE),
    (HEADS["heic"], Fault.HEIC),
    (FILM + bytes(26 * 1024 * 1024), Fault.TOO_BIG),
]


@pytest.mark.parametrize(("content", "fault"), FAULTY, ids=[str(fault) for _content, fault in FAULTY])
def test_a_file_that_is_not_taken_is_named_and_the_words_stay(cast: Cast, content: bytes, fault: Fault) -> None:
    going = walk(cast, "filed")
    answer = hand_in(cast.browser("member"), files_of(going), ("good.txt", TEXT), ("bad.xyz", content), note=NOTE)
    form = answer.context["form"]
    assert (answer.status_code, form.errors) == (422, {"chosen": [f"bad.xyz: {fault.label}"]})
    assert form["note"].value() == NOTE
    assert (on_the_shelf(), SealedFile.objects.count()) == (set(), 0)


def test_a_full_disk_is_said_and_the_words_stay(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    full = {"BACKEND": "tests.files.test_uploads.FullDisk", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "files": full}
    going = walk(cast, "filed")
    answer = hand_in(cast.browser("member"), files_of(going), ("film.webm", FILM), note=NOTE)
    assert answer.context["form"].errors == {"chosen": [f"film.webm: {Fault.NO_ROOM.label}"]}
    assert (answer.context["form"]["note"].value(), on_the_shelf()) == (NOTE, set())


def test_no_file_at_all_is_named_beside_the_field(cast: Cast) -> None:
    going = walk(cast, "filed")
    answer = hand_in(cast.browser("member"), files_of(going), note=NOTE)
    assert (answer.status_code, answer.context["form"].errors) == (422, {"chosen": ["Please choose a file."]})


def test_the_sixth_file_is_too_many(cast: Cast) -> None:
    going = walk(cast, "filed")
    answer = hand_in(cast.browser("member"), files_of(going), *[(f"{number}.txt", TEXT) for number in range(6)])
    assert answer.context["form"].errors == {"chosen": [f"5.txt: {Fault.TOO_MANY.label}"]}
    assert on_the_shelf() == set()


def test_a_full_room_is_said_and_the_words_stay(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_IN_A_ROOM", 0)
    going = walk(cast, "filed")
    answer = hand_in(cast.browser("member"), files_of(going), ("notes.txt", TEXT), note=NOTE)
    assert (answer.status_code, answer.context["form"]["note"].value()) == (422, NOTE)
    assert "A room holds up to 40 files." in text_of(answer)
    assert on_the_shelf() == set()


def body(*parts: tuple[str, str, bytes]) -> bytes:
    """Return a form as a browser sends it: of each part its name, its file name or none, and what it holds."""
    out = b""
    for name, file, content in parts:
        called = f'; filename="{file}"' if file else ""
        out += f'--edge\r\nContent-Disposition: form-data; name="{name}"{called}\r\n\r\n'.encode() + content + b"\r\n"
    return out + b"--edge--\r\n"


WHOLE = body(("note", "", NOTE.encode()), ("chosen", "film.webm", FILM), ("whole", "", b"yes"))


def posted(browser: Client, address: str, content: bytes) -> HttpResponse:
    return browser.generic("POST", address, content, content_type="multipart/form-data; boundary=edge")  # type: ignore[return-value]


def test_a_whole_form_is_taken(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert posted(cast.browser("member"), files_of(going), WHOLE).status_code == 302


@pytest.mark.parametrize("cut", [1000, WHOLE.index(b'name="whole"') - 45, len(WHOLE) - 20])
def test_a_form_that_broke_off_keeps_no_file_and_every_word_that_arrived(cast: Cast, cut: int) -> None:
    going = walk(cast, "filed")
    answer: Any = posted(cast.browser("member"), files_of(going), WHOLE[:cut])
    said = {"chosen": ["The files broke off on the way. Please send them again."]}
    assert (answer.status_code, answer.context["form"].errors) == (422, said)
    assert (answer.context["form"]["note"].value(), on_the_shelf()) == (NOTE, set())


def test_a_view_that_fails_leaves_no_file_behind(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    going = walk(cast, "filed")
    browser = cast.browser("member")
    browser.raise_request_exception = False
    monkeypatch.setattr(evidence, "write", lambda *_args, **_kwargs: 1 / 0)
    assert hand_in(browser, files_of(going), ("film.webm", FILM)).status_code == 500
    assert (on_the_shelf(), SealedFile.objects.count()) == (set(), 0)


# Who may


def test_who_comes_is_looked_at_before_anything_is_taken_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads.Taking, "add", lambda _self, _content: pytest.fail("it was taken in"))
    going = walk(cast, "told")
    address = files_of(going)
    answers = {
        login: hand_in(cast.browser(login), address, ("film.webm", FILM)).status_code
        for login in ("respondent", "stranger", "secretary")
    }
    assert answers == {"respondent": 404, "stranger": 404, "secretary": 404}
    assert hand_in(Client(), address, ("film.webm", FILM)).status_code == 302


def test_who_only_reads_in_a_room_is_refused_before_anything_is_taken_in(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = walk(cast, "served")
    invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    monkeypatch.setattr(uploads.Taking, "add", lambda _self, _content: pytest.fail("it was taken in"))
    friend = cast.browser("friend")
    assert hand_in(friend, files_of(going), ("film.webm", FILM)).status_code == 403
    assert friend.get(files_of(going)).context["form"] is None


def test_a_forged_form_keeps_nothing(cast: Cast) -> None:
    going = walk(cast, "filed")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = cast.browser("member").cookies
    address = files_of(going)
    page = browser.get(address)
    token = page.context["csrf_token"]
    assert hand_in(browser, address, ("film.webm", FILM)).status_code == 403
    assert hand_in(browser, address, ("film.webm", FILM), csrfmiddlewaretoken="x" * 64).status_code == 403
    assert on_the_shelf() == set()
    assert hand_in(browser, address, ("film.webm", FILM), csrfmiddlewaretoken=str(token)).status_code == 302


def test_a_form_from_another_site_is_refused_unread(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    going = walk(cast, "filed")
    browser = Client(enforce_csrf_checks=True, headers={"origin": "https://elsewhere.example"})
    browser.cookies = cast.browser("member").cookies
    monkeypatch.setattr(uploads.Taking, "add", lambda _self, _content: pytest.fail("it was taken in"))
    assert hand_in(browser, files_of(going), ("film.webm", FILM)).status_code == 403


def test_too_many_forms_wait_and_lose_no_word(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "FILES", doors.Door("files", account=Rate(1, 100), by_browser=False))
    going = walk(cast, "filed")
    browser = cast.browser("member")
    assert hand_in(browser, files_of(going), ("notes.txt", TEXT)).status_code == 302
    answer = hand_in(browser, files_of(going), ("film.webm", FILM), note=NOTE)
    assert (answer.status_code, NOTE in answer.content.decode()) == (429, True)
    assert len(on_the_shelf()) == 1


def test_a_locked_session_asks_the_password_and_loses_no_word(cast: Cast, settings: Settings) -> None:
    going = walk(cast, "filed")
    browser = cast.browser("member")
    settings.UNLOCKED_FOR_SECONDS = -1
    answer = hand_in(browser, files_of(going), ("film.webm", FILM), note=NOTE)
    assert NOTE in answer.content.decode()
    assert on_the_shelf() == set()


def test_where_no_files_are_asked_for_none_is_taken_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *_args, **_kwargs: pytest.fail("it was spooled"))
    sent_along = {"login": "member", "password": PASSWORD, "file": ("x.bin", FILM * 20)}
    cast["member"]
    content = body(*((name, "", str(said).encode()) for name, said in sent_along.items() if name != "file"))
    content = content.removesuffix(b"--edge--\r\n") + body(("file", "x.bin", FILM * 20))
    assert posted(Client(), "/accounts/login/", content).status_code == 302


# Nothing in the clear


@pytest.fixture
def written_to() -> Iterator[list[str]]:
    """Return the paths that are opened to be written to, from now on."""
    paths: list[str] = []
    watching = [True]

    def watch(event: str, details: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(details[0], str) and details[2] & 0x3
        if watching and writes:
            paths.append(details[0])

    sys.addaudithook(watch)
    yield paths
    watching.clear()


def test_nothing_but_sealed_bytes_is_ever_written_to_the_disk(cast: Cast, written_to: list[str]) -> None:
    going = walk(cast, "filed")
    browser, address = cast.browser("member"), files_of(going)
    written_to.clear()
    hand_in(browser, address, ("film.webm", FILM + SECRET.encode()), ("IMG_1.jpg", telling_photo()), note=SECRET)
    sent(browser.get(file_at(going, SealedFile.objects.all()[0].token)))
    assert sorted(written_to) == sorted(shelf().path(token) for token in on_the_shelf())
    for token in on_the_shelf():
        assert SECRET.encode() not in Path(shelf().path(token)).read_bytes()


# Having one sent


def test_a_file_is_sent_to_be_kept_and_never_shown(cast: Cast) -> None:
    going = walk(cast, "filed")
    token = handed_in(going, name="Grüße\u0442.txt")
    answer = cast.browser("member").get(file_at(going, token))
    assert sent(answer) == TEXT
    told = {name: answer[name] for name in ("Content-Security-Policy", "X-Content-Type-Options", "Cache-Control")}
    assert told == {
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe%D1%82.txt"
    assert (answer["Content-Type"], answer["Content-Length"]) == ("text/plain; charset=utf-8", str(len(TEXT)))


def test_a_part_of_a_file_is_not_sent(cast: Cast) -> None:
    going = walk(cast, "filed")
    answer = cast.browser("member").get(file_at(going, handed_in(going)), headers={"range": "bytes=0-9"})
    assert (answer.status_code, answer["Accept-Ranges"], sent(answer)) == (200, "none", TEXT)


def test_a_file_that_was_changed_is_said_to_be_and_not_sent(cast: Cast) -> None:
    going = walk(cast, "filed")
    token = handed_in(going)
    Path(shelf().path(token)).write_bytes(b"something else")
    answer = cast.browser("member").get(file_at(going, token))
    assert answer.status_code == 500
    assert "is not as it was written" in text_of(answer)


def test_a_file_without_a_key_to_its_room_is_no_file_at_all(cast: Cast) -> None:
    going = walk(cast, "told")
    token = handed_in(going)
    for login in ("respondent", "stranger", "intake"):
        browser = cast.browser(login)
        assert same_as_unknown(browser, file_at(going, token))
        assert same_as_unknown(browser, files_of(going))
    assert same_as_unknown(cast.browser("respondent"), file_at(going, token, "respondent"))


def test_a_room_that_holds_no_files_has_no_page_for_them(cast: Cast) -> None:
    going = walk(cast, "told")
    names = going.case.rooms.get(kind=RoomKind.NAMES).token
    assert statuses(cast.browser("member"), at(going, f"rooms/{names}/files/")) == (404, 404)


@pytest.mark.usefixtures("within_an_hour")
def test_having_a_file_sent_is_an_opening_of_its_room(cast: Cast) -> None:
    going = walk(cast, "served")
    token = handed_in(going)
    sent(cast.browser("mediator").get(file_at(going, token)))
    assert Opening.objects.filter(user=cast.user("mediator"), room=room_of(going)).count() == 1
    assert len(entries(going.case.chain, Event.ROOM_OPENED)) == 1


def test_looking_at_the_list_is_one_too(cast: Cast) -> None:
    going = walk(cast, "served")
    cast.browser("mediator").get(files_of(going))
    assert Opening.objects.filter(user=cast.user("mediator"), room=room_of(going)).count() == 1


@pytest.mark.parametrize("page", ["files", "room"])
def test_more_files_cost_no_more_queries(cast: Cast, page: str) -> None:
    going = walk(cast, "served")
    address = files_of(going) if page == "files" else at(going, f"rooms/{room_of(going).token}/")
    browser = cast.browser("member")
    handed_in(going)
    one = cost(browser, address)
    for _more in range(3):
        handed_in(going)
    assert cost(browser, address) == one


# Taking one back


def test_a_file_is_taken_back_after_asking_once(cast: Cast) -> None:
    going = walk(cast, "served")
    token = handed_in(going)
    member, back = cast.browser("member"), files_of(going, "member", f"{token}/back/")
    assert "Take this file back?" in text_of(member.get(back))
    assert member.post(back).status_code == 302
    assert statuses(member, file_at(going, token)) == (404, 405)
    for login in ("member", "mediator"):
        assert "This file was taken back, and is gone." in text_of(cast.browser(login).get(files_of(going)))


def test_nobody_elses_file_can_be_taken_back(cast: Cast) -> None:
    going = walk(cast, "served")
    back = files_of(going, "member", f"{handed_in(going)}/back/")
    mediator = cast.browser("mediator")
    assert mediator.post(back).status_code == 403
    assert "Take back" not in text_of(mediator.get(files_of(going)))


# The draft


def test_a_draft_is_saved_on_the_way_to_its_files(cast: Cast) -> None:
    going = walk(cast, "begun")
    browser = cast.browser("member")
    answer = browser.post(at(going, "draft/"), {"version": "0", "saw": NOTE, "attach": "yes"}, follow=True)
    assert answer.redirect_chain[-1] == (files_of(going), 302)
    assert NOTE in browser.get(at(going, "draft/")).content.decode()


def test_a_question_is_kept_on_the_way_to_the_files(cast: Cast) -> None:
    going = walk(cast, "begun")
    browser = cast.browser("member")
    page = next(number for number in range(1, 9) if "attach" in question(browser, going, number))
    answers = {"version": "0", "saw": NOTE, "attach": "yes"}
    answer = browser.post(at(going, f"draft/questions/q{page:02}/"), answers, follow=True)
    assert answer.redirect_chain[-1] == (files_of(going), 302)
    assert NOTE in browser.get(at(going, "draft/")).content.decode()


def question(browser: Client, going: Walk, number: int) -> str:
    return browser.get(at(going, f"draft/questions/q{number:02}/")).content.decode()


def test_a_file_of_a_draft_is_read_by_the_mediators_once_it_is_filed(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    hand_in(cast.browser("member"), files_of(going), ("notes.txt", TEXT))
    for stretch in (lambda: going.take("s01", "member"), going.taken_in, going.served):  # type: ignore[arg-type]
        stretch()
    token = SealedFile.objects.get().token
    assert sent(cast.browser("mediator").get(file_at(going, token))) == TEXT
    assert Entry.objects.filter(kind=EntryKind.FILE, room=room_of(going)).count() == 1
    assert cast.browser("member").get(at(going, "draft/files/"))["Location"] == at(going)


def test_django_spools_no_upload_anywhere() -> None:
    assert site.FILE_UPLOAD_HANDLERS == ["caracol.files.uploads.PassingOver"]


def test_files_are_looked_over_before_filing_and_each_can_be_removed_there(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    token, kept = handed_in(going, name="first.txt"), handed_in(going, name="second.txt")
    browser, check = cast.browser("member"), at(going, f"{Step.FILE}/")
    assert ("first.txt" in text_of(browser.get(check)), "second.txt" in text_of(browser.get(check))) == (True, True)
    back = files_of(going, "member", f"{token}/back/?then=check")
    assert back in browser.get(check).content.decode()
    [form] = [form for form in forms_on(browser.get(back).content.decode()) if "then" in form.names]
    assert browser.post(back, form.fields)["Location"] == check
    page = text_of(browser.get(check))
    assert ("first.txt" in page, "second.txt" in page) == (False, True)
    assert evidence.kept_in(room_of(going)) == {kept}


def test_the_check_before_filing_costs_the_same_for_one_file_and_for_three(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    handed_in(going)
    browser, check = cast.browser("member"), at(going, f"{Step.FILE}/")
    one = cost(browser, check)
    handed_in(going), handed_in(going)
    assert cost(browser, check) == one
