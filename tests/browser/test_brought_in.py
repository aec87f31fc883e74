"""Who is brought into one case, told twice as in `test_stories.py`: by a link, or to be beside somebody."""

from __future__ import annotations

import pytest

from caracol.accounts import invitations
from grievances.actions import papers, take
from grievances.models import Purpose
from grievances.roles import Part
from grievances.workflow import Step
from tests.browser.conftest import Visitor
from tests.grievances.cast import DRAFT, PASSWORD, Cast, Walk, walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

ASKED = "Please tell us what you saw on the porch."


def link_for_a_witness(going: Walk) -> str:
    """Invite somebody without an account as a witness, and return the token of their link."""
    guest, mediator = invitations.new_guest(), going.cast["mediator"]
    invitation = papers.prepare(
        going.case, Purpose.INVITATION, {"text": ASKED}, by=mediator, person=guest, part=Part.WITNESS
    )
    going.agree_to_paper(invitation, "member")
    link = invitations.prepare_seat(guest)
    going.case = take(Step.INVITE, going.case, by=mediator, choices={"paper": invitation.token}, link=link).case
    return link.token


def test_a_witness_comes_in_by_a_link_and_says_what_they_saw(cast: Cast, at_site: Visitor) -> None:
    going = walk(cast, "distinguished")
    token = link_for_a_witness(going)
    with at_site() as witness:
        witness.open(f"/accounts/invitation/{token}/")
        witness.picture("guest-link")
        witness.press("Go on")
        witness.fill(login="robin", new=PASSWORD, again=PASSWORD)
        witness.press("Go on")
        witness.fill(login="robin", password=PASSWORD)
        witness.press("Log in")
        witness.open("/")
        witness.picture("guest-home")
        witness.follow("Open the case I was invited into")
        witness.follow(going.case.reference)
        witness.picture("witness-case")
        witness.follow("Your own room")
        assert ASKED in witness.reads()
        witness.fill(text="I stood by the gate and saw the cat run.")
        witness.press("Send")
        witness.picture("witness-room")
        assert "I stood by the gate and saw the cat run." in witness.reads()


def test_the_reporter_asks_a_friend_to_be_beside_them_and_to_read_with_them(cast: Cast, at_site: Visitor) -> None:
    going = walk(cast, "served")
    friend = cast.user("friend").handle
    with at_site("member") as member:
        member.open(f"/cases/{going.case.reference}/")
        member.follow("Have somebody beside me")
        assert not member.page.get_by_label("They may read").is_checked()
        member.fill(person=friend, reads="on")
        member.picture("support-ask")
        member.press("Ask them to my side")
        assert "they are beside you from now on" in member.reads()
    with at_site("friend") as beside:
        beside.open(f"/cases/{going.case.reference}/")
        beside.picture("support-case")
        beside.follow("The room of:")
        assert DRAFT["saw"] in beside.reads()
