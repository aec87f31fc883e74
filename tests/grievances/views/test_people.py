from __future__ import annotations

import pytest

from caracol.accounts.models import SiteRole
from caracol.letters import cadences
from caracol.letters.models import Cadence
from grievances.actions import one_on_one, seats
from grievances.models import Space
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import ROLES, Cast, Walk, walk
from tests.grievances.moves import doors
from tests.grievances.views.pages import at, same_as_unknown, statuses, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def offered(going: Walk) -> Space:
    going.take(Step.OFFER_SPACE, "member", to=going.seat_token("respondent"), channel="call", meets_at="")
    return Space.objects.get()


def test_a_space_is_offered_in_ones_own_time_and_read_in_the_others(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    for login, zone in (("member", "America/Chicago"), ("respondent", "America/Los_Angeles")):
        cadences.choose(cast.user(login), Cadence.When.NEVER, address="", hour=8, zone=zone)
    sent = {"to": going.seat_token("respondent"), "channel": "call", "meets_at": "2031-03-09T18:00"}
    offer = at(going, f"{Step.OFFER_SPACE}/")
    assert cast.browser("member").post(offer, {**sent, "version": going.case.version}).status_code == 302
    page = cast.browser("respondent").get(at(going, f"spaces/{Space.objects.get().token}/"))
    assert "March 9, 2031, 4 p.m. PDT" in text_of(page)


# Support


def test_support_is_for_the_people_concerned(cast: Cast) -> None:
    going = walk(cast, "served")
    address = at(going, "support/")
    assert statuses(cast.browser("mediator"), address) == (403, 403)
    assert same_as_unknown(cast.browser("stranger"), address)
    assert cast.browser("member").delete(address).status_code == 405


def test_somebody_is_chosen_and_sits_beside_one(cast: Cast) -> None:
    going = walk(cast, "served")
    friend = cast.user("friend")
    typed = {"version": going.case.version, "person": friend.handle}
    answer = cast.browser("member").post(at(going, "support/"), typed)
    assert (answer["Location"], going.case.seats.get(user=friend).parts) == (at(going), frozenset({Part.SUPPORT}))
    assert doors(going.case, friend) == {friend.handle}


def test_somebody_is_let_read_as_they_are_chosen(cast: Cast) -> None:
    going, friend = walk(cast, "served"), cast.user("friend")
    typed = {"version": going.case.version, "person": friend.handle, "reads": "on"}
    cast.browser("member").post(at(going, "support/"), typed)
    assert doors(going.case, friend) == {friend.handle, cast.user("member").handle}


@pytest.mark.parametrize("who", ["", "nobody", "a\x00b"])
def test_somebody_who_is_nobody_is_named_beside_the_field(cast: Cast, who: str) -> None:
    going = walk(cast, "served")
    page = cast.browser("member").post(at(going, "support/"), {"version": going.case.version, "person": who})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["person"])


def test_nobody_learns_by_asking_for_support_who_has_a_part_in_the_case(cast: Cast) -> None:
    cast.all()
    going = walk(cast, "told")
    browser = cast.browser("respondent")
    answers = []
    for login in ("member", "stranger"):
        typed = {"version": going.case.version, "person": cast.user(login).handle}
        answers.append(text_of(browser.post(at(going, "support/"), typed, follow=True)))
    assert answers[0] == answers[1]
    assert [seat.user for seat in going.case.seats.filter(support=True)] == [cast.user("stranger")]


def test_the_menu_is_the_same_whoever_is_concerned(cast: Cast) -> None:
    cast.all()
    going = walk(cast, "told")
    form = cast.browser("respondent").get(at(going, "support/")).context["form"]
    offered = {handle for handle, _name in form.fields["person"].choices if handle}
    members = {login for login, held in ROLES.items() if SiteRole.MEMBER in held and login != "respondent"}
    assert offered == {cast.user(login).handle for login in members}


# Leaving


def test_mediators_recuse_and_do_not_leave(cast: Cast) -> None:
    going = walk(cast, "served")
    address = at(going, "leave/")
    assert statuses(cast.browser("mediator"), address) == (403, 403)
    assert same_as_unknown(cast.browser("stranger"), address)
    assert cast.browser("member").delete(address).status_code == 405


def test_whoever_leaves_sees_the_case_no_more(cast: Cast) -> None:
    going = walk(cast, "served")
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"])
    friend = cast.browser("friend")
    assert friend.get(at(going, "leave/")).status_code == 200
    assert friend.post(at(going, "leave/"))["Location"] == "/"
    friend.get("/")
    assert same_as_unknown(friend, at(going))


def test_a_reporter_who_was_harmed_withdraws_instead(cast: Cast) -> None:
    going = walk(cast, "served")
    page = cast.browser("member").post(at(going, "leave/"))
    assert page.status_code == 409
    assert "To end this, withdraw the concern. Code 5.6" in text_of(page)


# Spaces


def test_a_space_is_answered_by_whom_it_is_offered_to(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    address = at(going, f"spaces/{offered(going).token}/")
    assert statuses(cast.browser("mediator"), address) == (403, 403)
    assert statuses(cast.browser("member"), address) == (404, 404)
    assert same_as_unknown(cast.browser("stranger"), address)
    assert cast.browser("respondent").delete(address).status_code == 405


@pytest.mark.parametrize("said", ["accepted", "declined"])
def test_to_accept_and_to_decline_are_answers(cast: Cast, said: str) -> None:
    going = walk(cast, "one_on_one")
    address = at(going, f"spaces/{offered(going).token}/")
    browser = cast.browser("respondent")
    page = text_of(browser.get(address))
    assert "Offered by The reporter What kind of space a video or phone call" in page
    assert browser.post(address, {"answer": said})["Location"] == at(going)
    assert Space.objects.get().answer == said


def test_an_answer_that_was_never_offered_is_none(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    address = at(going, f"spaces/{offered(going).token}/")
    assert cast.browser("respondent").post(address, {"answer": "perhaps"}).status_code == 422
    assert Space.objects.get().answer == ""


def test_a_second_answer_is_refused_with_the_reason(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    space = offered(going)
    one_on_one.answer(going.case, space, accepts=False, by=cast["respondent"])
    page = cast.browser("respondent").post(at(going, f"spaces/{space.token}/"), {"answer": "accepted"})
    assert page.status_code == 409
    assert "This offer has been answered already. Code 3.2" in text_of(page)
