"""
The canary: a word planted in every field that people write in, by the real forms, the whole way long.

Afterwards it is searched for wherever it must not be: every column of both databases (sessions and the ledger
among them), the logs at their most talkative, the mails, the cache, the addresses of pages and their titles.
"""

from __future__ import annotations

import base64
import logging
import re
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connections
from django.test.signals import template_rendered

from grievances.models import SealedFile
from grievances.workflow import Step
from tests.grievances.cast import Cast
from tests.grievances.evidence import hand_in
from tests.story import Story
from tests.visitor import Visitor

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

CANARY = "Zq7canaryXw9"


def disguises(word: str) -> Iterator[bytes]:
    """Yield the word as it would look in other encodings; in base64 at each of its three offsets."""
    plain = word.encode()
    yield from (plain, word.encode("utf-16-le"), word.encode("utf-16-be"), plain.hex().encode())
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + plain)
        yield coded[-(-offset * 8 // 6) + (offset > 0) : -4]


def everything_stored() -> Iterator[tuple[str, bytes]]:
    """Yield every row of every table of both databases, as bytes."""
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
                for row in cursor.fetchall():
                    yield f"{alias}.{table}", b"\0".join(_as_bytes(value) for value in row)


def _as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def found_in(stored: Iterator[tuple[str, bytes]], word: str) -> set[str]:
    """Return the tables in which the word, in any disguise, stands."""
    looks = [look.lower() for look in disguises(word)]
    return {place for place, content in stored if any(look in content.lower() for look in looks)}


def whole_way(story: Story) -> None:
    """Walk to National and to closing, writing the canary wherever words are asked for."""
    said = {name: f"{name} {CANARY}" for name in ("saw", "effect", "need")} | {"named": f"Robin {CANARY}"}
    story.filed(**said)
    story.served()
    letters = {"when": "daily", "address": f"{CANARY}@example.net", "hour": "8", "zone": "UTC"}
    story["member"].done("/accounts/letters/", **letters)
    story.take(Step.DISTINGUISH, "mediator", nature="interpersonal", text=f"distinction {CANARY}")
    story.take(Step.CONTEST, "member", text=f"contest {CANARY}")
    story.take(Step.DISTINGUISH, "mediator2", nature="interpersonal", text=f"anew {CANARY}")
    story.told(text=f"account {CANARY}")
    for login in ("member", "respondent", "mediator"):
        room = story.case.rooms.get(seat__user=story.cast.user("member" if login == "mediator" else login)).token
        story[login].done(f"{story.path}rooms/{room}/", text=f"message {CANARY}")
    mediator = story.cast.user("mediator").handle
    story["respondent"].done(f"{story.path}objection/", who=mediator, text=f"objection {CANARY}")
    notes = story.case.rooms.get(kind="mediators").token
    story["mediator"].done(f"{story.path}rooms/{notes}/", text=f"note {CANARY}")
    story["mediator"].done(f"{story.path}hand-over/", text=f"hand over {CANARY}")
    clock = story.case.clocks.get(kind="resolve")
    later = {"deed": "move", "due_on": clock.due_on.isoformat(), "text": f"reason {CANARY}"}
    story["mediator"].done(f"{story.path}dates/{clock.number}/", **later)
    story.one_on_one("declined")
    story.mediated()
    story.agreed(text=f"agreement {CANARY}", words=f"promise {CANARY}")
    story.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    story.packed(text=f"packet {CANARY}")
    waits = {name: f"{name} {CANARY}" for name in ("who", "why", "what", "needed")}
    story.take(Step.REFER, "mediator", **waits)
    story.confirm("mediator2")
    story.take(Step.RECORD_ANSWER, "mediator", text=f"answer {CANARY}")


def test_no_word_that_was_written_stands_anywhere_in_the_clear(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    pages: list[str] = []
    template_rendered.connect(lambda **told: pages.append(str(told["context"].get("request"))), weak=False)
    story = Story(cast, Visitor.logged_in)
    whole_way(story)
    assert found_in(everything_stored(), CANARY) == set()
    assert [record for record in caplog.records if CANARY in record.getMessage()] == []
    assert [message for message in mail.outbox if CANARY in str(message.message())] == []
    assert CANARY not in repr(getattr(cache, "_cache", {}))
    assert [page for page in pages if CANARY in page] == []


def test_no_file_and_no_file_name_stands_anywhere_in_the_clear(
    cast: Cast, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "spool"))
    (tmp_path / "spool").mkdir()
    story = Story(cast, Visitor.logged_in)
    story.filed()
    address = f"{story.path}rooms/{story.case.rooms.get(kind='party').token}/files/"
    browser = cast.browser("member")
    content = CANARY.encode() * 9000
    files = [(f"{CANARY}.txt", content), (f"{CANARY}.pdf", b"%PDF-1.7\n" + content + b"%%EOF")]
    assert hand_in(browser, address, *files, note=f"note {CANARY}").status_code == 302
    assert hand_in(browser, address, (f"{CANARY}.exe", b"MZ\0" + content)).status_code == 422
    for kept in SealedFile.objects.all():
        assert content in b"".join(browser.get(f"{address}{kept.token}/").streaming_content)  # type: ignore[attr-defined]
    on_disk = ((path.name, path.name.encode() + path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file())
    assert found_in(chain(everything_stored(), on_disk), CANARY) == set()
    assert list((tmp_path / "spool").iterdir()) == []
    assert [record for record in caplog.records if CANARY in record.getMessage()] == []
    assert CANARY not in repr(getattr(cache, "_cache", {}))


def test_no_word_of_a_private_talk_stands_in_the_clear(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    cast["member"]
    member = Visitor.logged_in("member")
    words = {"whom": f"whom {CANARY}", "about": f"about {CANARY}"}
    where = member.done("/conversations/new/", **words, went="not_minor", person=cast.user("friend").handle)
    member.done(where, about=f"anew {CANARY}", went="repeat")
    member.open("/conversations/")
    for word in (CANARY, "not_minor", "repeat"):
        assert found_in(everything_stored(), word) == set()
    assert [record for record in caplog.records if CANARY in record.getMessage()] == []


def test_no_name_or_address_of_anybody_stands_in_the_clear(cast: Cast) -> None:
    story = Story(cast, Visitor.logged_in)
    story.filed()
    story.served()
    for word in ("Member Somebody", "@example.org", "Server mediator"):
        assert found_in(everything_stored(), word) == set()


def test_the_titles_of_pages_say_nothing(cast: Cast) -> None:
    story = Story(cast, Visitor.logged_in)
    story.filed(saw=f"saw {CANARY}")
    page = story["member"].open(story.path)
    assert re.findall(r"<title>(.*?)</title>", page) == ["Caracol"]


@pytest.mark.parametrize(
    "form", [CANARY.encode(), base64.b64encode(b"ab" + CANARY.encode()), CANARY.encode("utf-16-le")]
)
def test_the_search_finds_what_is_there(form: bytes) -> None:
    assert found_in(iter([("a table", b"\0" + form + b"\0"), ("another", b"")]), CANARY) == {"a table"}
