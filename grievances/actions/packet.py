"""The packet for National: put together item by item, proposed, laid, and given out to be filed by the member."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.ledger.chain import entries, record
from grievances.actions import designation, papers, timing
from grievances.actions.designation import NOT_DESIGNATED, Shareable
from grievances.actions.refusals import together
from grievances.actions.waits import Answers, note_shared
from grievances.actions.words import tell_readers
from grievances.deadlines import today
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import (
    Case,
    Entry,
    EntryKind,
    Outcome,
    Paper,
    Pseudonym,
    Purpose,
    Recipient,
    Room,
    Thing,
    designated,
)
from grievances.packet import crypt, policy
from grievances.packet import paper as pages
from grievances.packet.contents import Group, Item, Packet, is_redaction, packet_of
from grievances.packet.offers import lacking, on_offer
from grievances.roles import HARM_SIDE, Part
from grievances.rooms import RoomKind
from grievances.sealing import read, write

NOT_A_REDACTION = _("Passages can be taken out by writing [removed] in their place; nothing else can be changed.")
_LOST = _("A consent to something in this packet was taken back. Nothing has left. Please put a new version together.")
# What whoever puts a packet together writes themselves, beside what they choose.
WRITTEN: Mapping[str, tuple[Group, Promise]] = {
    "filer": (Group.FILER, _("The member who files")),
    "why_now": (Group.HISTORY, _("Why it goes to National now")),
    "measures": (Group.SAFETY, _("What is asked for, so that everybody is safe")),
    "ground": (Group.CONDUCT, _("Protected ground")),
}
_WHO = frozenset({Part.MEDIATOR, *HARM_SIDE})


def may_assemble(facts: Facts) -> bool:
    """Return whether the reader puts a packet together, or proposes what should go into it."""
    return facts.case.is_open and bool(facts.parts & _WHO)


def compose(facts: Facts, chosen: Mapping[str, str], written: Mapping[str, str], *, by: Actor) -> Packet:
    """
    Return the packet of what was `chosen`: the key of each item, with its text as it shall leave.

    Raises NotOpen for nothing chosen, for what is not on offer, and for a text that says more than its original.
    """
    offered = {item.key: item for item in on_offer(facts, by)}
    if not chosen:
        raise NotOpen(_("Nothing is ticked, so there is nothing to lay before anybody."), "7.2")
    if not chosen.keys() <= offered.keys():
        raise NotOpen(_("Something you chose can't go into the packet, or not any more. Please look again."), "7.3")
    items = [_as_left(offered[key], text) for key, text in chosen.items()]
    items += [
        Item(group, name, str(title), written[name]) for name, (group, title) in WRITTEN.items() if written.get(name)
    ]
    return Packet(tuple(items))


def _as_left(item: Item, text: str) -> Item:
    if item.fixed:
        return item
    if not is_redaction(text, item.text):
        raise NotOpen(NOT_A_REDACTION, "7.2")
    return Item(item.group, item.key, item.title, text, item.entry, item.owner)


def lay(facts: Facts, packet: Packet, *, by: Actor, version: int | None = None) -> Paper:
    """Lay a packet before reporter and harmed for their consent, as the next version of one that waits."""
    paper = facts.paper(Purpose.PACKET)
    seen = version if paper else None
    return papers.prepare(facts.case, Purpose.PACKET, packet.as_words(), by=by, paper=paper, version=seen)


@together
def propose(case: Case, packet: Packet, *, by: Actor) -> None:
    """Let reporter or harmed say what should go into the packet; sealed beside it. Raises NotYours."""
    facts = Facts(case, by.user)
    if not facts.parts & HARM_SIDE or not facts.case.is_open:
        raise NotYours(_("The reporter and the person harmed propose what goes into the packet."))
    room = papers.packet_room(facts)
    write(room, EntryKind.CHOICE, packet.as_words(), by=by)
    tell_readers(room, by=by)


def proposed(case: Case, *, by: Actor) -> dict[str, str]:
    """Return what was last proposed for the packet: the texts by key."""
    told = Entry.objects.filter(room__case=case, room__kind=RoomKind.PACKET, kind=EntryKind.CHOICE).order_by("-pk")[:1]
    opened = read(told.select_related("room__case", "author"), by=by)
    return {item.key: item.text for each in opened if each.words for item in packet_of(each.words).items}


def current(facts: Facts, *, by: Actor) -> Packet | None:
    """Return the version that waits for consent, as its reader opens it."""
    paper = facts.paper(Purpose.PACKET)
    words = papers.text_of(paper, by=by) if paper else None
    return packet_of(words) if words and "packet" in words else None


def shareable(case: Case, paper: Paper) -> Shareable:
    """Return what is designated of a packet: this very version."""
    return Shareable(Thing.PACKET, paper.token, paper.version, case.chain, case)


def to_share(case: Case) -> tuple[Paper, Recipient] | None:
    """Return the packet that was handed over and is designated today, and for whom: asked of the database."""
    papers_used = case.papers.filter(designated(Thing.PACKET, today()), purpose=Purpose.PACKET, used_at__isnull=False)
    paper = papers_used.select_related("case").order_by("-pk").first()
    stands = designation.standing(shareable(case, paper)) if paper else None
    return (paper, Recipient(stands.recipient)) if paper and stands else None


@together
def give_out(case: Case, thing: Thing, answers: Answers, *, by: Actor, age: str = "") -> bytes:
    """
    Return the packet, or its summary, as a tagged PDF, encrypted where an `age` recipient is given; and record it.

    Raises NotOpen where it is not designated for them, lost a consent, or can't be made; then nothing has left.
    """
    facts = Facts(case, by.user)
    room = room_of(facts)
    if room is None or not facts.parts & _WHO:
        raise NotYours(_("Only those who hold a key to the packet take it out."))
    paper, whom = to_share(case) or (None, None)
    if paper is None or whom is not answers.who:
        raise NotOpen(NOT_DESIGNATED, "7.3")
    packet = checked(facts, paper, by)
    made = pages.summary_of(facts, packet) if thing is Thing.SUMMARY else pages.paper_of(facts, paper, packet)
    made = crypt.sealed_to(age, made) if age else made
    note_shared(room, thing, answers, by=by)
    return made


def room_of(facts: Facts) -> Room | None:
    """Return the room in which the packet lies."""
    return facts.case.rooms.filter(kind=RoomKind.PACKET, destroyed_at=None).select_related("case").first()


def checked(facts: Facts, paper: Paper, by: Actor) -> Packet:
    """Return a packet to which every consent stands. Raises NotOpen for one that lost any, or that `by` can't open."""
    words = papers.text_of(paper, by=by)
    if words is None:
        raise NotOpen(_("You hold no key to this text yet."))
    packet = packet_of(words)
    if not facts.ready(paper) or lacking(packet.items, facts):
        raise NotOpen(_LOST, "7.3")
    return packet


def shown(facts: Facts, *, by: Actor) -> Packet | None:
    """Return the packet that would leave, as its reader opens it."""
    paper, _whom = to_share(facts.case) or (None, None)
    words = papers.text_of(paper, by=by) if paper else None
    return packet_of(words) if words and "packet" in words else None


def designated_for(facts: Facts) -> list[Recipient]:
    """Return for whom the packet that was handed over is designated today."""
    found = to_share(facts.case)
    return [found[1]] if found else []


def handed(facts: Facts) -> Paper | None:
    """Return the packet that was last handed over for National."""
    return next((each for each in facts.papers[::-1] if each.purpose == Purpose.PACKET and each.used_at), None)


def is_handed_over(facts: Facts) -> bool:
    """Return whether the reader is one of those who take out a packet that was handed over."""
    return bool(facts.parts & _WHO) and handed(facts) is not None


@together
def designate(case: Case, whom: Recipient, until: dt.date, *, by: Actor) -> None:
    """Designate the packet that was handed over; two people do, one of them a mediator. Raises NotYours, NotOpen."""
    facts = Facts(case, by.user)
    _paper, what = _handed(facts)
    first = designation.waiting(what)
    alone = Part.MEDIATOR in facts.parts and _one_suffices(facts)
    if first and Part.MEDIATOR not in facts.parts and first.first_id not in {seat.user_id for seat in facts.mediators}:
        raise NotYours(_("One of the two who designate it is a mediator of the case."), "7.3")
    designation.designate(what, whom, until, by=by.user, alone=alone)


def _one_suffices(facts: Facts) -> bool:
    """A referral by exception waives the second mediator; so does the reporter's yes to one, while one serves."""
    return bool(facts.case.exception_reason) or (facts.one_suffices and len(facts.mediators) == 1)


@together
def take_back(case: Case, *, by: Actor) -> None:
    """Make the packet internal again. Raises NotYours, NotOpen."""
    _paper, what = _handed(Facts(case, by.user))
    designation.take_back(what, by=by.user)


@together
def say_reached(case: Case, *, by: Actor) -> None:
    """Record the receipt of hand-over: somebody says that the member has the packet, or filed it. Raises NotOpen."""
    facts = Facts(case, by.user)
    _handed(facts)
    if reached_on(facts):
        raise NotOpen(_("This has been said already."))
    record(case.chain, Event.HANDED_OVER, actor=Pseudonym.of(case.chain, by.user))
    if due := answer_due(facts):
        timing.await_national(case, due)


def _handed(facts: Facts) -> tuple[Paper, Shareable]:
    paper = handed(facts)
    if paper is None or not facts.parts & _WHO:
        raise NotYours(
            _("Mediators, the reporter and the person harmed do this, once the packet is handed over."), "7.3"
        )
    return paper, shareable(facts.case, paper)


def reached_on(facts: Facts) -> dt.date | None:
    """Return the day on which somebody said that the packet handed over last reached whom it was for."""
    told = entries(facts.case.chain, Event.HANDED_OVER, Event.REFERRED, Event.REFERRED_BY_EXCEPTION)
    return timezone.localdate(told[-1].at) if told and told[-1].event == Event.HANDED_OVER else None


def answer_due(facts: Facts) -> dt.date | None:
    """Return until when an answer of National can be expected, by the policy as it is known; None without one."""
    days, began = policy.current().answer_days, reached_on(facts)
    return began + dt.timedelta(days=days) if began and days else None


def appeal_until(facts: Facts) -> dt.date | None:
    """Return until when either side can appeal against National's answer, by the policy as it is known; None else."""
    days, closed = policy.current().appeal_days, facts.case.closed_at
    answered = facts.case.outcome == Outcome.NATIONAL and closed and days
    return timezone.localdate(closed) + dt.timedelta(days=days) if answered else None
