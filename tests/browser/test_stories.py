"""
What each person does, on a narrow telephone: the state is walked in Python, the part shown by hand.

Each story is told twice: with the keyboard alone, and without JavaScript. The whole way, without JavaScript, goes in
`test_the_way.py`.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils import timezone

from grievances.actions import papers
from grievances.models import AmendsItem, Case, Purpose, RoomGrant
from grievances.roles import Part
from grievances.workflow import Stage, Step
from tests.browser.conftest import Visitor
from tests.browser.people import Visit
from tests.grievances.cast import PASSWORD, Cast, walk
from tests.grievances.kit import HOLDERS, lose_all_keys, stewards
from tests.grievances.statistics.made import FIRST
from tests.grievances.statistics.test_releases import released

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]


def test_somebody_without_a_name_comes_back_with_their_receipt(cast: Cast, at_site: Visitor) -> None:
    with at_site() as first:
        first.open("/")
        first.picture("visitor-home")
        first.open("/accounts/receipt/")
        first.picture("receipt")
        first.press("Make my receipt")
        receipt = first.page.locator("code.secret").inner_text()
    for _time in range(2):
        with at_site() as back:
            back.open("/accounts/login/")
            back.fill(login=receipt)
            back.press("Log in")
            assert back.page.get_by_role("link", name="See my concerns").is_visible()
            back.open("/raise/")
            assert back.page.get_by_role("radio", name="I was harmed").is_visible()


def test_two_mediators_accept_and_one_steps_back(cast: Cast, at_site: Visitor) -> None:
    going = walk(cast, "taken_in")
    for login, button in [("mediator", "I can serve"), ("mediator2", "I step back"), ("mediator3", "I can serve")]:
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
        with at_site(login) as asked:
            asked.open("/")
            asked.picture("mediator-home")
            asked.open(f"/asked/{going.case.reference}/")
            asked.follow("See the people named")
            asked.follow("See who raised it")
            asked.picture("mediator-asked")
            asked.press(button)
        going.case.refresh_from_db()
    mediators = going.case.seats.filter(mediator=True, left_at=None)
    assert {seat.user for seat in mediators} == {cast.user("mediator"), cast.user("mediator3")}


def test_a_mediator_recuses_by_one_press(cast: Cast, at_site: Visitor) -> None:
    going = walk(cast, "served")
    with at_site("mediator2") as mediator:
        mediator.open(f"/cases/{going.case.reference}/")
        mediator.picture("mediator-case")
        mediator.press("Step back from serving")
        assert not RoomGrant.objects.filter(user=cast.user("mediator2"), content_object__case=going.case).exists()
        answer = mediator.page.goto(f"{mediator.site}/cases/{going.case.reference}/")
    assert answer is not None
    assert answer.status == 404


def test_the_person_named_reads_what_they_are_told_and_answers(cast: Cast, at_site: Visitor) -> None:
    going = walk(cast, "told")
    with at_site("respondent") as named:
        named.open(f"/cases/{going.case.reference}/")
        named.picture("named-case")
        named.follow("Read it, and answer")
        named.fill(text="I did not see how it looked from there.")
        named.press("Send")
        named.picture("named-room")
        assert "I did not see how it looked from there." in named.reads()


def test_both_sides_affirm_the_agreement(cast: Cast, at_site: Visitor) -> None:
    going = walk(cast, "mediation")
    due_on = (timezone.localdate() + dt.timedelta(days=7)).isoformat()
    promise = {"owner": going.seat_token("respondent"), "facet": "apology", "due_on": due_on, "words": "Say sorry."}
    words = {"text": "We agree.", "amends": json.dumps([promise])}
    papers.prepare(going.case, Purpose.AGREEMENT, words, by=cast["mediator"])
    for login in ("member", "respondent"):
        with at_site(login) as side:
            side.open(f"/cases/{going.case.reference}/")
            assert "Say sorry" in side.reads()
            side.picture("agreement", "#waiting")
            side.press("I agree")
    going.case.refresh_from_db()
    going.take(Step.AGREE, "mediator")
    assert going.case.stage == Stage.AMENDS


def test_a_mediator_checks_in_on_the_amends(cast: Cast, at_site: Visitor) -> None:
    going = walk(cast, "amends")
    with at_site("mediator") as mediator:
        mediator.open(f"/cases/{going.case.reference}/")
        mediator.follow("Check in on amends")
        mediator.fill(item="1", state="kept")
        mediator.press("Check in on amends")
        mediator.open(f"/cases/{going.case.reference}/")
        assert "Close with amends complete" in mediator.reads()
    assert [item.state for item in going.case.amends.all()] == [AmendsItem.State.KEPT]


def test_steering_reads_a_release_and_no_case(cast: Cast, at_site: Visitor) -> None:
    walk(cast, "filed")
    released(FIRST)
    with at_site("steering") as steering:
        steering.open("/")
        assert "As such you see no case here" in steering.reads()
        steering.picture("steering-home")
        steering.follow("Read the statistics")
        steering.follow("2024")
        steering.picture("steering-release")
        assert "At least" in steering.reads()


def test_the_secretary_invites_somebody_who_joins(cast: Cast, at_site: Visitor) -> None:
    with at_site("secretary") as secretary:
        secretary.open("/accounts/members/invite/")
        secretary.fill(name="Ximena Newcomer", email="ximena@example.org")
        secretary.picture("secretary-invite")
        secretary.press("Make the link")
        link = secretary.page.locator("code.secret").inner_text()
    with at_site() as new:
        new.page.goto(link)
        new.press("Go on")
        new.fill(login="ximena", new=PASSWORD, again=PASSWORD)
        new.picture("join")
        new.press("Go on")
        new.fill(login="ximena", password=PASSWORD)
        new.press("Log in")
        assert new.page.get_by_role("button", name="Log out").is_visible()


def test_two_stewards_hold_the_recovery_ceremony(cast: Cast, at_site: Visitor) -> None:
    kept = stewards(cast)
    going = walk(cast, "taken_in")
    cast["mediator"]
    lose_all_keys(going)
    with at_site("member") as member:
        member.open(f"/cases/{going.case.reference}/recovery/")
        member.fill(mediators=cast.user("mediator").handle)
        member.press("Ask, and show me the code")
        code = member.page.locator("main code").inner_text()
    with at_site("steering") as steering:
        steering.open("/recovery/")
        steering.picture("steering-recovery")
        steering.fill(code=code)
        for number, (login, share) in enumerate(zip(HOLDERS[:2], kept.shares(), strict=True), start=1):
            steering.fill(**{f"login_{number}": login, f"password_{number}": PASSWORD, f"share_{number}": share})
        steering.press("Carry it out")
        assert "The people named in the request have been asked." in steering.reads()
    assert going.case.offers.filter(user=cast.user("mediator"), part=Part.MEDIATOR).count() == 1


def test_a_page_that_locked_itself_over_a_half_written_message_loses_no_word(cast: Cast, at_site: Visitor) -> None:
    going = walk(cast, "taken_in")
    with at_site("member") as member:
        member.open(f"/cases/{going.case.reference}/")
        member.picture("reporter-case")
        member.follow("Your own room")
        member.fill(text="It took me an hour to write this.")
        locked(member)
        member.press("Send", status=403)
        assert "locked itself" in member.reads()
        member.picture("locked")
        member.fill(**{"unlock-password": PASSWORD})
        member.press("Go on")
        assert "It took me an hour to write this." in member.reads()


def locked(visitor: Visit) -> None:
    """Let the page lock itself, as after a time away: the key to what the session keeps is gone from the browser."""
    context = visitor.page.context
    kept = [cookie for cookie in context.cookies() if "unlock" not in cookie["name"]]
    assert len(kept) == len(context.cookies()) - 1
    context.clear_cookies()
    context.add_cookies(kept)  # type: ignore[arg-type]


def test_a_concern_is_raised_one_question_after_the_other_and_filed(cast: Cast, at_site: Visitor) -> None:
    for server in ("intake", "mediator", "mediator2"):
        cast[server]
    with at_site("member") as member:
        member.open("/raise/")
        member.picture("reporter-raise")
        member.fill(route="harmed")
        member.press("Begin a draft")
        member.picture("reporter-conflicts")
        member.fill(nobody="on")
        member.press("Keep")
        reference = member.path.split("/")[2]
        answered(member, "q02", saw="They laughed at my banner.")
        answered(member, "q05", danger="no")
        answered(member, "q06", wish="way")
        member.open(f"/cases/{reference}/draft/")
        member.press("Check and file")
        assert "They laughed at my banner." in member.reads()
        member.press("File the concern")
        assert Case.objects.get(reference=reference).stage == Stage.INTAKE
        assert "You are here" in member.reads()


def answered(visitor: Visit, question: str, **answers: str) -> None:
    """Answer one question of the draft that this visitor is at."""
    visitor.open(f"/cases/{visitor.path.split('/')[2]}/draft/questions/{question}/")
    if question == "q02":
        visitor.picture("reporter-question")
    visitor.fill(**answers)
    visitor.press("Save and continue")
    assert question not in visitor.path
