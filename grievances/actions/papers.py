"""Texts laid before people word for word, and consents: separate, dated, revocable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from caracol.accounts import people
from caracol.accounts.actor import Actor
from caracol.accounts.models import User
from caracol.ledger.chain import record
from grievances.actions import consents, following, rooms, timing
from grievances.actions.refusals import together
from grievances.actions.seats import bar
from grievances.actions.telling import tell_once
from grievances.consents import ABOUT_A_PERSON, CONSENTS
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, SomebodyWasFaster
from grievances.facts import Facts
from grievances.models import Case, Conflict, Consent, Entry, EntryKind, Paper, Pseudonym, Purpose, Room, Seat
from grievances.packet.contents import packet_of
from grievances.packet.offers import lacking
from grievances.roles import May, Part
from grievances.rooms import ROOMS, RoomKind
from grievances.sealing import read, write

KINDS = {
    Purpose.ACCOUNT: EntryKind.ACCOUNT,
    Purpose.INVITATION: EntryKind.INVITATION,
    Purpose.AGENDA: EntryKind.AGENDA,
    Purpose.AGREEMENT: EntryKind.AGREEMENT,
    Purpose.PACKET: EntryKind.PACKET,
}
INVITED = frozenset({Part.HARMED, Part.WITNESS})


@together
def prepare(  # noqa: PLR0913 (a text's facts, each named by the caller)
    case: Case,
    purpose: Purpose,
    words: Mapping[str, str],
    *,
    by: Actor,
    person: User | None = None,
    part: Part | None = None,
    paper: Paper | None = None,
    version: int | None = None,
    known_as: User | None = None,
) -> Paper:
    """
    Lay a text before the people whose consent it needs; with `paper`, as its next version.

    A `person` who is a new guest is saved with it. From here on they must not serve; nor must `known_as`, the account
    that a guest has all the same. `version` is the version its writer saw. A new version lets the consents to the
    earlier one count for nothing. Raises Refused.
    """
    facts = Facts(case, by.user)
    for each in (person, known_as):
        _check_may_prepare(facts, purpose, each, part)
    if purpose is Purpose.PACKET and lacking(packet_of(words).items, facts):
        raise NotOpen(_("Something you chose can't go into the packet, or not any more. Please look again."), "7.3")
    if person and person.is_new:
        people.enter_guest(person)
    paper = _next_version(paper, facts, version) if paper else _first(facts, purpose, by.user, person, part)
    for concerned in (person, known_as):
        if concerned:
            bar(case, concerned, Conflict.Source.PARTY)
    for room in _rooms_for(paper, facts):
        write(room, KINDS[purpose], words, by=by, token=paper.token, version=paper.version)
    chain = case.chain
    timing.settle_telling(Facts(case, by.user))
    tell_once(case, {seat.user_id for seat in facts.asked_about(paper)}, Event.PAPER_LAID, at=facts.kept)
    record(
        chain,
        Event.PAPER_LAID,
        actor=Pseudonym.of(chain, by.user),
        purpose=purpose.value,
        paper=paper.token,
        version=paper.version,
        to=Pseudonym.of(chain, paper.person) if paper.person else "",
        part=paper.part,
    )
    return paper


def _check_may_prepare(facts: Facts, purpose: Purpose, person: User | None, part: Part | None) -> None:
    if facts.me is None or not facts.me.may(May.PREPARE):
        raise NotYours(_("Only a mediator of the case puts texts before people."))
    if not facts.case.is_open:
        raise NotOpen(_("The case is closed."))
    if purpose is Purpose.ACCOUNT and part is not Part.RESPONDENT:
        raise NotOpen(_("Say who is to be told."))
    if purpose is Purpose.INVITATION and part not in INVITED:
        raise NotOpen(_("Say who is to be invited."))
    if person and not person.is_new and facts.case.seats.filter(user=person, mediator=True).exists():
        raise NotOpen(_("Somebody who has served in this case can't become a party to it."))


def _next_version(paper: Paper, facts: Facts, version: int | None) -> Paper:
    held = Paper.objects.select_for_update(no_key=True).get(pk=paper.pk)
    if held.case_id != facts.case.pk:
        raise NotYours(_("This text belongs to another case."))
    if held.used_at or (version is not None and held.version != version):
        raise SomebodyWasFaster
    held.version += 1
    held.save(update_fields=["version"])
    return held


def _first(facts: Facts, purpose: Purpose, by: User, person: User | None, part: Part | None) -> Paper:
    if person is None and purpose in {Purpose.ACCOUNT, Purpose.INVITATION}:
        raise NotOpen(_("Say whom this text is for."))
    if person is None and facts.paper(purpose):
        raise SomebodyWasFaster
    return Paper.objects.create(
        case=facts.case,
        purpose=purpose,
        person=person,
        part=part.value if part and person else "",
        prepared_by=by,
        prepared_at=facts.kept,
    )


def _rooms_for(paper: Paper, facts: Facts) -> list[Room]:
    """Return where a text lies: an agreement on the table, a packet in its room, others in each reader's own room."""
    if paper.purpose == Purpose.AGREEMENT:
        return [facts.case.rooms.get(kind=RoomKind.TABLE, destroyed_at=None)]
    if paper.purpose == Purpose.PACKET:
        return [packet_room(facts)]
    owners = [seat.pk for seat in facts.asked_about(paper)]
    return list(facts.case.rooms.filter(kind=RoomKind.PARTY, seat__in=owners, destroyed_at=None))


def packet_room(facts: Facts) -> Room:
    """Return the room of the case's packet, built for those who hold its key where there is none yet."""
    found = facts.case.rooms.filter(kind=RoomKind.PACKET, destroyed_at=None).first()
    holders = facts.with_part(*ROOMS[RoomKind.PACKET].keys)
    return found or rooms.build(facts.case, RoomKind.PACKET, to=rooms.vouched(facts.case, holders))


def text_of(paper: Paper, *, by: Actor) -> Mapping[str, str] | None:
    """
    Return the words of a paper's current version as `by` may read them; None where no room of theirs holds it.

    Where it lies in several rooms that the reader opens, all must say the same. Raises NotOpen otherwise. Where the
    reader still waits for the key of its time, it has not been laid before them yet.
    """
    lying = Entry.objects.filter(token=paper.token, version=paper.version, room__destroyed_at=None)
    opened = read(lying.select_related("room__case", "author"), by=by)
    texts = [each.words for each in opened if not each.owed]
    if not texts:
        return None
    if texts[0] is None or any(text != texts[0] for text in texts):
        raise NotOpen(_("The text that was consented to can't be verified. Please put it before people again."))
    return texts[0]


# Consents


@together
def consent(  # noqa: PLR0913 (a consent's facts, each named by the caller)
    case: Case,
    to: Consent.To,
    *,
    by: Actor,
    paper: Paper | None = None,
    version: int | None = None,
    person: User | None = None,
) -> Consent:
    """
    Give one's own consent to one thing; to a paper, in the version the giver saw. Saying yes twice is one yes.

    What it opens is opened at once. Raises NotYours, NotOpen, or SomebodyWasFaster for an older version.
    """
    facts = Facts(case, by.user)
    paper, person = (paper if to is Consent.To.PAPER else None), (person if to in ABOUT_A_PERSON else None)
    seat = _consenting_seat(facts, to, paper)
    if to in ABOUT_A_PERSON and person is None:
        raise NotOpen(_("Only a mediator who serves in this case can learn your name here."))
    paper = Paper.objects.select_for_update(no_key=True).get(pk=paper.pk) if paper else None
    if paper and version != paper.version:
        raise SomebodyWasFaster
    if paper and text_of(paper, by=by) is None:
        raise NotOpen(_("This text has not been laid before you yet."))
    given, made = consents.stand(seat, to, facts.kept, by=by, paper=paper, person=person)
    if made:
        following.open_up(facts, given, by=by)
        _say(case, Event.CONSENT_GIVEN, by)
    return given


def _consenting_seat(facts: Facts, to: Consent.To, paper: Paper | None) -> Seat:
    seat = facts.me
    if seat is None or not seat.may(May.CONSENT) or not seat.parts & CONSENTS[to].by:
        raise NotYours(_("This consent belongs to another seat."))
    if not facts.case.is_open:
        raise NotOpen(_("The case is closed."))
    if to is Consent.To.PAPER and (
        paper is None or paper.case_id != facts.case.pk or paper.used_at or seat not in facts.asked_about(paper)
    ):
        raise NotYours(_("This text waits for somebody else."))
    return seat


@together
def withdraw_consent(case: Case, consent: Consent, *, by: Actor) -> None:
    """
    Take back one's own consent: the next step that needs it is closed, and so is what it had opened.

    Raises NotYours for another's.
    """
    if consent.seat.user_id != by.user.pk or consent.seat.case_id != case.pk:
        raise NotYours(_("This consent belongs to another seat."))
    if consents.end(consent):
        consents.note(Event.CONSENT_WITHDRAWN, consent, by=by.user)
        following.close_again(Facts(case, by.user), consent)
        _say(case, Event.CONSENT_WITHDRAWN, by)


def _say(case: Case, event: Event, by: Actor) -> None:
    """Tell the mediators of a consent, and let the clock run, or stop, by which the person named is told."""
    facts = Facts(case, by.user)
    timing.settle_telling(facts)
    tell_once(case, {seat.user_id for seat in facts.mediators} - {by.user.pk}, event, at=facts.kept)


def use(paper: Paper, at: dt.datetime) -> None:
    """Mark a paper as used: its text has gone where it was to go."""
    paper.used_at = at
    paper.save(update_fields=["used_at"])
