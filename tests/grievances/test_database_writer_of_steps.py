"""
Somebody who writes to the database takes no step early by it, and comes in by no link made for another.

Each writes what a thief would; what the ledger says of the case, the link or the opening is what counts.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from caracol.accounts import invitations
from caracol.accounts.invitations import Gone
from caracol.accounts.models import Invitation
from caracol.ledger.chain import entries
from grievances import finding
from grievances.actions import confirm, papers, seats, take
from grievances.attest import attested
from grievances.events import Event
from grievances.exceptions import Unverified
from grievances.facts import Facts
from grievances.models import Case, CaseGrant, Consent, Opening, Paper, Pseudonym, Purpose, RoomGrant, Seat
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import ACCOUNT, PASSWORD, Cast, Walk, walk
from tests.grievances.moves import WAITS, room
from tests.grievances.views.pages import at

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

CLOSED = {"stage": "closed", "outcome": "withdrawn", "closed_at": timezone.now()}
OPEN_AGAIN = {"outcome": "", "closed_at": None}


def written(going: Walk, **columns: object) -> Case:
    """Write into the row of a case; return it as it says now."""
    Case.objects.filter(pk=going.case.pk).update(**columns)
    return Case.objects.get(pk=going.case.pk)


# --- case ---


@pytest.mark.parametrize(
    ("until", "columns", "step", "login"),
    [
        # To National past the mediation of 4.2, or out of its turn.
        ("distinguished", {"actioned_how": "held"}, Step.REFER, "mediator"),
        ("distinguished", {"stage": "mediation", "actioned_how": "held"}, Step.REFER, "mediator"),
        ("told", {"stage": "amends"}, Step.COMPLETE_AMENDS, "mediator"),
        ("told", {"one_on_one": "held"}, Step.BEGIN_MEDIATION, "mediator"),
        ("served", {"nature": "political"}, Step.REDIRECT, "mediator"),
        ("closed", {"stage": "intake", **OPEN_AGAIN}, Step.ASK, "member"),
        ("told", CLOSED, Step.REOPEN, "member"),
        ("filed", {"wish": "record"}, Step.CLOSE_RECORDED, "mediator"),
        ("filed", {"stage": "draft"}, Step.FILE, "member"),
        ("begun", {"stage": "intake", "filed_at": timezone.now()}, Step.WITHDRAW, "member"),
        # A step of which the version tells that it was taken was not.
        ("served", {"version": 9}, Step.WITHDRAW, "member"),
    ],
)
def test_a_case_whose_row_was_written_moves_by_no_step(
    until: str, columns: dict[str, object], step: Step, login: str, cast: Cast
) -> None:
    going = walk(cast, until)
    before = written(going, **columns)
    with pytest.raises(Unverified):
        take(step, before, by=cast[login], choices={"paper": ""}, words=WAITS)
    assert Case.objects.get(pk=going.case.pk) == before
    assert attested(going.case.chain).left_as == attested(before.chain).left_as


def test_a_case_that_nobody_wrote_into_moves(cast: Cast) -> None:
    going = walk(cast, "national")
    attested(going.case.chain).check_case(going.case)
    going.closed()
    attested(going.case.chain).check_case(going.case)


def test_a_second_mediator_confirms_nothing_in_a_case_that_was_written_into(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "It is not ours."})
    waiting = going.case.proposals.select_related("case", "proposed_by").get(ended_at=None)
    written(going, nature="interpersonal")
    with pytest.raises(Unverified):
        confirm(waiting, by=cast["mediator2"])


def test_nothing_is_done_beside_the_way_either_in_a_closed_case_that_was_written_open(cast: Cast) -> None:
    going = walk(cast, "closed")
    case = written(going, stage="intake", **OPEN_AGAIN)
    with pytest.raises(Unverified):
        seats.invite_support(case, cast.user("friend"), by=cast["member"])
    with pytest.raises(Unverified):
        papers.prepare(case, Purpose.PACKET, {"text": "The packet."}, by=cast["mediator"])
    assert not Seat.objects.filter(user=cast.user("friend")).exists()


def test_a_seat_row_in_a_case_written_back_to_its_draft_does_nothing(cast: Cast) -> None:
    going = walk(cast, "told")
    thief, theirs = cast.user("stranger"), CaseGrant.objects.get(user=cast.user("member"))
    seat = Seat.objects.create(case=going.case, user=thief, witness=True, taken_at=timezone.now())
    CaseGrant.objects.create(
        user=thief, content_object=going.case, permission=theirs.permission, last_activity_at=theirs.last_activity_at
    )
    case = written(going, stage="draft")
    with pytest.raises(Unverified):
        seats.leave(case, by=cast["stranger"])
    seat.refresh_from_db()
    assert seat.left_at is None


def test_one_mediator_suffices_by_the_reporter_s_word_and_not_by_a_row(cast: Cast) -> None:
    going = walk(cast, "served")
    case = written(going, one_mediator_agreed=True)
    assert take(Step.CLOSE_OUT_OF_SCOPE, case, by=cast["mediator"], words={"text": "Abroad."}).waits
    assert Case.objects.get(pk=case.pk).is_open


def test_a_yes_from_before_a_closing_does_not_stand_again_for_its_row(cast: Cast) -> None:
    going = walk(cast, "told")
    going.agree(Consent.To.ONE_ON_ONE, "member")
    given = Consent.objects.get(to=Consent.To.ONE_ON_ONE)
    going.take(Step.WITHDRAW, "member")
    going.take(Step.REOPEN, "member")
    Consent.objects.filter(pk=given.pk).update(withdrawn_at=None)
    assert [each.to for each in Facts(going.case, cast.user("member")).consents] == []


def test_an_account_is_closed_whatever_was_written_into_its_case(cast: Cast) -> None:
    going = walk(cast, "told")
    written(going, stage="amends")
    seats.withdraw_everything(None, cast.user("mediator"))
    assert not RoomGrant.objects.filter(user=cast.user("mediator")).exists()


# --- invitation ---


@pytest.fixture
def link(cast: Cast) -> str:
    """A link, as the mediator's page shows it, into the seat of somebody without an account."""
    going = walk(cast, "distinguished")
    typed = {"version": 0, "person_told": "no-account", "known_as": "no-account", "text": ACCOUNT}
    browser = cast.browser("mediator")
    browser.post(at(going, "papers/account/"), typed)
    paper = Paper.objects.get(purpose=Purpose.ACCOUNT)
    going.agree_to_paper(paper, "member")
    page = browser.post(at(going, f"{Step.TELL.value}/"), {"version": going.case.version, "paper": paper.token})
    return str(re.findall(r"/accounts/invitation/(.*)/</code>", page.content.decode())[0])


def come_in(token: str) -> int:
    chosen = {"token": token, "login": "robin", "new": PASSWORD + " too", "again": PASSWORD + " too"}
    return Client().post("/accounts/invitation/accept/", chosen).status_code


def test_the_one_it_was_made_for_comes_in_by_a_link(link: str) -> None:
    assert come_in(link) == 302


@pytest.mark.parametrize("swapped", ["the person", "its secret", "its maker", "brought back"])
def test_a_link_whose_row_was_written_lets_nobody_in(swapped: str, link: str, cast: Cast) -> None:
    row = Invitation.objects.select_related("user").get()
    mine = invitations.new_token()
    if swapped == "the person":
        Invitation.objects.update(user=cast.user("stranger"))
    elif swapped == "its secret":
        # As somebody would who had a link made, and knows the hash of its secret.
        theirs = invitations.keep(mine, by=cast.user("member")).invitation
        theirs.delete()
        Invitation.objects.filter(pk=row.pk).update(token_tag=theirs.token_tag)
    elif swapped == "its maker":
        Invitation.objects.update(made_by=cast.user("member"))
    else:
        come_in(link)
        row.save(force_insert=True)
    token = mine if swapped == "its secret" else link
    assert invitations.waiting(token) is None
    assert come_in(token) == 410
    with pytest.raises(Gone):
        invitations.accept(Invitation.objects.get(), token=token, login="thief", password=PASSWORD)


def test_a_member_invited_anew_a_second_time_has_no_use_for_the_first_link(cast: Cast) -> None:
    secretary, member = cast.user("secretary"), cast.user("member")
    first = invitations.invite_anew(member, by=secretary)
    second = invitations.invite_anew(member, by=secretary)
    second.invitation.delete()
    first.invitation.save(force_insert=True)
    assert invitations.waiting(first.token) is None


def test_a_link_lives_no_longer_for_its_row(cast: Cast) -> None:
    link = invitations.invite_anew(cast.user("member"), by=cast.user("secretary"))
    Invitation.objects.update(expires_at=timezone.now() + 30 * invitations.GOOD_FOR)
    with time_machine.travel(timezone.now() + invitations.GOOD_FOR - dt.timedelta(minutes=1), tick=False):
        assert invitations.waiting(link.token) == link.invitation
    with time_machine.travel(timezone.now() + invitations.GOOD_FOR + dt.timedelta(minutes=1), tick=False):
        assert invitations.waiting(link.token) is None


# --- opening ---


def marks(going: Walk, login: str) -> list[str]:
    """Return the rooms that the ledger says somebody opened."""
    who = Pseudonym.of(going.case.chain, going.cast.user(login))
    return [str(told.details["room"]) for told in entries(going.case.chain, Event.ROOM_OPENED) if told.actor == who]


@pytest.mark.usefixtures("within_an_hour")
def test_marks_hide_nothing_that_was_opened_by_looking_for_words(cast: Cast) -> None:
    going = walk(cast, "told")
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    for door in going.case.rooms.filter(destroyed_at=None):
        Opening.objects.create(room=door, user=cast.user("mediator"), hour=hour)
    finding.find("cat", by=cast["mediator"])
    assert room(going.case, RoomKind.PARTY, cast.user("member")).token in marks(going, "mediator")


@pytest.mark.usefixtures("within_an_hour")
def test_a_mark_taken_away_has_the_opening_told_again(cast: Cast) -> None:
    going = walk(cast, "told")
    finding.find("cat", by=cast["mediator"])
    before = marks(going, "mediator")
    Opening.objects.all().delete()
    finding.find("cat", by=cast["mediator"])
    assert (set(marks(going, "mediator")), bool(before)) == (set(before), True)
