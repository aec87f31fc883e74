"""Somebody without an account is brought into one seat of one case, by a link that works once."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from caracol.accounts import invitations, keys, roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import Invitation, Kind, SiteRole, User
from caracol.accounts.roles import RoleRefused
from caracol.ledger.models import Entry as LedgerEntry
from grievances import access
from grievances.actions import clocks, papers
from grievances.attest import attested
from grievances.exceptions import NotOpen
from grievances.models import Case, Conflict, Paper, Purpose, Room
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import ACCOUNT, PASSWORD, Cast, Walk, walk
from tests.grievances.views.pages import at, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

OWN = "a wall climbs no snail"
CHOSEN = {"login": "robin", "new": OWN, "again": OWN}
TELL = f"{Step.TELL.value}/"


def laid(going: Walk, **answers: str) -> Paper:
    """Let a mediator prepare, on the page, what somebody without an account is to be told; the reporter agrees."""
    typed = {"version": 0, "person_told": "no-account", "known_as": "no-account", "text": ACCOUNT, **answers}
    answer = going.cast.browser("mediator").post(at(going, "papers/account/"), typed)
    assert answer.status_code == 302, answer.content.decode()
    paper = Paper.objects.get(purpose=Purpose.ACCOUNT)
    going.agree_to_paper(paper, "member")
    return paper


def link_shown(going: Walk, paper: Paper) -> str:
    """Let the mediator take the step on its page; return the token of the link it shows."""
    version = Case.objects.get(pk=going.case.pk).version
    page = going.cast.browser("mediator").post(at(going, TELL), {"version": version, "paper": paper.token})
    assert page.status_code == 200, page.content.decode()
    shown = re.findall(r"<code class=\"secret\">http://testserver/accounts/invitation/(.*)/</code>", text(page))
    assert len(shown) == 1
    return str(shown[0])


def text(page: object) -> str:
    return str(getattr(page, "content").decode())  # noqa: B009 - a streaming page has none


@pytest.fixture
def going(cast: Cast) -> Walk:
    return walk(cast, "distinguished")


@pytest.fixture
def paper(going: Walk) -> Paper:
    return laid(going)


@pytest.fixture
def token(going: Walk, paper: Paper) -> str:
    return link_shown(going, paper)


def accepted(token: str) -> Client:
    """The browser of the guest, who has used the link and logged in."""
    client = Client()
    assert client.post("/accounts/invitation/accept/", {"token": token, **CHOSEN}).status_code == 302
    assert client.post("/accounts/login/", {"login": "robin", "password": OWN}).status_code == 302
    return client


# Preparing


def test_inviting_asks_whether_the_person_has_an_account(going: Walk) -> None:
    typed = {"version": 0, "person_told": "no-account", "known_as": "", "text": ACCOUNT}
    page = going.cast.browser("mediator").post(at(going, "papers/account/"), typed)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["known_as"])
    assert not User.objects.filter(kind=Kind.SEAT).exists()


def test_the_question_is_for_guests_alone(going: Walk) -> None:
    member = going.cast.user("respondent").handle
    typed = {"version": 0, "person_told": member, "known_as": "no-account", "text": ACCOUNT}
    page = going.cast.browser("mediator").post(at(going, "papers/account/"), typed)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["known_as"])


def test_the_conflict_goes_to_both_accounts(going: Walk) -> None:
    known = going.cast.user("mediator3")
    paper = laid(going, known_as=known.handle)
    link_shown(going, paper)
    barred = set(Conflict.objects.filter(case=going.case).values_list("user_id", flat=True))
    assert {known.pk, paper.person_id} <= barred


def test_a_mediator_of_the_case_can_not_be_the_guest(going: Walk) -> None:
    with pytest.raises(NotOpen):
        papers.prepare(
            going.case,
            Purpose.ACCOUNT,
            {"text": ACCOUNT},
            by=going.cast["mediator"],
            person=invitations.new_guest(),
            part=Part.RESPONDENT,
            known_as=going.cast.user("mediator2"),
        )


def test_a_text_that_is_refused_leaves_no_account_behind(going: Walk) -> None:
    before = User.objects.count(), LedgerEntry.objects.filter(chain__startswith="person/").count()
    for known_as in ("mediator2", "mediator"):
        typed = {"version": 0, "person_told": "no-account", "text": ACCOUNT}
        typed["known_as"] = going.cast.user(known_as).handle
        assert going.cast.browser("mediator").post(at(going, "papers/account/"), typed).status_code == 409
    assert (User.objects.count(), LedgerEntry.objects.filter(chain__startswith="person/").count()) == before


def test_before_the_step_nobody_can_come_in(paper: Paper) -> None:
    assert paper.person is not None
    assert (paper.person.kind, Invitation.objects.count()) == (Kind.SEAT, 0)


def test_the_step_needs_a_link(going: Walk, paper: Paper) -> None:
    with pytest.raises(NotOpen):
        going.take(Step.TELL, "mediator", paper=paper.token)
    assert not going.case.seats.filter(user=paper.person).exists()


# The link


def test_the_seat_the_keys_and_the_text_are_there_from_the_start(going: Walk, paper: Paper, token: str) -> None:
    seat = going.case.seats.get(user=paper.person)
    room = Room.objects.get(case=going.case, kind=RoomKind.PARTY, seat=seat)
    assert (seat.respondent, room.entries.get().kind) == (True, "account")
    assert len(attested(going.case.chain).holders[room.token]) == 3


def test_the_guest_chooses_a_password_and_reads_what_they_are_told(going: Walk, token: str) -> None:
    guest = accepted(token)
    room = Room.objects.get(case=going.case, kind=RoomKind.PARTY, seat__respondent=True)
    assert ACCOUNT in text_of(guest.get(at(going, f"rooms/{room.token}/")))


def test_the_keys_stay_and_the_links_secret_opens_them_no_more(going: Walk, paper: Paper, token: str) -> None:
    assert paper.person is not None
    before = keys.public_keys([User.objects.get(pk=paper.person.pk)])
    accepted(token)
    guest = User.objects.get(pk=paper.person.pk)
    assert keys.public_keys([guest]) == before
    assert keys.unlock(guest, OWN).public == before[guest.pk]
    assert not guest.check_password(token)


def test_opening_the_link_uses_nothing_up(token: str) -> None:
    client = Client()
    assert {client.get(f"/accounts/invitation/{token}/").status_code for _ in range(5)} == {200}
    assert client.post("/accounts/invitation/open/", {"token": token}).status_code == 200
    accepted(token)


def test_a_link_used_twice_is_gone(token: str) -> None:
    accepted(token)
    again = {"token": token, **CHOSEN, "login": "thief"}
    assert Client().post("/accounts/invitation/accept/", again).status_code == 410


def test_nobody_logs_in_by_a_link_that_was_not_used(paper: Paper, token: str) -> None:
    assert paper.person is not None
    for login in (paper.person.handle, "robin"):
        assert Client().post("/accounts/login/", {"login": login, "password": token}).status_code == 200


def test_a_login_name_that_is_taken_uses_nothing_up(token: str) -> None:
    taken = {"token": token, **CHOSEN, "login": "member"}
    page = Client().post("/accounts/invitation/accept/", taken)
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["login"])
    accepted(token)


def test_after_seven_days_the_account_is_locked_and_the_seat_ends(going: Walk, paper: Paper, token: str) -> None:
    assert clocks.lapse_links() == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, seconds=1), tick=False):
        assert Client().post("/accounts/invitation/open/", {"token": token}).status_code == 410
        assert (clocks.lapse_links(), clocks.lapse_links()) == (1, 0)
    assert paper.person is not None
    guest = User.objects.get(pk=paper.person.pk)
    assert (guest.is_active, access.rooms_held_by(guest).count()) == (False, 0)
    assert going.case.seats.get(user=guest).left_at is not None


def test_a_guest_who_came_in_time_stays(token: str, paper: Paper) -> None:
    accepted(token)
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
        assert clocks.lapse_links() == 0
    assert paper.person is not None
    assert User.objects.get(pk=paper.person.pk).is_active


def test_a_link_is_for_a_guest_whom_nobody_is_yet(cast: Cast) -> None:
    member = cast.user("member")
    with pytest.raises(RoleRefused):
        invitations.open_seat(invitations.prepare_seat(member), by=cast.user("mediator"))
    assert keys.unlock(User.objects.get(pk=member.pk), PASSWORD).public == cast["member"].keys.public


# Limited to one seat


def test_a_guest_sees_this_case_and_no_other_page_of_cases(going: Walk, token: str) -> None:
    guest = accepted(token)
    assert guest.get(at(going)).status_code == 200
    assert guest.get("/raise/").status_code == 404
    assert guest.post("/raise/", {"route": "harmed"}).status_code == 404
    assert going.case.reference in guest.get("/concerns/").content.decode()
    assert guest.get("/accounts/members/").status_code == 404


def test_a_guest_of_one_case_finds_no_other(going: Walk, token: str) -> None:
    other = walk(going.cast, "filed")
    guest = accepted(token)
    assert guest.get(at(other)).status_code == 404
    assert other.case.reference not in guest.get("/concerns/").content.decode()


def test_a_guest_reads_neither_the_reporters_words_nor_a_list_of_members(going: Walk, token: str) -> None:
    guest = accepted(token)
    reporters = Room.objects.get(case=going.case, kind=RoomKind.PARTY, seat__reporter=True)
    assert guest.get(at(going, f"rooms/{reporters.token}/")).status_code == 404
    assert "person" not in guest.get(at(going, "support/")).context["form"].fields


def test_a_guest_is_given_no_role_and_is_on_no_list(paper: Paper, token: str, going: Walk) -> None:
    assert paper.person is not None
    for role in SiteRole:
        with pytest.raises(RoleRefused):
            roles.give(role, to=paper.person, by=None)
    listed = going.cast.browser("secretary").get("/accounts/members/").content.decode()
    assert paper.person.handle not in listed


def test_a_guest_takes_part_as_anybody_does(going: Walk, paper: Paper, token: str) -> None:
    assert paper.person is not None
    accepted(token)
    guest = User.objects.get(pk=paper.person.pk)
    going.cast.actors["respondent"] = Actor(guest, keys.unlock(guest, OWN))
    going.one_on_one()
    going.mediation()
    going.amends()
    assert going.case.stage == "amends"


def test_a_witness_without_an_account_is_invited_the_same_way(going: Walk) -> None:
    typed = {
        "version": 0,
        "person_invited": "no-account",
        "known_as": "no-account",
        "invited_as": "witness",
        "text": "Please tell us what you saw.",
    }
    mediator = going.cast.browser("mediator")
    assert mediator.post(at(going, "papers/invitation/"), typed).status_code == 302
    paper = Paper.objects.get(purpose=Purpose.INVITATION)
    going.agree_to_paper(paper, "member")
    page = mediator.post(at(going, f"{Step.INVITE.value}/"), {"version": going.case.version, "paper": paper.token})
    assert "/accounts/invitation/" in text(page)
    assert going.case.seats.get(user=paper.person).witness
