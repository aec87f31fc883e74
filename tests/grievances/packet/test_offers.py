from __future__ import annotations

import pytest

from grievances.actions import papers
from grievances.actions.words import say
from grievances.exceptions import NotOpen
from grievances.models import Consent, EntryKind, Purpose
from grievances.packet.contents import Group, Item, Packet, is_redaction
from grievances.rooms import RoomKind
from tests.grievances.cast import DRAFT, Cast, Walk, walk
from tests.grievances.evidence import handed_in
from tests.grievances.moves import room
from tests.grievances.packets import offered, put_together

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def spoken(cast: Cast) -> Walk:
    """A case at its amends in whose every room something was written."""
    going = walk(cast, "amends")
    say(room(going.case, RoomKind.MEDIATORS), {"text": "A note of ours."}, by=cast["mediator"])
    say(room(going.case, RoomKind.TABLE), {"text": "Said at the table."}, by=cast["respondent"])
    say(room(going.case, RoomKind.TABLE), {"text": "What we agreed."}, by=cast["member"], kind=EntryKind.AGREED)
    own = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    say(own, {"text": "My answer."}, by=cast["respondent"])
    say(own, {"text": "Our reply to the answer."}, by=cast["mediator"])
    say(room(going.case, RoomKind.PARTY, cast.user("member")), {"text": "More of mine."}, by=cast["member"])
    return going


def test_notes_and_what_was_said_at_the_table_are_never_on_offer(cast: Cast) -> None:
    going = spoken(cast)
    texts = {item.text for item in offered(going)}
    assert {DRAFT["saw"], "More of mine."} <= texts
    never = {"A note of ours.", "Said at the table.", "What we agreed.", "Our reply to the answer."}
    assert not texts & never


def test_an_answer_is_on_offer_only_while_its_writer_consents(cast: Cast) -> None:
    going = spoken(cast)
    assert "My answer." not in {item.text for item in offered(going)}
    going.agree(Consent.To.PACKET, "respondent")
    assert {(item.group, item.text) for item in offered(going) if item.owner} == {(Group.RESPONSE, "My answer.")}


def test_the_reporter_is_offered_only_what_they_can_open(cast: Cast) -> None:
    going = spoken(cast)
    going.agree(Consent.To.PACKET, "respondent")
    texts = {item.text for item in offered(going, "member")}
    assert "More of mine." in texts
    assert "My answer." not in texts


def test_what_may_not_leave_is_refused_when_it_is_laid_too(cast: Cast) -> None:
    going = spoken(cast)
    note = room(going.case, RoomKind.MEDIATORS).entries.latest("pk")
    words = Packet((Item(Group.CONDUCT, note.token, "Note", "A note of ours.", note.token),)).as_words()
    with pytest.raises(NotOpen, match="can't go into the packet"):
        papers.prepare(going.case, Purpose.PACKET, words, by=cast["mediator"])
    assert not going.case.papers.filter(purpose=Purpose.PACKET).exists()


def test_of_a_file_its_name_and_its_mark_are_on_offer_and_not_its_content(cast: Cast) -> None:
    going = walk(cast, "served")
    handed_in(going)
    [file] = [item for item in offered(going) if item.group == Group.EVIDENCE]
    assert file.fixed
    assert "SHA-256: " in file.text


def test_history_is_typed_facts_and_counts(cast: Cast) -> None:
    going = walk(cast, "amends")
    told = {item.title: item.text for item in offered(going) if item.group == Group.HISTORY}
    assert told["How the Caucus process was actioned"] == "mediation held"
    assert told["Clauses of the Code that are cited"] == "3.3, 5.4"
    written = [item.title for item in offered(going) if item.group == Group.HISTORY and not item.fixed]
    assert [title.startswith("The agreement of") for title in written] == [True]


def test_nothing_but_passages_taken_out_can_change_a_text(cast: Cast) -> None:
    going = walk(cast, "amends")
    [saw] = [item for item in offered(going) if item.key.endswith("-saw")]
    with pytest.raises(NotOpen, match="nothing else can be changed"):
        put_together(going, "-saw", **{saw.key: "The cat was fed on the porch."})
    paper = put_together(going, "-saw", **{saw.key: "The cat was [removed] off the porch."})
    words = papers.text_of(paper, by=cast["member"])
    assert words is not None
    assert "chased" not in words["packet"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("one two three", True),
        ("one [removed] three", True),
        ("[removed]", True),
        ("[removed] two [removed]", True),
        ("one three", False),
        ("one [removed] two [removed] one", False),
        ("", False),
        ("one two three four", False),
        ("three [removed] one", False),
    ],
)
def test_a_redaction_says_nothing_that_its_original_does_not(text: str, is_one: bool) -> None:  # noqa: FBT001 -- a table
    assert is_redaction(text, "one two three") is is_one
