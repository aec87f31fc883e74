from __future__ import annotations

import pytest

from grievances.actions import people
from grievances.exceptions import NotOpen, NotYours
from grievances.models import Case, CaseGrant, Nature, Purpose, SeatOffer
from grievances.rooms import RoomKind
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import age, doors, laid, opened, room

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def out_of_scope(cast: Cast) -> Walk:
    going = walk(cast, "told")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "It is about a cat abroad."})
    going.confirmed()
    return going


# Closing


def test_the_mediators_notes_are_destroyed_with_the_closing(cast: Cast) -> None:
    going = walk(cast, "told")
    notes = room(going.case, RoomKind.MEDIATORS)
    going.take(Step.WITHDRAW, "member")
    notes.refresh_from_db()
    assert notes.destroyed_at is not None
    assert RoomKind.MEDIATORS not in doors(going.case, cast.user("mediator"))


def test_nobody_is_asked_to_serve_in_a_closed_case(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    going.take(Step.WITHDRAW, "member")
    assert doors(going.case, cast.user("mediator")) == set()
    with pytest.raises(NotYours):
        going.take(Step.ACCEPT, "mediator")


def test_a_request_whose_time_was_over_ends_with_the_case_too(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    SeatOffer.objects.filter(user=cast.user("mediator")).update(lapses_at="2020-01-01T00:00Z")
    going.take(Step.WITHDRAW, "member")
    assert doors(going.case, cast.user("mediator")) == set()


def test_the_reporter_reads_why_it_was_closed_and_the_person_named_does_not(cast: Cast) -> None:
    going = out_of_scope(cast)
    words = ("reason", "It is about a cat abroad.")
    assert [words in opened(going.case, cast[login]) for login in ("member", "respondent")] == [True, False]


def test_withdrawing_needs_no_reason_and_no_mediator(cast: Cast) -> None:
    case = walk(cast, "filed").take(Step.WITHDRAW, "member")
    assert (case.stage, case.outcome) == (Stage.CLOSED, "withdrawn")


@pytest.mark.parametrize("login", ["respondent", "mediator", "intake"])
def test_nobody_withdraws_for_the_reporter(login: str, cast: Cast) -> None:
    with pytest.raises(NotYours):
        walk(cast, "told").take(Step.WITHDRAW, login)


def test_only_recorded_is_what_the_reporter_asked_for(cast: Cast) -> None:
    going = Walk.begin(cast)
    cast["intake"]
    for mediator in ("mediator", "mediator2"):
        cast[mediator]
    going.written(wish="record")
    going.take(Step.FILE, "member")
    going.taken_in()
    going.served()
    assert going.take(Step.CLOSE_RECORDED, "mediator").outcome == "recorded"


def test_a_closing_is_not_made_for_who_asked_for_the_way(cast: Cast) -> None:
    going = walk(cast, "served")
    for step in (Step.CLOSE_RECORDED, Step.CLOSE_ADVISED):
        with pytest.raises(NotOpen):
            going.take(step, "mediator", {"text": "No."})


# Contesting and opening again


def test_a_contested_closing_is_decided_anew_by_others(cast: Cast) -> None:
    going = out_of_scope(cast)
    going.take(Step.CONTEST, "member", {"text": "It is here."})
    before = going.case.stage
    going.take(Step.REOPEN, "member")
    going.take(Step.ACCEPT, "intake")
    cast["mediator3"]
    for login in ("mediator", "mediator3"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
        going.take(Step.ACCEPT, login)
    with pytest.raises(NotOpen, match="another mediator"):
        going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "Still abroad."})
    assert (before, going.take(Step.DISTINGUISH, "mediator3", {"text": "So."}, nature="mixed").nature) == (
        Stage.CLOSED,
        Nature.MIXED,
    )


def test_a_closing_is_contested_once(cast: Cast) -> None:
    going = out_of_scope(cast)
    going.take(Step.CONTEST, "member", {"text": "It is here."})
    with pytest.raises(NotOpen, match="no distinction or closing that could be contested now"):
        going.take(Step.CONTEST, "member", {"text": "It is here, I say."})


def test_a_closing_that_is_contested_keeps_its_day(cast: Cast) -> None:
    going = out_of_scope(cast)
    age(going, 10)
    closed_at = Case.objects.get(pk=going.case.pk).closed_at
    assert going.take(Step.CONTEST, "member", {"text": "It is here."}).closed_at == closed_at


def test_a_closing_that_was_undone_is_not_contested_any_more(cast: Cast) -> None:
    going = out_of_scope(cast)
    going.take(Step.REOPEN, "member")
    with pytest.raises(NotOpen, match="no distinction or closing that could be contested now"):
        going.take(Step.CONTEST, "member", {"text": "It is here."})


def test_a_closing_by_the_reporters_own_wish_is_not_contested(cast: Cast) -> None:
    going = walk(cast, "told")
    going.take(Step.WITHDRAW, "member")
    with pytest.raises(NotOpen):
        going.take(Step.CONTEST, "member", {"text": "No."})


def test_a_closing_is_contested_within_the_window(cast: Cast) -> None:
    going = out_of_scope(cast)
    age(going, 91)
    for step in (Step.CONTEST, Step.REOPEN):
        with pytest.raises(NotOpen):
            going.take(step, "member", {"text": "It is here."})


def test_a_case_reopened_by_the_reporter_starts_at_intake_without_its_mediators(cast: Cast) -> None:
    going = out_of_scope(cast)
    case = going.take(Step.REOPEN, "member")
    assert (case.stage, case.outcome, case.nature, case.closed_at) == (Stage.INTAKE, "", "", None)
    assert [doors(case, cast.user(login)) for login in ("mediator", "mediator2")] == [set(), set()]


def test_intake_is_asked_and_told_when_the_reporter_reopens(cast: Cast) -> None:
    going = out_of_scope(cast)
    going.take(Step.REOPEN, "member")
    assert going.case.notices.filter(user=cast.user("intake"), step=Step.REOPEN).count() == 1
    assert doors(going.case, cast.user("intake")) == {"names"}


def test_after_a_mediator_reopened_the_reporter_says_anew_who_must_not_serve(cast: Cast) -> None:
    going = out_of_scope(cast)
    going.take(Step.REOPEN, "mediator")
    with pytest.raises(NotOpen):
        going.take(Step.ASK, "mediator", who=cast.user("mediator2").handle)
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    going.take(Step.ASK, "mediator", who=cast.user("mediator2").handle)
    assert doors(going.case, cast.user("mediator2")) == {"names"}
    assert going.case.notices.filter(user=cast.user("member"), step=Step.REOPEN).count() == 1


@pytest.mark.parametrize("login", ["member", "mediator"])
def test_a_reopened_case_has_a_new_room_for_notes_and_walks_on(login: str, cast: Cast) -> None:
    going = out_of_scope(cast)
    gone = going.case.rooms.get(kind=RoomKind.MEDIATORS)
    going.take(Step.REOPEN, login)
    if login == "member":
        going.take(Step.ACCEPT, "intake")
        going.served()
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    going.take(Step.SET_MEDIATION_ASIDE, "mediator", {"text": "Unsafe."}, actioned_how="unsafe")
    assert room(going.case, RoomKind.MEDIATORS) != gone
    assert ("reason", "Unsafe.") in opened(going.case, cast["mediator"])


@pytest.mark.parametrize("login", ["respondent", "intake", "stranger"])
def test_nobody_else_reopens(login: str, cast: Cast) -> None:
    going = out_of_scope(cast)
    with pytest.raises(NotYours):
        going.take(Step.REOPEN, login)


def test_a_reopened_case_can_be_closed_again(cast: Cast) -> None:
    going = out_of_scope(cast)
    going.take(Step.REOPEN, "member")
    assert going.take(Step.WITHDRAW, "member").outcome == "withdrawn"
    assert Case.objects.get(pk=going.case.pk).closed_at is not None


def test_lists_show_a_closed_case_as_closed_and_a_reopened_one_as_live(cast: Cast) -> None:
    going = out_of_scope(cast)
    mine = CaseGrant.objects.filter(user=cast.user("member"))
    closed = [grant.live for grant in mine]
    going.take(Step.REOPEN, "member")
    assert (closed, [grant.live for grant in mine.all()]) == ([0], [1])


def test_an_agenda_text_from_before_does_not_redirect_a_political_case_twice(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.POLITICAL)
    laid(going, Purpose.AGENDA)
    going.take(Step.REDIRECT, "mediator", meeting_on="2026-12-01")
    going.confirmed()
    going.take(Step.REOPEN, "mediator")
    assert not going.case.papers.filter(purpose=Purpose.AGENDA, used_at=None).exists()
