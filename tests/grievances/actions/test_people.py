from __future__ import annotations

import pytest

from caracol.accounts import roles
from caracol.accounts.models import SiteRole
from grievances.actions import papers, people
from grievances.exceptions import NotYours
from grievances.models import Conflict, Purpose
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk
from tests.grievances.moves import doors, invited, laid

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def who_could(cast: Cast, going_case: object, login: str = "intake") -> set[str]:
    found = people.who_could_serve(going_case, asked_by=cast.user(login))  # type: ignore[arg-type]
    return {login for login, actor in cast.actors.items() if actor.user in found}


# Conflicts


def test_nobody_the_reporter_named_is_asked_or_finds_the_case(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    people.say_who_must_not_serve(going.case, [cast.user("mediator")], by=cast["member"])
    assert who_could(cast, going.case) == {"mediator2", "mediator3"}


def test_a_conflict_named_later_ends_a_seat_at_once(cast: Cast) -> None:
    going = walk(cast, "told")
    people.say_who_must_not_serve(going.case, [cast.user("mediator")], by=cast["member"])
    assert doors(going.case, cast.user("mediator")) == set()


@pytest.mark.parametrize("login", ["respondent", "mediator", "stranger"])
def test_only_the_reporter_says_who_must_not_serve(login: str, cast: Cast) -> None:
    case = walk(cast, "told").case
    with pytest.raises(NotYours):
        people.say_who_must_not_serve(case, [cast.user("mediator2")], by=cast[login])
    assert not Conflict.objects.filter(case=case, user=cast.user("mediator2")).exists()


def test_a_witness_who_mediates_elsewhere_is_not_asked_to_serve(cast: Cast) -> None:
    going = walk(cast, "served")
    invited(going, "mediator3", Part.WITNESS)
    going.take(Step.RECUSE, "mediator")
    assert who_could(cast, going.case, "mediator2") == set()


def test_a_person_asked_to_serve_who_is_then_told_as_the_person_named_loses_names(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    for login in ("mediator", "mediator3"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    going.take(Step.ACCEPT, "mediator")
    named = cast.user("mediator3")
    before = doors(going.case, named)
    account = laid(going, Purpose.ACCOUNT, person=named, part=Part.RESPONDENT)
    going.take(Step.TELL, "mediator", paper=account.token)
    assert (before, doors(going.case, named)) == ({"names"}, {named.handle})
    with pytest.raises(NotYours):
        going.take(Step.ACCEPT, "mediator3")


def test_whoever_a_text_is_laid_for_is_not_asked_to_serve_from_then_on(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    going.take(Step.ACCEPT, "mediator")
    before = who_could(cast, going.case)
    words = {"text": "You chased the cat."}
    named = cast.user("mediator3")
    papers.prepare(going.case, Purpose.ACCOUNT, words, by=cast["mediator"], person=named, part=Part.RESPONDENT)
    assert before - who_could(cast, going.case) == {"mediator3"}


def test_who_was_given_the_role_since_the_reporter_was_asked_is_asked_by_reporter_or_mediator_only(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    cast["mediator4"]
    assert "mediator4" not in who_could(cast, going.case, "intake")
    assert "mediator4" in who_could(cast, going.case, "member")
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    assert "mediator4" in who_could(cast, going.case, "intake")


def test_who_goes_on_intake_duty_after_the_reporter_was_asked_is_not_asked_to_take_it_in(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    later = cast["witness"]
    roles.give(SiteRole.INTAKE, to=later.user, by=cast.user("secretary"), second=cast.user("intake"))
    going.take(Step.FILE, "member")
    assert [offer.user for offer in going.case.offers.all()] == [cast.user("intake")]
