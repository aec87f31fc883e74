from __future__ import annotations

import pytest

from caracol.ledger.chain import entries
from grievances import access
from grievances.actions import intake, retaliation
from grievances.actions import people as serving
from grievances.actions.retaliation import report
from grievances.actions.seats import invite_support
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Conflict, Entry, Notice, Retaliation, Route
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def seated(cast: Cast) -> Walk:
    going = walk(cast, "told")
    invite_support(going.case, cast.user("friend"), by=cast["member"])
    return going


@pytest.mark.parametrize("login", ["member", "respondent", "friend", "mediator"])
def test_anybody_with_a_seat_begins_a_concern_of_their_own(cast: Cast, login: str) -> None:
    going = seated(cast)
    begun = report(going.case, Route.HARMED, by=cast[login])
    assert [seat.user for seat in begun.seats.all()] == [cast.user(login)]
    assert (Retaliation.objects.get(case=begun).about, begun.stage) == (going.case, "draft")


@pytest.mark.parametrize("login", ["stranger", "mediator3", "intake", "secretary"])
def test_without_a_seat_nobody_does(cast: Cast, login: str) -> None:
    going = seated(cast)
    with pytest.raises(NotYours):
        report(going.case, Route.HARMED, by=cast[login])
    assert Retaliation.objects.count() == 0


def test_what_is_not_filed_yet_has_nothing_to_retaliate_for(cast: Cast) -> None:
    with pytest.raises(NotOpen):
        report(walk(cast, "begun").case, Route.HARMED, by=cast["member"])


def test_a_closed_case_can_be_followed_by_one(cast: Cast) -> None:
    going = walk(cast, "closed")
    assert report(going.case, Route.SAW, by=cast["respondent"]).route == Route.SAW


def test_nothing_is_copied_and_nobody_in_the_other_case_is_told(cast: Cast) -> None:
    going = seated(cast)
    words, notices = Entry.objects.count(), Notice.objects.count()
    before = len(entries(going.case.chain))
    begun = report(going.case, Route.HARMED, by=cast["member"])
    assert (Entry.objects.count(), Notice.objects.count()) == (words, notices)
    assert len(entries(going.case.chain)) == before
    assert [told.event for told in entries(begun.chain, Event.ABOUT_RETALIATION)] == [Event.ABOUT_RETALIATION]


def kept_out(case: Case) -> dict[str, str]:
    return {conflict.user.handle: conflict.source for conflict in Conflict.objects.filter(case=case)}


def test_whoever_must_not_serve_there_must_not_here(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    serving.say_who_must_not_serve(going.case, [cast.user("mediator4")], by=cast["member"])
    going.take(Step.FILE, "member")
    going.taken_in()
    going.served()
    going.distinguished()
    going.told()
    handles = {login: cast.user(login).handle for login in ("member", "respondent", "mediator4")}
    mine = kept_out(report(going.case, Route.HARMED, by=cast["member"]))
    theirs = kept_out(report(going.case, Route.HARMED, by=cast["respondent"]))
    assert mine[handles["mediator4"]] == "reporter"
    assert theirs == dict.fromkeys(handles.values(), "party")


def test_who_raised_it_and_who_serves_in_it_know_what_it_follows_and_nobody_else(cast: Cast) -> None:
    going = seated(cast)
    follow = Walk(cast, report(going.case, Route.HARMED, by=cast["respondent"]))
    serving.say_who_must_not_serve(follow.case, [], by=cast["respondent"])
    intake.save_draft(follow.case, {"saw": "A threat.", "danger": "no", "wish": "way"}, by=cast["respondent"])
    follow.take(Step.FILE, "respondent")
    follow.taken_in()
    told = {
        login: retaliation.about(Facts(follow.case, cast.user(login))) for login in ("respondent", "intake", "member")
    }
    assert told == {"respondent": going.case.reference, "intake": going.case.reference, "member": None}
    assert access.case_seen_by(cast.user("member"), follow.case.reference) is None
    # Somebody whom a conflict keeps from the other case learns no more than that there is one.
    Conflict.objects.create(case=going.case, user=cast.user("intake"), source="recused", since=follow.case.moved_at)
    assert retaliation.about(Facts(follow.case, cast.user("intake"))) == ""
