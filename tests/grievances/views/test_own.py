from __future__ import annotations

import io
import zipfile
from typing import Any

import pyrage
import pytest
from django.http import HttpResponse

from caracol.ledger import chain
from grievances import own as own_copy
from grievances.actions.words import say
from grievances.events import Event
from grievances.models import Entry, EntryKind
from grievances.roles import Part
from tests.files.made import TEXT
from tests.grievances.cast import DRAFT, Cast, Walk, walk
from tests.grievances.evidence import handed_in, room_of
from tests.grievances.views.pages import at, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PASSPHRASE = "seven slow snails sail south"
ANSWERS = {"waits": "1", "who": "me", "why": "To keep it.", "needed": "yes"}


def ask(going: Walk, *what: str, login: str = "member", **more: str) -> Any:
    typed = {**ANSWERS, "what": list(what), "passphrase": PASSPHRASE, "again": PASSPHRASE, **more}
    return going.cast.browser(login).post(at(going, "copy/"), typed)


def opened(answer: HttpResponse, passphrase: str = PASSPHRASE) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(pyrage.passphrase.decrypt(answer.content, passphrase)))


def page_in(answer: HttpResponse) -> str:
    return opened(answer).read("copy.html").decode()


def test_the_reporter_gets_their_words_consents_log_and_files_in_one_locked_file(cast: Cast) -> None:
    going = walk(cast, "mediation")
    token = handed_in(going)
    answer = ask(going, "words", "consents", "log", token)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="copy.zip.age"'
    assert DRAFT["saw"].encode() not in answer.content
    page = page_in(answer)
    for said in (DRAFT["saw"], "I agree to mediation by two mediators", "The concern was filed.", "files/01 notes.txt"):
        assert said in page, said
    assert opened(answer).read("files/01 notes.txt") == TEXT


def test_nothing_of_anybody_else_is_in_it(cast: Cast) -> None:
    going = walk(cast, "mediation")
    handed_in(going, "respondent", b"The respondent's own notes.\n", "theirs.txt")
    say(room_of(going, "respondent"), {"text": "I was tired."}, by=cast["respondent"])
    answer = ask(going, "words", "consents", "log")
    page = page_in(answer)
    assert opened(answer).namelist() == ["copy.html"]
    for kept in ("theirs.txt", "Respondent Somebody", "I was tired."):
        assert kept not in page, kept


def test_only_what_was_ticked_is_in_it(cast: Cast) -> None:
    going = walk(cast, "served")
    handed_in(going)
    answer = ask(going, "consents")
    assert opened(answer).namelist() == ["copy.html"]
    assert DRAFT["saw"] not in page_in(answer)


def test_another_passphrase_does_not_open_it(cast: Cast) -> None:
    answer = ask(walk(cast, "filed"), "words")
    with pytest.raises(pyrage.DecryptError):
        opened(answer, "seven slow snails sail north")


@pytest.mark.parametrize(
    ("typed", "again", "said"),
    [
        ("too short", "too short", "This is easy to guess."),
        ("a" * 40, "a" * 40, "This is easy to guess."),
        (PASSPHRASE, PASSPHRASE + "!", "The two are not the same."),
    ],
)
def test_a_weak_or_mistyped_passphrase_gives_nothing_and_keeps_the_answers(
    cast: Cast, typed: str, again: str, said: str
) -> None:
    going = walk(cast, "filed")
    answer = ask(going, "words", passphrase=typed, again=again)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "To keep it." in answer.content.decode()
    assert typed not in answer.content.decode()
    assert not chain.entries(going.case.chain, Event.SHARED)


def test_the_record_says_that_a_copy_was_taken_and_the_reason_is_sealed(cast: Cast) -> None:
    going = walk(cast, "filed")
    ask(going, "words")
    (told,) = chain.entries(going.case.chain, Event.SHARED)
    assert (told.details["thing"], told.details["whom"]) == ("copy", "me")
    sealed = Entry.objects.get(kind=EntryKind.WAITS)
    assert (sealed.room.kind, b"To keep it." in bytes(sealed.sealed)) == ("party", False)


def test_the_password_is_asked_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    going = walk(cast, "filed")
    monkeypatch.setattr("grievances.views.waits.is_recent", lambda _request: False)
    answer = ask(going, "words")
    assert answer.status_code == 403
    assert "password" in text_of(answer).lower()


def test_too_much_at_once_is_said_and_nothing_leaves(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    going = walk(cast, "filed")
    token = handed_in(going)
    monkeypatch.setattr(own_copy, "MOST_BYTES", 1)
    answer = ask(going, token)
    assert (answer.status_code, "several copies" in text_of(answer)) == (409, True)
    assert not chain.entries(going.case.chain, Event.SHARED)


@pytest.mark.parametrize(("login", "status"), [("respondent", 403), ("mediator", 403), ("stranger", 404)])
def test_it_is_for_the_reporter_and_the_person_harmed_alone(cast: Cast, login: str, status: int) -> None:
    going = walk(cast, "told")
    assert Part.REPORTER not in going.case.seats.get(user=cast.user("respondent")).parts
    assert ask(going, "words", login=login).status_code == status
