from __future__ import annotations

import pytest
from django.utils import timezone

from grievances.actions import intake
from grievances.exceptions import NotOpen, NotYours, SomebodyWasFaster
from grievances.models import AgendaItem, Case, Entry, Nature, Purpose, Wish
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.sealing import read_one
from grievances.workflow import Stage, Step
from tests.grievances.cast import DRAFT, Cast, Walk, walk
from tests.grievances.moves import doors, laid, opened

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


# Writing and filing


def test_a_draft_is_its_writers_alone(cast: Cast) -> None:
    going = Walk.begin(cast)
    going.written()
    assert {login: opened(going.case, cast[login]) for login in ("intake", "mediator", "stranger")} == {
        "intake": set(),
        "mediator": set(),
        "stranger": set(),
    }
    assert ("draft", DRAFT["saw"]) in opened(going.case, cast["member"])


def test_nobody_else_writes_in_a_draft(cast: Cast) -> None:
    going = Walk.begin(cast)
    with pytest.raises(NotYours):
        intake.save_draft(going.case, DRAFT, by=cast["stranger"])
    assert not Entry.objects.exists()


def test_two_windows_on_one_draft_overwrite_nothing_unseen(cast: Cast) -> None:
    going = Walk.begin(cast)
    going.written()
    with pytest.raises(SomebodyWasFaster):
        intake.save_draft(going.case, DRAFT, by=cast["member"], version=0)
    assert intake.save_draft(going.case, DRAFT, by=cast["member"], version=1).version == 2


def test_a_draft_of_spaces_is_not_filed(cast: Cast) -> None:
    going = Walk.begin(cast)
    going.written(saw=" ", effect="", need="\n")
    with pytest.raises(NotOpen, match="a few words"):
        going.take(Step.FILE, "member")
    assert Case.objects.get(pk=going.case.pk).stage == Stage.DRAFT


def test_the_draft_is_destroyed_when_it_is_filed(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert not going.case.rooms.filter(kind=RoomKind.DRAFT, destroyed_at=None).exists()
    with pytest.raises(NotOpen):
        intake.save_draft(going.case, DRAFT, by=cast["member"], version=1)


def test_names_say_who_the_reporter_is(cast: Cast) -> None:
    assert ("identity", "Member Somebody") in opened(walk(cast, "filed").case, cast["intake"])


def test_who_keeps_their_name_back_is_named_to_nobody(cast: Cast) -> None:
    going = Walk.begin(cast)
    cast["intake"]
    going.written(keep_back="yes")
    going.take(Step.FILE, "member")
    going.taken_in()
    going.served()
    for login in ("intake", "mediator", "mediator2"):
        assert "Member Somebody" not in {text for _kind, text in opened(going.case, cast[login])}
    assert ("identity", "Member Somebody") in opened(going.case, cast["member"])
    assert RoomKind.IDENTITY not in doors(going.case, cast.user("mediator"))


def test_the_clauses_cited_are_kept_in_the_version_in_force(cast: Cast) -> None:
    cited = walk(cast, "filed").case.citations.select_related("clause")
    assert {citation.clause.address for citation in cited} == {"3.3", "5.4"}


def test_the_wish_and_the_acknowledgement_are_kept(cast: Cast) -> None:
    case = walk(cast, "taken_in").case
    assert (case.wish, case.acknowledged_at is not None) == (Wish.WAY, True)


def test_a_concern_is_acknowledged_once(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    with pytest.raises(NotOpen):
        going.take(Step.ACKNOWLEDGE, "intake")


# Distinguishing and contesting


def test_the_reporter_reads_how_it_was_distinguished_and_the_person_named_does_not(cast: Cast) -> None:
    going = walk(cast, "told")
    assert ("distinction", "It is about a chase.") in opened(going.case, cast["member"])
    assert {kind for kind, _text in opened(going.case, cast["respondent"])} == {"account"}


def test_a_contested_distinction_is_drawn_anew_by_another_mediator(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    going.take(Step.CONTEST, "member", {"text": "It is not."})
    before = going.case.nature
    with pytest.raises(NotOpen, match="another mediator decides anew"):
        going.take(Step.DISTINGUISH, "mediator", {"text": "Still."}, nature="interpersonal")
    going.take(Step.DISTINGUISH, "mediator2", {"text": "Anew."}, nature="mixed")
    assert (before, going.case.nature) == ("", Nature.MIXED)


def test_a_distinction_is_contested_once_until_it_is_drawn_anew(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    going.take(Step.CONTEST, "member", {"text": "It is not."})
    with pytest.raises(NotOpen):
        going.take(Step.CONTEST, "member", {"text": "Really not."})


def test_the_person_named_contests_nothing(cast: Cast) -> None:
    with pytest.raises(NotYours):
        walk(cast, "told").take(Step.CONTEST, "respondent", {"text": "No."})


def test_when_both_mediators_decided_and_were_contested_two_others_sit_down_beside_them(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.POLITICAL)
    going.take(Step.CONTEST, "member", {"text": "It is about me."})
    going.take(Step.ASK, "mediator", who=cast.user("mediator3").handle)
    going.take(Step.ACCEPT, "mediator3")
    going.take(Step.DISTINGUISH, "mediator3", {"text": "It is."}, nature="interpersonal")
    assert going.case.nature == Nature.INTERPERSONAL


def test_who_was_contested_does_not_propose_the_same_again(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    going.take(Step.CONTEST, "member", {"text": "It is not."})
    with pytest.raises(NotOpen):
        going.take(Step.DISTINGUISH, "mediator", {"text": "Politics."}, nature="political")


@pytest.mark.parametrize("login", ["mediator", "mediator2"])
def test_neither_of_two_who_were_contested_draws_the_distinction_anew(login: str, cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.POLITICAL)
    going.take(Step.CONTEST, "member", {"text": "It is about me."})
    with pytest.raises(NotOpen, match="another mediator decides anew"):
        going.take(Step.DISTINGUISH, login, {"text": "Still."}, nature="interpersonal")


def test_who_was_contested_in_one_thing_decides_another(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    going.take(Step.CONTEST, "member", {"text": "It is not."})
    going.take(Step.CLOSE_NO_CONTACT, "mediator", {"text": "Nobody answered."})
    assert going.case.proposals.get(ended_at=None).step == Step.CLOSE_NO_CONTACT


def test_unsure_may_be_drawn_again_without_a_contest(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.UNSURE)
    going.distinguished(Nature.INTERPERSONAL)
    assert going.case.nature == Nature.INTERPERSONAL


# The political half


def test_the_political_half_leaves_the_case_without_a_trace_of_it(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.MIXED)
    going.take(Step.SPLIT, "mediator", {"text": "A rule on cats?"}, meeting_on="2026-12-01")
    room = AgendaItem.objects.get().room
    assert (room.case_id, room.chain) == (None, f"room/{room.token}")
    text = read_one(room.entries.select_related("room__case", "author").get(), by=cast["mediator2"])
    assert (dict(text), going.case.split) == ({"text": "A rule on cats?"}, True)


def test_a_redirect_carries_the_text_that_was_agreed_to(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.POLITICAL)
    laid(going, Purpose.AGENDA, text="A rule on cats?")
    going.take(Step.REDIRECT, "mediator", meeting_on="2026-12-01")
    going.confirmed()
    entry = AgendaItem.objects.get().room.entries.select_related("room__case", "author").get()
    assert (going.case.outcome, dict(read_one(entry, by=cast["mediator"]))) == (
        "redirected",
        {"text": "A rule on cats?"},
    )


# Telling


def test_the_person_named_is_told_by_a_text_that_names_them(cast: Cast) -> None:
    going = walk(cast, "told")
    assert going.case.seats.get(user=cast.user("respondent")).parts == {Part.RESPONDENT}


def test_a_text_tells_once(cast: Cast) -> None:
    going = walk(cast, "told")
    used = going.case.papers.get()
    with pytest.raises(NotOpen):
        going.take(Step.TELL, "mediator", paper=used.token)
    assert used.used_at is not None
    assert used.used_at <= timezone.now()


def test_nobody_already_named_learns_that_another_was_told(cast: Cast) -> None:
    going = walk(cast, "told")
    before = going.case.notices.filter(user=cast.user("respondent")).count()
    going.told("respondent2")
    assert going.case.notices.filter(user=cast.user("respondent")).count() == before
    assert going.case.notices.filter(user=cast.user("respondent2")).count() == 1
