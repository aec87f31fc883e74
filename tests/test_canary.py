"""
The canary: a word planted in every field that people write in, by the real forms, the whole way long.

A watch looks wherever it must not be: what is sent to both databases, what lies in them to the last byte (sessions and
the ledger among them), the logs at their most talkative, the letters, the caches, the addresses and titles of pages,
headers and cookies, and every file that is written.
"""

from __future__ import annotations

import base64
import gzip
import logging
import re
import tempfile
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from caracol.accounts.models import Contact
from grievances.models import SealedFile
from tests.canary.looks import CANARY, disguises, shows
from tests.canary.plant import whole_way
from tests.canary.watch import Watch, WatchedClient, everything_stored, watching
from tests.grievances.cast import Cast
from tests.grievances.evidence import hand_in
from tests.story import Story
from tests.visitor import Visitor

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]


def watched(watch: Watch, client: Client) -> WatchedClient:
    """Return a browser that is logged in as `client` is, under watch."""
    own = WatchedClient(raise_request_exception=False)
    own.cookies, own.watch = client.cookies, watch
    return own


def test_no_word_that_was_written_stands_anywhere_in_the_clear(cast: Cast) -> None:
    with watching() as watch:

        def visit(login: str) -> Visitor:
            return Visitor.logged_in(login, watched(watch, Client()))

        whole_way(Story(cast, visit))
        watch.everything_kept()
    assert (watch.seen, watch.files) == ([], [])
    assert (watch.statements > 1000, watch.records > 0) == (True, True)


def test_no_file_and_no_file_name_stands_anywhere_in_the_clear(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    story = Story(cast, Visitor.logged_in)
    story.filed()
    where = f"{story.path}rooms/{story.case.rooms.get(kind='party').token}/files/"
    content = CANARY.encode() * 9000
    files = [(f"{CANARY}.txt", content), (f"{CANARY}.pdf", b"%PDF-1.7\n" + content + b"%%EOF")]
    with watching() as watch:
        browser = watched(watch, cast.browser("member"))
        assert hand_in(browser, where, *files, note=f"note {CANARY}").status_code == 302
        assert hand_in(browser, where, (f"{CANARY}.exe", b"MZ\0" + content)).status_code == 422
        for kept in SealedFile.objects.all():
            sent = browser.get(f"{where}{kept.token}/")
            assert content in b"".join(sent.streaming_content)  # type: ignore[attr-defined]
        watch.everything_kept()
    # Whoever fetches a file is told its name, in the header of the answer.
    assert [place for place in watch.seen if place != "header of 200"] == []
    assert (watch.files != [], list(spool.iterdir())) == (True, [])


def test_no_word_of_a_private_talk_stands_in_the_clear(cast: Cast) -> None:
    cast["member"]
    with watching() as watch:
        member = Visitor.logged_in("member", watched(watch, Client()))
        words = {"whom": f"whom {CANARY}", "about": f"about {CANARY}"}
        where = member.done("/conversations/new/", **words, went="not_minor", person=cast.user("friend").handle)
        member.done(where, about=f"anew {CANARY}", went="repeat")
        member.open("/conversations/")
        watch.everything_kept()
    assert watch.seen == []
    for word in ("not_minor", "repeat"):
        rows_with = [place for place, content in everything_stored() if word.encode() in content]
        # The file of a database holds the names of its columns too.
        assert [place for place in rows_with if "file" not in place] == []


def test_the_watch_sees_what_it_is_to_find(cast: Cast, tmp_path: Path) -> None:
    """Each place in turn is given the canary, so that nothing seen elsewhere means something."""
    with watching() as watch:
        client = watched(watch, Client())
        client.get(f"/leave/?{CANARY}")
        logging.getLogger("django.something").debug("It said %s", CANARY)
        cache.set("kept", {"packed": zlib.compress(f"said {CANARY}".encode())})
        mail.send_mail("News", f"It is about {CANARY}.", None, ["somebody@example.org"])
        Contact.objects.filter(pk=0).update(sealed=base64.b64encode(f"ab{CANARY}".encode()))
        (tmp_path / "kept").write_text(CANARY[::-1])
        watch.everything_kept()
        cache.clear()
    places = {re.split(r"[ .]", place)[0] for place in watch.seen}
    assert places == {"log", "redis" if settings.REDIS_URL else "cache", "a", "sql", "file"}


def test_the_titles_of_pages_say_nothing(cast: Cast) -> None:
    story = Story(cast, Visitor.logged_in)
    story.filed(saw=f"saw {CANARY}")
    page = story["member"].open(story.path)
    assert re.findall(r"<title>(.*?)</title>", page) == ["Caracol"]


def test_no_name_or_address_of_anybody_stands_in_the_clear(cast: Cast) -> None:
    story = Story(cast, Visitor.logged_in)
    story.filed()
    story.served()
    kept = [content.lower() for _place, content in everything_stored()]
    for word in ("Member Somebody", "@example.org", "Server mediator"):
        looks = [look.lower() for look in disguises(word)]
        assert not any(look in content for look in looks for content in kept), word


@pytest.mark.parametrize("disguise", [*disguises(CANARY)])
def test_the_search_sees_through_every_disguise(disguise: bytes) -> None:
    packed = [disguise, zlib.compress(disguise), gzip.compress(disguise), base64.urlsafe_b64encode(disguise)]
    packed.append(base64.urlsafe_b64encode(zlib.compress(b"0" + disguise)))
    assert [shows(b"\0\1 " + each + b" \0") for each in packed] == [True] * len(packed)
    assert not shows(b"Zq7 canary, Xw9")
