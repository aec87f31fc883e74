from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdf
import pyrage
import pytest
from django.http import HttpResponse
from django.utils import timezone

from caracol.ledger.chain import entries
from grievances.actions import papers
from grievances.actions.words import say
from grievances.events import Event
from grievances.models import Consent, EntryKind
from grievances.packet import crypt, paper, signs
from grievances.packet.contents import REMOVED, Group
from grievances.rooms import RoomKind
from grievances.sealing import read_one
from grievances.workflow import Step
from tests.grievances.cast import DRAFT, Cast, Walk, walk
from tests.grievances.moves import room
from tests.grievances.packets import SHARED, WAITS, WHY, offered, put_together, referred
from tests.grievances.views.pages import at

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

EVIL = 'plain # $ @ \\ #read("/etc/passwd") $x$ @lab <l> *b* _i_ `raw` [x] // c /* d */ #import "@preview/x:1.0.0": *'


def taken(going: Walk, login: str = "mediator", number: int = 1, **answers: str) -> HttpResponse:
    what = "packet" if number == 1 else "summary"
    sent = {**SHARED, "what": what, **answers}
    return going.cast.browser(login).post(at(going, f"packet/{number}/"), sent)  # type: ignore[return-value]  # the client's


def read(content: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


def test_a_packet_leaves_as_a_tagged_pdf_with_its_manifest(cast: Cast) -> None:
    going = referred(cast)
    answer = taken(going)
    assert answer.headers["Content-Type"] == "application/pdf"
    document = pypdf.PdfReader(io.BytesIO(answer.content))
    root: Any = document.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == (True, True)
    said = read(answer.content)
    assert DRAFT["saw"] in said
    [saw] = [item for item in offered(going) if item.key.endswith("-saw")]
    assert saw.digest in said.replace(" ", "")
    assert "I have read this text and agree to it, word for word." in said
    assert "Not checked since the National policy changed in 2025" in said
    assert "It has filed nothing: the member does." in said
    assert "Somebody" not in said


def test_what_leaves_is_recorded_with_its_reason_sealed(cast: Cast) -> None:
    going = referred(cast)
    taken(going)
    [told] = entries(going.case.chain, Event.SHARED)
    assert told.details == {"thing": "packet", "whom": "national", "why": ""}
    waits = room(going.case, RoomKind.PACKET).entries.filter(kind=EntryKind.WAITS).latest("pk")
    assert read_one(waits, by=cast["mediator"])["why"] == WHY
    log = cast.browser("member").get(at(going, "history/")).content.decode()
    assert "took this out of here: the packet for National. It was for: National." in log


def test_the_summary_is_one_page_of_facts_and_nobodys_words(cast: Cast) -> None:
    going = referred(cast)
    answer = taken(going, number=2)
    said = read(answer.content)
    assert len(pypdf.PdfReader(io.BytesIO(answer.content)).pages) == 1
    assert "A Reporting Party raised a concern about an Accused Party." in said
    assert [
        word for word in (DRAFT["saw"], "Robin", "The agreement was broken.", going.case.reference) if word in said
    ] == []


def test_what_people_write_is_never_code() -> None:
    said = read(
        paper._pages("T", ["Lead"], [(EVIL, [(EVIL, EVIL)])], manifest=[(EVIL, "ab" * 32, EVIL)], marks=[(EVIL, EVIL)])
    )
    assert said.count(EVIL) >= 2
    assert "root:" not in said


def test_a_sign_no_font_prints_is_told_of_and_stands_as_its_number() -> None:
    text = "a \U0001f600 b \u6f22"
    assert signs.unprintable(text) == ["\U0001f600", "\u6f22"]
    assert "a [U+1F600] b [U+6F22]" in read(paper._pages("T", ["Lead"], [("P", [("I", text)])], manifest=[], marks=[]))


def test_a_packet_is_locked_for_an_age_recipient(cast: Cast) -> None:
    going, key = referred(cast), pyrage.x25519.Identity.generate()
    answer = taken(going, age=str(key.to_public()))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="packet.pdf.age"'
    assert DRAFT["saw"] in read(pyrage.decrypt(answer.content, [key]))


def test_a_broken_recipient_lets_nothing_leave(cast: Cast) -> None:
    going = referred(cast)
    answer = taken(going, age="age1broken")
    assert answer.status_code == 422
    assert "This is no age recipient" in answer.content.decode()
    assert WHY in answer.content.decode()
    assert entries(going.case.chain, Event.SHARED) == []
    assert not crypt.is_recipient("ssh-ed25519 AAAA")


def test_nothing_ticked_lets_nothing_leave(cast: Cast) -> None:
    going = referred(cast)
    assert taken(going, what="").status_code == 422
    assert entries(going.case.chain, Event.SHARED) == []


@pytest.mark.parametrize("lost", ["paper", "answer"])
def test_an_item_that_lost_its_consent_stops_all_of_it(cast: Cast, lost: str) -> None:
    going = walk(cast, "amends")
    own = room(going.case, RoomKind.PARTY, cast.user("respondent"))

    say(own, {"text": "My answer."}, by=cast["respondent"])
    going.agree(Consent.To.PACKET, "respondent")
    referred(cast, broken=going)
    assert "My answer." in read(taken(going).content)
    given = (
        Consent.objects.get(to=Consent.To.PACKET) if lost == "answer" else Consent.objects.get(paper__purpose="packet")
    )

    papers.withdraw_consent(going.case, given, by=cast["respondent" if lost == "answer" else "member"])
    answer = taken(going)
    assert answer.status_code == 409
    assert "A consent to something in this packet was taken back. Nothing has left." in answer.content.decode()
    assert len(entries(going.case.chain, Event.SHARED)) == 1


def test_a_page_that_can_not_be_made_lets_nothing_leave(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    going = referred(cast)
    broken = tmp_path / "broken.typ"
    broken.write_text("#let (")
    monkeypatch.setattr(paper, "PAGE", broken)
    answer = taken(going)
    assert answer.status_code == 409
    assert "The PDF could not be made." in answer.content.decode()
    assert WHY in answer.content.decode()
    assert entries(going.case.chain, Event.SHARED) == []


def test_a_redacted_passage_is_nowhere_in_the_file(cast: Cast) -> None:
    going = walk(cast, "amends")
    [saw] = [item for item in offered(going) if item.key.endswith("-saw")]
    assert saw.group == Group.CONDUCT
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    put_together(going, "-saw", **{saw.key: f"The cat {REMOVED}"})
    until = timezone.localdate().isoformat()
    going.take(Step.REFER, "mediator", WAITS, recipient="national", until=until)
    going.confirmed()
    answer = taken(going)
    assert f"The cat {REMOVED}" in read(answer.content)
    assert "chased" not in read(answer.content)


@pytest.mark.parametrize("login", ["respondent", "intake", "stranger"])
def test_nobody_else_takes_it(cast: Cast, login: str) -> None:
    assert taken(referred(cast), login).status_code == 404
