"""Who covers for a mediator who is away, who is told of dates then, and who sees of it."""

from __future__ import annotations

import datetime as dt

import pytest

from grievances import free_and_busy
from grievances.actions import clocks, cover
from grievances.covering import covers
from grievances.deadlines import today
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Clock, Notice
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.views.pages import at, same_as_unknown, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def away(cast: Cast, login: str, *, first: int = 0, last: int = 7) -> None:
    """Let somebody say that they are away from so many days from now, until so many."""
    days = {"away_from": today() + dt.timedelta(days=first), "away_until": today() + dt.timedelta(days=last)}
    free_and_busy.say(cast.user(login), busy=False, **days)


def covered(going: Walk) -> dict[str, str]:
    """Return who covers for whom, by login."""
    logins = {actor.user.pk: login for login, actor in going.cast.actors.items()}
    found = covers(Facts(going.case, None).mediators)
    seats = {seat.pk: seat for seat in going.case.seats.all()}
    return {logins[seats[pk].user_id]: logins[by.user_id] if by else "nobody" for pk, by in found.items()}


def told_of_what_is_late(going: Walk) -> set[str]:
    Clock.objects.filter(case=going.case).update(due_on=today() - dt.timedelta(days=1))
    clocks.tell_of_late_dates()
    ids = set(Notice.objects.filter(event=Event.CLOCK_LATE).values_list("user_id", flat=True))
    return {login for login, actor in going.cast.actors.items() if actor.user.pk in ids}


def test_the_other_mediator_covers_by_default(cast: Cast) -> None:
    going = walk(cast, "served")
    assert covered(going) == {}
    away(cast, "mediator")
    assert covered(going) == {"mediator": "mediator2"}


def test_who_is_away_in_the_same_days_covers_for_nobody(cast: Cast) -> None:
    going = walk(cast, "served")
    away(cast, "mediator")
    away(cast, "mediator2", first=5, last=9)
    assert covered(going) == {"mediator": "nobody", "mediator2": "nobody"}
    away(cast, "mediator2", first=8, last=9)
    assert covered(going) == {"mediator": "mediator2", "mediator2": "mediator"}


def test_nobody_covers_for_who_mediates_alone(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.RECUSE, "mediator2")
    away(cast, "mediator")
    assert covered(going) == {"mediator": "nobody"}


def three(cast: Cast) -> Walk:
    """A case with three mediators: one came for the decision that was contested."""
    going = walk(cast, "distinguished")
    going.take(Step.CONTEST, "member", {"text": "I see it otherwise."})
    going.take(Step.ASK, "member", who=cast.user("mediator3").handle)
    going.take(Step.ACCEPT, "mediator3")
    return going


def test_of_several_whom_one_names_covers_and_is_told(cast: Cast) -> None:
    going = three(cast)
    away(cast, "mediator")
    assert covered(going) == {"mediator": "mediator2"}
    cover.name(going.case, going.seat_token("mediator3"), by=cast["mediator"])
    assert covered(going) == {"mediator": "mediator3"}
    assert Notice.objects.get(event=Event.COVER_NAMED).user == cast.user("mediator3")
    going.take(Step.RECUSE, "mediator3")
    assert covered(going) == {"mediator": "mediator2"}


@pytest.mark.parametrize("login", ["member", "intake", "stranger"])
def test_only_a_mediator_of_the_case_names_somebody(login: str, cast: Cast) -> None:
    going = walk(cast, "served")
    with pytest.raises(NotYours):
        cover.name(going.case, going.seat_token("mediator2"), by=cast[login])


@pytest.mark.parametrize("who", ["mediator", "member"])
def test_nobody_names_themselves_or_a_party(who: str, cast: Cast) -> None:
    going = walk(cast, "served")
    with pytest.raises(NotOpen):
        cover.name(going.case, going.seat_token(who), by=cast["mediator"])


def test_while_a_mediator_is_away_who_covers_is_told_of_dates_in_their_place(cast: Cast) -> None:
    going = walk(cast, "served")
    away(cast, "mediator")
    assert told_of_what_is_late(going) == {"member", "mediator2"}


def test_who_is_not_away_yet_or_whom_nobody_covers_is_told_as_ever(cast: Cast) -> None:
    going = walk(cast, "served")
    away(cast, "mediator", first=1)
    away(cast, "mediator2", first=0, last=1)
    assert told_of_what_is_late(going) == {"member", "mediator", "mediator2"}


def test_the_page_says_who_covers_and_lets_one_name_another(cast: Cast) -> None:
    going = three(cast)
    away(cast, "mediator")
    browser = cast.browser("mediator")
    assert "Server mediator2 covers." in text_of(browser.get(at(going, "cover/")))
    sent = {"who": going.seat_token("mediator3")}
    assert browser.post(at(going, "cover/"), sent)["Location"] == at(going)
    assert "Server mediator3 covers." in text_of(browser.get(at(going, "cover/")))
    assert browser.post(at(going, "cover/"), {"who": "nobody"}).status_code == 422


def test_who_mediates_alone_reads_that_nobody_covers_and_what_to_do(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.RECUSE, "mediator2")
    page = text_of(cast.browser("mediator").get(at(going, "cover/")))
    assert all(said in page for said in ("Nobody covers here", "Ask somebody to serve", "Leave a hand-over note"))


def test_those_in_the_case_read_who_covers_and_nobody_else_does(cast: Cast) -> None:
    going = walk(cast, "served")
    away(cast, "mediator")
    for login in ("member", "mediator2"):
        assert "Server mediator2 covers" in text_of(cast.browser(login).get(at(going)))
    assert same_as_unknown(cast.browser("stranger"), at(going, "cover/"))
    ask = text_of(cast.browser("member").get(at(walk(cast, "taken_in"), f"{Step.ASK}/")))
    assert ("away from" in ask, "covers" in ask) == (True, False)
