"""Consents as they stand: given, with their date and words; ended; and who takes part by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.accounts.models import User
from caracol.ledger.chain import record
from grievances.attest import attested, consent_facts, stated_consents
from grievances.consents import AGREES_TO_TAKE_PART, wording
from grievances.events import Event
from grievances.models import Consent, Paper, Pseudonym, Seat
from grievances.rooms import ROOMS, RoomKind


def stand(  # noqa: PLR0913 (a consent's facts, each named by the caller)
    seat: Seat,
    to: Consent.To,
    at: dt.datetime,
    *,
    by: Actor,
    paper: Paper | None = None,
    person: User | None = None,
) -> tuple[Consent, bool]:
    """Keep a consent with its date and the words that were shown; returns it, and whether it is new."""
    given, made = Consent.objects.get_or_create(
        seat=seat,
        to=to,
        paper=paper,
        paper_version=paper.version if paper else None,
        person=person,
        withdrawn_at=None,
        defaults={"given_at": at, "wording": wording(to)},
    )
    if made:
        note(Event.CONSENT_GIVEN, given, by=by.user)
    return given, made


def note(event: Event, consent: Consent, *, by: User) -> None:
    """Record that a consent was given or taken back: whose, to what, and to which words or about whom."""
    chain = consent.seat.case.chain
    people = [consent.seat.user, *([consent.person] if consent.person else [])]
    names = {user.pk: Pseudonym.of(chain, user) for user in people}
    record(chain, event, actor=Pseudonym.of(chain, by), **consent_facts(consent, names))


def end(consent: Consent) -> bool:
    """Mark a consent as taken back now; returns whether it stood."""
    return bool(Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=moments.kept()))


def taking_part(seats: Iterable[Seat]) -> list[Seat]:
    """Return the parties among `seats` whose consent to take part stands: the table is theirs too."""
    sides = [seat for seat in seats if seat.is_party and seat.parts & ROOMS[RoomKind.TABLE].keys]
    agreed = Consent.objects.filter(seat__in=sides, to__in=AGREES_TO_TAKE_PART, withdrawn_at=None)
    found = list(agreed.select_related("seat__case", "paper"))
    chain = found[0].seat.case.chain if found else ""
    consenting = {given.seat_id for given in (stated_consents(chain, found, attested(chain)) if found else [])}
    return [seat for seat in sides if seat.pk in consenting]
