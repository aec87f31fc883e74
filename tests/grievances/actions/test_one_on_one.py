from __future__ import annotations

import pytest

from grievances.actions import one_on_one
from grievances.exceptions import NotOpen, NotYours
from grievances.models import Consent, Space
from grievances.roles import Part
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import invited

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def offered(cast: Cast, by: str = "member", to: str = "respondent") -> Walk:
    going = walk(cast, "one_on_one")
    going.take(Step.OFFER_SPACE, by, to=going.seat_token(to), channel="call", meets_at="")
    return going


@pytest.mark.parametrize("accepts", [True, False])
def test_an_offered_space_is_accepted_or_declined_once(accepts: bool, cast: Cast) -> None:  # noqa: FBT001 (the two answers)
    going = offered(cast)
    one_on_one.answer(going.case, Space.objects.get(), accepts=accepts, by=cast["respondent"])
    with pytest.raises(NotOpen):
        one_on_one.answer(going.case, Space.objects.get(), accepts=not accepts, by=cast["respondent"])
    assert Space.objects.get().answer == ("accepted" if accepts else "declined")


@pytest.mark.parametrize("login", ["member", "mediator", "stranger"])
def test_nobody_answers_for_another(login: str, cast: Cast) -> None:
    going = offered(cast)
    with pytest.raises(NotYours):
        one_on_one.answer(going.case, Space.objects.get(), accepts=True, by=cast[login])


def test_a_space_of_another_case_is_not_answered_here(cast: Cast) -> None:
    other = walk(cast, "served").case
    offered(cast)
    with pytest.raises(NotYours):
        one_on_one.answer(other, Space.objects.get(), accepts=True, by=cast["respondent"])


@pytest.mark.parametrize("to", ["mediator", "witness", "member"])
def test_a_space_is_offered_to_a_side_other_than_oneself(to: str, cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    invited(going, "witness", Part.WITNESS)
    with pytest.raises(NotOpen):
        going.take(Step.OFFER_SPACE, "member", to=going.seat_token(to), channel="call")


def test_a_mediator_offers_a_space_to_either_side(cast: Cast) -> None:
    assert Space.Channel(offered(cast, "mediator", "member").case.spaces.get().channel) is Space.Channel.CALL


def test_only_who_is_offered_a_space_and_the_mediators_are_told(cast: Cast) -> None:
    going = offered(cast)
    told = going.case.notices.filter(step=Step.OFFER_SPACE).values_list("user__handle", flat=True)
    assert set(told) == {cast.user(login).handle for login in ("respondent", "mediator", "mediator2")}


def test_it_is_resolved_when_the_person_harmed_says_so(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    with pytest.raises(NotOpen):
        going.take(Step.RESOLVE_ONE_ON_ONE, "mediator")
    going.agree(Consent.To.RESOLVED, "member")
    case = going.take(Step.RESOLVE_ONE_ON_ONE, "mediator")
    assert (case.stage, case.outcome) == (Stage.CLOSED, "resolved")


def test_a_one_on_one_begins_with_the_yes_of_who_was_harmed_and_is_never_forced(cast: Cast) -> None:
    going = walk(cast, "told")
    with pytest.raises(NotOpen):
        going.take(Step.BEGIN_ONE_ON_ONE, "mediator")
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    assert (going.case.stage, going.case.one_on_one) == (Stage.INTAKE, "unsafe")
