"""
A world in which somebody sits in every seat, and every address leads to something that could leak.

The table is about one case. Beside it stand a second one, raised with a receipt against a guest who was let in by a
link, and a concern that is still being written.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from caracol.accounts import invitations, keys, receipts, roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import SiteRole, User
from caracol.accounts.receipts import Receipt
from grievances.actions import intake, papers, rooms, take
from grievances.actions import people as serving
from grievances.actions.conversations import keep
from grievances.actions.releases import prepare_due
from grievances.actions.seats import invite_support
from grievances.deadlines import today
from grievances.models import (
    AgendaItem,
    Case,
    Consent,
    EntryKind,
    Invited,
    MediationSession,
    Paper,
    PlannedSession,
    Purpose,
    Route,
    Seat,
    Space,
)
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.sealing import write
from grievances.workflow import Step
from tests.grievances.cast import DRAFT, PASSWORD, Cast, Walk
from tests.grievances.evidence import handed_in
from tests.grievances.packets import packed
from tests.grievances.remembered import once
from tests.grievances.statistics.made import FIRST, SECOND, USUAL, store
from tests.grievances.statistics.test_releases import released

# The columns of the table: a seat in the case, or a reason to be kept out of it.
VISITORS = (
    "visitor",  # not logged in
    "reporter",  # saw the harm, and is not the person harmed
    "harmed",
    "respondent",
    "witness",
    "support",
    "mediator",
    "intake",  # took the concern in; two mediators have not accepted yet
    "asked",  # a mediator who was asked, and has not answered
    "former",  # a mediator who served, and stepped back
    "recused",  # a mediator who was asked, and stepped back
    "conflicted",  # a mediator the reporter does not want
    "unasked",  # a mediator who serves in another case
    "stranger",  # any other member
    "steering",
    "secretary",
    "superuser",
    "guest",  # somebody let into a seat of the other case, by a link
    # In the other case, with its own addresses:
    "receipt",  # its reporter, known by a receipt alone
    "seated",  # the same guest, who is its respondent
)
LOGINS = {
    "reporter": "member",
    "support": "friend",
    "asked": "mediator2",
    "former": "mediator6",
    "recused": "mediator3",
    "conflicted": "mediator4",
    "unasked": "mediator5",
    "superuser": "admin",
    "seated": "guest",
}
IN_THE_OTHER_CASE = frozenset({"receipt", "seated"})


@dataclass
class World:
    """The cases, and who carries them."""

    cast: Cast
    main: Walk
    other: Walk
    begun: Case
    receipt: Receipt
    link: str

    def case_of(self, visitor: str) -> Case:
        """Return the case that a visitor's column is about."""
        return (self.other if visitor in IN_THE_OTHER_CASE else self.main).case

    def browser_of(self, visitor: str) -> Client:
        """Return a browser in which this visitor has logged in by the page itself."""
        if visitor == "visitor":
            return Client()
        if visitor != "receipt":
            return self.cast.browser(LOGINS.get(visitor, visitor))
        client = Client()
        assert client.post("/accounts/login/", {"login": self.receipt.shown, "password": ""}).status_code == 302
        return client


def the_world(cast: Cast) -> World:
    """Walk both cases, the usual way, to where most of their addresses lead somewhere."""
    return once("the world", cast, lambda: _made(cast))


def _made(cast: Cast) -> World:
    cast.all()
    roles.give(SiteRole.MEDIATOR, to=cast.user("mediator6"), by=cast.user("secretary"), second=cast.user("mediator"))
    admin = cast.user("admin")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    main = _main(cast)
    receipt, other = _other(cast)
    begun = Walk.begin(cast)
    intake.save_draft(begun.case, DRAFT, by=cast["member"])
    talk, comes_back = {"whom": "Robin", "about": "A joke.", "went": "talked"}, today() + dt.timedelta(days=30)
    keep(talk, by=cast["member"], let_read=cast.user("friend"), follow_up_on=comes_back)
    _numbers()
    _carried_to_a_meeting(cast)
    link = invitations.invite("Robin Newcomer", "newcomer@example.org", by=cast.user("secretary"))
    return World(cast, main, other, begun.case, receipt, link.token)


def _main(cast: Cast) -> Walk:
    going = Walk.begin(cast, Route.SAW)
    serving.say_who_must_not_serve(going.case, [cast.user("mediator4")], by=cast["member"])
    intake.save_draft(going.case, DRAFT, by=cast["member"])
    going.take(Step.FILE, "member")
    going.taken_in()
    _served(going)
    going.distinguished()
    _invited(going, "harmed", Part.HARMED, "member")
    going.agree(Consent.To.GO_ON, "harmed")
    for login in ("witness", "lost"):
        _invited(going, login, Part.WITNESS, "member", "harmed")
    _told(going, cast.user("respondent"), "member", "harmed")
    invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    _carried(going, "member", "harmed", offered_by="harmed", mediator="mediator")
    comes_back_with_new_keys(cast, "lost")
    return going


def _other(cast: Cast) -> tuple[Receipt, Walk]:
    """A receipt's case, which no other column has a part in but the mediator who serves in it and intake."""
    receipt = receipts.issue()
    reporter = Actor(receipt.user, keys.unlock(receipt.user, receipt.secret))
    going = Walk.begin(Cast({**cast.actors, "member": reporter, "mediator": cast["mediator5"]}))
    going.filed()
    going.taken_in()
    going.take(Step.ASK, "intake", who=cast.user("mediator5").handle)
    going.take(Step.ACCEPT, "mediator")
    going.distinguished()
    guest = invitations.new_guest()
    _told(going, guest, "member")
    cast.actors["guest"] = going.cast.actors["guest"] = Actor(guest, keys.unlock(guest, PASSWORD))
    _carried(going, "member", offered_by="member", mediator="mediator")
    return receipt, going


def _carried_to_a_meeting(cast: Cast) -> None:
    """A text that the mediator carries to a meeting."""
    room = rooms.build(None, RoomKind.AGENDA, to=[cast.user("mediator")])
    write(room, EntryKind.AGENDA, {"text": "Whether porches are for all."}, by=cast["mediator"])
    AgendaItem.objects.create(room=room, meeting_on=dt.date(2031, 1, 1))


def _numbers() -> None:
    """One release that is frozen, and one that waits to be approved."""
    released(FIRST)
    store(SECOND, USUAL)
    prepare_due()


def _served(going: Walk) -> None:
    for login in ("mediator6", "mediator3", "mediator", "mediator2"):
        going.take(Step.ASK, "intake", who=going.cast.user(login).handle)
        if login in {"mediator6", "mediator"}:
            going.take(Step.ACCEPT, login)
        if login in {"mediator6", "mediator3"}:
            going.take(Step.RECUSE, login)


def _invited(going: Walk, login: str, part: Part, *harm_side: str) -> None:
    words = {"text": "Please tell us what you saw."}
    mediator, person = going.cast["mediator"], going.cast.user(login)
    invitation = papers.prepare(going.case, Purpose.INVITATION, words, by=mediator, person=person, part=part)
    going.agree_to_paper(invitation, *harm_side)
    going.take(Step.INVITE, "mediator", paper=invitation.token)


def _told(going: Walk, person: User, *harm_side: str) -> None:
    account = papers.prepare(
        going.case,
        Purpose.ACCOUNT,
        {"text": "You chased the cat off the porch."},
        by=going.cast["mediator"],
        person=person,
        part=Part.RESPONDENT,
    )
    going.agree_to_paper(account, *harm_side)
    link = invitations.prepare_seat(person) if person.is_guest else None
    by, choices = going.cast["mediator"], {"paper": account.token}
    going.case = take(Step.TELL, going.case, by=by, choices=choices, link=link).case
    if link:
        invitations.accept(person.invitation, token=link.token, login="guest", password=PASSWORD)
        person.refresh_from_db()


def _carried(going: Walk, *harm_side: str, offered_by: str, mediator: str) -> None:
    """Go on to a one-on-one, with something waiting at each address: a file, a space, a text, a second yes."""
    handed_in(going)
    going.agree(Consent.To.ONE_ON_ONE, *harm_side)
    going.take(Step.BEGIN_ONE_ON_ONE, mediator)
    respondent = Seat.objects.get(case=going.case, respondent=True)
    going.take(Step.OFFER_SPACE, offered_by, to=respondent.token, channel="call", meets_at="")
    _session_with(respondent)
    by, before = going.cast[mediator].user, timezone.now()
    Paper.objects.create(case=going.case, purpose=Purpose.PACKET, prepared_by=by, prepared_at=before, used_at=before)
    papers.prepare(going.case, Purpose.PACKET, packed(), by=going.cast[mediator])
    going.take(Step.CLOSE_NO_CONTACT, mediator, {"text": "Nobody answers."})


def _session_with(seat: Seat) -> None:
    """A session for one side apart: planned in a mediation that is none any more, so its row is written as it is."""
    at = timezone.now() + dt.timedelta(days=7)
    session = PlannedSession.objects.create(
        case=seat.case, form=MediationSession.Form.SHUTTLE, channel=Space.Channel.CALL, meets_at=at
    )
    Invited.objects.create(session=session, seat=seat)


def comes_back_with_new_keys(cast: Cast, login: str) -> Actor:
    """Let this person lose everything and come back by the secretary's link."""
    link = invitations.invite_anew(cast.user(login), by=cast.user("secretary"))
    user = invitations.accept(link.invitation, token=link.token, login="", password=PASSWORD)
    user = User.objects.get(pk=user.pk)
    cast.actors[login] = Actor(user, keys.unlock(user, PASSWORD))
    return cast.actors[login]
