"""Intake: a concern is written, filed, acknowledged, and distinguished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.accounts.contacts import name_of
from caracol.accounts.models import Kind, User
from caracol.ledger.chain import record
from conduct.citing import clauses_in_force
from grievances import access, codenames
from grievances.actions import consents, evidence, papers, rooms, seats, serving
from grievances.actions.deed import Changes, Deed, effect
from grievances.actions.holding import hold
from grievances.attest import attested
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, SomebodyWasFaster, Unverified
from grievances.models import (
    AgendaItem,
    Case,
    Citation,
    Conflict,
    Consent,
    Decision,
    Entry,
    EntryKind,
    Kept,
    Nature,
    Pseudonym,
    Purpose,
    Room,
    Route,
    Seat,
    Wish,
)
from grievances.retention import after
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.sealing import read, read_one, write
from grievances.workflow import Needs, Step

# Which parts the reporter's own seat carries, by the door through which the concern came.
REPORTER_PARTS: Mapping[Route, frozenset[Part]] = {
    Route.HARMED: frozenset({Part.REPORTER, Part.HARMED}),
    Route.SAW: frozenset({Part.REPORTER}),
    Route.CAUSED: frozenset({Part.REPORTER, Part.RESPONDENT}),
    Route.HELP: frozenset({Part.REPORTER}),
}
# What of a draft is words; the rest of it is closed answers.
STATEMENT = ("saw", "effect", "need", "danger", "reach", "reach_how")


@transaction.atomic
def begin(route: Route, *, by: Actor) -> Case:
    """Open a draft, with a room to which its reporter alone has a key. Raises NotYours for a guest in one seat."""
    if by.user.kind == Kind.SEAT:
        raise NotYours(_("Your account is for one seat in one case."))
    now = moments.kept()
    case = Case.objects.create(reference=codenames.draw(), route=route, begun_on=timezone.localdate(now), moved_at=now)
    parts = {part.value: True for part in REPORTER_PARTS[route]}
    seat = Seat.objects.create(case=case, user=by.user, taken_at=now, **parts)
    for part in REPORTER_PARTS[route]:
        rooms.note_seated(seat, part)
    access.let_in(by.user, case, access.TAKE_PART, now)
    seats.bar(case, by.user, Conflict.Source.PARTY)
    rooms.build(case, RoomKind.DRAFT, to=[by.user])
    record(case.chain, Event.BEGUN, actor=Pseudonym.of(case.chain, by.user))
    return case


def draft_of(case: Case) -> Entry | None:
    """Return the newest version of a case's draft."""
    written = Entry.objects.filter(room__case=case, room__kind=RoomKind.DRAFT, room__destroyed_at=None)
    drafts = written.filter(kind=EntryKind.DRAFT)
    return drafts.select_related("room__case", "author").order_by("-version").first()


@transaction.atomic
def save_draft(case: Case, words: Mapping[str, str], *, by: Actor, version: int = 0) -> Entry:
    """
    Keep what was written so far, as the next version after `version` (0: none seen).

    Raises SomebodyWasFaster where another window has saved since, NotOpen once the concern is filed.
    """
    case = hold(case)
    room = case.rooms.filter(kind=RoomKind.DRAFT, destroyed_at=None).first()
    if room is None:
        raise NotOpen(_("This concern has been filed. You can add to it by a message."), "4.0")
    if not access.grants_of(by.user, [room]):
        raise NotYours(_("Only who writes a concern can change it."))
    last = draft_of(case)
    if (last.version if last else 0) != version:
        raise SomebodyWasFaster
    return write(room, EntryKind.DRAFT, words, by=by, token=last.token if last else "", version=version + 1)


@effect(Step.FILE)
def _file(deed: Deed) -> Changes:
    draft = draft_of(deed.case)
    said = read_one(draft, by=deed.actor) if draft else {}
    told = any(said.get(name, "").strip() for name in ("saw", "effect", "need"))
    if not told or not said.get("danger") or said.get("wish") not in Wish.values:
        raise NotOpen(Needs.STATEMENT.reason, Needs.STATEMENT.clause)
    if said.get("leave_recovery_out"):
        _leave_recovery_out(deed)
    own = rooms.build(deed.case, RoomKind.PARTY, seat=deed.facts.me, to=[deed.actor.user])
    write(own, EntryKind.STATEMENT, {name: said.get(name, "") for name in STATEMENT}, by=deed.actor)
    _carry_who_is_barred(deed, own)
    _write_names(deed, said)
    evidence.carry(deed.room(RoomKind.DRAFT), own, by=deed.actor)
    rooms.destroy(deed.room(RoomKind.DRAFT))
    _cite(deed, said.get("clauses", "").split())
    serving.offer_to_intake(deed)
    one_is_enough = bool(said.get("one_mediator"))
    if one_is_enough and deed.facts.me:
        consents.stand(deed.facts.me, Consent.To.ONE_MEDIATOR, deed.now, by=deed.actor)
    return {
        "filed_at": deed.now,
        "wish": said["wish"],
        "one_mediator_agreed": one_is_enough,
        "late_to_intake": bool(said.get("tell_intake")),
    }


def _leave_recovery_out(deed: Deed) -> None:
    """Keep every room of the case from being sealed to the organisation; the ledger says so too, for good."""
    deed.case.recovery = False
    deed.case.save(update_fields=["recovery"])
    record(deed.case.chain, Event.RECOVERY_LEFT_OUT, actor=Pseudonym.of(deed.case.chain, deed.actor.user))


def _carry_who_is_barred(deed: Deed, own: Room) -> None:
    """Copy what a guest wrote about who must not serve to where whoever takes the concern in reads it."""
    written = Entry.objects.filter(room=deed.room(RoomKind.DRAFT), kind=EntryKind.BARRED)
    for opened in read(written.select_related("room__case", "author"), by=deed.actor):
        write(own, EntryKind.BARRED, opened.words or {}, by=deed.actor)


def _write_names(deed: Deed, said: Mapping[str, str]) -> None:
    """Put the people named first, then the reporter: a name, or that it is kept back and stands in `identity`."""
    names = rooms.build(deed.case, RoomKind.NAMES, to=[deed.actor.user])
    write(names, EntryKind.NAMED, {"text": said.get("named", "")}, by=deed.actor)
    user = deed.actor.user
    name = {"text": str(_("Somebody who came with a receipt")) if user.is_guest else name_of(user)}
    if said.get("keep_back"):
        identity = rooms.build(deed.case, RoomKind.IDENTITY, to=[deed.actor.user])
        write(identity, EntryKind.IDENTITY, name, by=deed.actor)
        name = {"kept_back": "yes"}
    write(names, EntryKind.IDENTITY, name, by=deed.actor)


def _cite(deed: Deed, addresses: list[str]) -> None:
    in_force = {clause.address: clause for clause in clauses_in_force(timezone.localdate(deed.now))}
    cited = [in_force[address] for address in addresses if address in in_force]
    Citation.objects.bulk_create(Citation(case=deed.case, clause=clause) for clause in cited)


@effect(Step.ACKNOWLEDGE)
def _acknowledge(deed: Deed) -> Changes:
    return {"acknowledged_at": deed.now}


@effect(Step.DISTINGUISH)
def _distinguish(deed: Deed) -> Changes:
    deed.keep(EntryKind.DISTINCTION)
    decide(deed)
    return {"nature": Nature(deed.choice("nature")).value}


def decide(deed: Deed) -> None:
    """Keep who made a decision that can be contested."""
    Decision.objects.create(
        case=deed.case, step=deed.step, made_by=deed.actor.user, made_with=deed.second, made_at=deed.now
    )


@effect(Step.CONTEST)
def _contest(deed: Deed) -> Changes:
    deed.keep(EntryKind.CONTEST, of=deed.actor.user)
    last = deed.facts.decisions[-1]
    last.contested_at = deed.now
    last.save(update_fields=["contested_at"])
    return {} if deed.case.outcome else {"nature": ""}


@effect(Step.SPLIT)
def _split(deed: Deed) -> Changes:
    carry_to_meeting(deed, deed.words)
    return {"split": True}


def carry_to_meeting(deed: Deed, words: Mapping[str, str]) -> AgendaItem:
    """Write a scrubbed text into a room outside any case, which the seated mediators carry to a meeting."""
    room = rooms.build(None, RoomKind.AGENDA, to=rooms.vouched(deed.case, deed.facts.mediators))
    write(room, EntryKind.AGENDA, words, by=deed.actor)
    meeting_on = dt.date.fromisoformat(deed.choice("meeting_on"))
    room.expunge_on = after(Kept.AGENDA, meeting_on)
    room.save(update_fields=["expunge_on"])
    return AgendaItem.objects.create(room=room, meeting_on=meeting_on)


@effect(Step.INVITE, Step.TELL)
def _bring_in(deed: Deed) -> Changes:
    """Seat the person of a consented text, in a room of their own in which that very text lies."""
    purpose = Purpose.ACCOUNT if deed.step is Step.TELL else Purpose.INVITATION
    waiting = [
        paper for paper in deed.facts.papers if paper.purpose == purpose and paper.token == deed.choices["paper"]
    ]
    if not waiting or waiting[0].used_at or not deed.facts.ready(waiting[0]):
        raise NotOpen(deed.rule.needs[0].reason, deed.rule.clause)
    paper = waiting[0]
    if not attested(deed.case.chain).was_laid(paper):
        raise Unverified
    text = papers.text_of(paper, by=deed.actor)
    if text is None or paper.person is None:
        raise NotOpen(deed.rule.needs[0].reason, deed.rule.clause)
    person = _opened_to_guest(deed, paper.person) if paper.person.kind == Kind.SEAT else paper.person
    seat = seats.seat_party(deed.case, person, Part(paper.part), deed.now)
    room = seats.party_room(seat, by=deed.actor)
    write(room, papers.KINDS[purpose], text, by=deed.actor)
    papers.use(paper, deed.now)
    deed.asked.append(person)
    return {}


def _opened_to_guest(deed: Deed, guest: User) -> User:
    """Return somebody without an account with the keys behind a one-time link, to whom things can be sealed now."""
    if deed.link is None or deed.link.user != guest:
        raise NotOpen(_("This person needs a link, and none was made. Please try again."))
    return seats.open_to_guest(deed.link, by=deed.actor)
