from __future__ import annotations

import pytest

from grievances import presenters
from grievances.actions import seats
from grievances.facts import Facts
from grievances.models import Room
from grievances.presenters import People
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import invited, room

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def people(going: Walk, reader: str) -> People:
    return People(Facts(going.case, going.cast.user(reader)))


def called(going: Walk, reader: str, *logins: str) -> list[str]:
    """Return what a reader's pages call these people."""
    return [people(going, reader).author(going.cast.user(login).pk) for login in logins]


def test_one_is_you_and_the_others_go_by_their_parts(cast: Cast) -> None:
    going = walk(cast, "told")
    seen = called(going, "member", "member", "respondent", "mediator", "mediator2")
    assert seen == ["you", "the person named", "a mediator", "a mediator"]
    assert called(going, "respondent", "member", "respondent") == ["the reporter", "you"]


def test_whoever_has_no_seat_was_asked_and_has_no_name(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert called(going, "member", "intake", "stranger") == ["somebody who was asked"] * 2


def test_several_of_a_part_are_told_apart_by_a_number_that_stays(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    for login in ("witness", "stranger"):
        invited(going, login, Part.WITNESS)
    before = called(going, "mediator", "witness", "stranger")
    seats.leave(going.case, by=cast["witness"])
    assert before == called(going, "mediator", "witness", "stranger") == ["a witness 1", "a witness 2"]


def test_a_room_of_one_s_own_is_said_to_be_and_another_s_by_their_part(cast: Cast) -> None:
    going = walk(cast, "told")

    def name(of: Room, reader: str) -> str:
        return presenters.room_line(of, people(going, reader)).name

    own = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    assert (name(own, "respondent"), name(own, "mediator")) == ("Your own room", "The room of: the person named")
    assert name(room(going.case, RoomKind.TABLE), "mediator") == "Shared table"


def test_who_serves_is_named_to_all_and_intake_to_the_harm_side_and_those_who_serve(cast: Cast) -> None:
    going = walk(cast, "told")
    both = [("mediator", "Server mediator"), ("mediator", "Server mediator2")]
    assert presenters.serving(Facts(going.case, cast.user("respondent"))) == both
    early = walk(cast, "taken_in")
    assert presenters.serving(Facts(early.case, cast.user("member"))) == [("intake person", "Server intake")]


def test_a_reader_is_shown_the_steps_of_their_part_and_no_others(cast: Cast) -> None:
    going = walk(cast, "told")
    steps = {line.step for line in presenters.steps_for(Facts(going.case, cast.user("respondent")))}
    assert Step.WITHDRAW not in steps
    assert Step.OFFER_SPACE in steps


def test_words_stand_with_their_labels_and_what_is_empty_is_left_out(cast: Cast) -> None:
    going = walk(cast, "told")
    lines = presenters.in_words({"saw": "The chase.", "effect": "", "danger": "unsure"}, people(going, "mediator"))
    assert lines == [("What happened", "The chase."), ("Is anyone in danger?", "not sure")]


def test_a_name_kept_back_reads_as_that_and_nothing_else(cast: Cast) -> None:
    going = walk(cast, "told")
    lines = presenters.in_words({"kept_back": "yes"}, people(going, "mediator"))
    assert lines == [("", "The reporter asked to keep their name back.")]
