"""
What the ledger attests about a chain: its rooms and their keys, who was given one, who sits where, what was written.

The database is believed only where the ledger agrees: a row that somebody wrote into it by other means gets no key,
makes no seat and opens no room, and an entry nobody recorded is shown as unverified.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from caracol.accounts.models import User
from caracol.ledger.chain import entries
from caracol.ledger.models import Entry as LedgerEntry
from caracol.ledger.models import Fact
from caracol.vault.box import mac, subkey
from grievances.consents import ABOUT_A_PERSON
from grievances.events import Event
from grievances.exceptions import Unverified
from grievances.models import Case, Consent, Paper, Pseudonym, Room, Seat
from grievances.roles import SERVING
from grievances.workflow import Stage

# What a step leaves a case with, and guards go by. Consents and dates are looked up elsewhere.
_LEFT_WITH = (
    "stage",
    "version",
    "route",
    "wish",
    "nature",
    "one_on_one",
    "actioned_how",
    "exception_reason",
    "outcome",
)


@dataclass(frozen=True)
class Written:
    """An entry as the ledger recorded it: when, and the SHA-256 of what was sealed (hex)."""

    at: dt.datetime
    digest: str


@dataclass
class Attested:
    """
    What one chain of the ledger says, people by their pseudonyms, rooms by their tokens.

    `built` has a room's kind and owner, `newest` its last epoch; `offered` has those asked with their offer, `asked_as`
    the part an offer is for; `beside` has whom somebody supports. The reporter was asked about those `cleared`. `laid`
    has a paper's version, and whom it brings in as what; `consents` have who, to what, to which version of which paper,
    about whom; `proposed` has who proposed a step, which, and the digest of the answers given; `designated`
    has who designated which version of a thing, for whom and until when; `objected` has who objected to whom, and when
    they last did;
    `left_as` is how the last step left the case, None before the first one.
    """

    built: dict[str, tuple[str, str]] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    epochs: dict[tuple[str, int], bytes] = field(default_factory=dict)
    holders: dict[str, set[str]] = field(default_factory=dict)
    offered: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    asked_as: dict[str, str] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    barred: set[str] = field(default_factory=set)
    cleared: set[str] = field(default_factory=set)
    laid: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    consents: set[tuple[str, str, str, int, str]] = field(default_factory=set)
    proposed: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    designated: dict[tuple[str, str, int, str, str, str], set[str]] = field(default_factory=dict)
    written: dict[tuple[str, str, int], Written] = field(default_factory=dict)
    objected: dict[tuple[str, str], dt.datetime] = field(default_factory=dict)
    left_as: str | None = None
    recovery_left_out: bool = False
    _names: dict[str, Mapping[int, str]] = field(default_factory=dict)

    def names(self, chain: str) -> Mapping[int, str]:
        """
        Return by which names people go in this chain, by user id: asked once, and only where somebody asks.

        Whoever the ledger speaks of had a name before it did. A name given later is none of those it speaks of here.
        """
        if chain not in self._names:
            self._names[chain] = Pseudonym.names_in(chain)
        return self._names[chain]

    def public_key(self, room: str, epoch: int, stored: bytes) -> bytes:
        """Return the public key of a room's epoch. Raises Unverified unless the ledger states the stored one."""
        if self.epochs.get((room, epoch)) != stored:
            raise Unverified
        return stored

    def check(self, room: Room) -> None:
        """Raise Unverified unless a room's row says what the ledger does: its kind, its owner, its newest epoch."""
        owner = self.names(room.chain).get(room.seat.user_id) if room.seat else ""
        stated = self.built.get(room.token)
        if stated != (room.kind, owner) or self.newest[room.token] != room.epoch:
            raise Unverified

    def holds(self, room: Room, user: User) -> bool:
        """Return whether the ledger says that `user` holds a key to a room."""
        return self.names(room.chain).get(user.pk) in self.holders.get(room.token, set())

    def seats(self, seat: Seat) -> bool:
        """Return whether the ledger gave this very person every part that their seat's row says."""
        names = self.names(seat.case.chain)
        name = names.get(seat.user_id, "")
        beside = names.get(seat.supports.user_id) if seat.supports else ""
        return seat.parts_ever <= self.parts.get(name, set()) and self.beside.get(name, "") == beside

    def check_case(self, case: Case) -> None:
        """Raise Unverified unless a case's row is as the last step left it: its stage, and what guards go by."""
        as_begun = self.left_as is None and case.stage == Stage.DRAFT
        if not as_begun and not hmac.compare_digest(self.left_as or "", left_as(case)):
            raise Unverified

    def was_laid(self, paper: Paper) -> bool:
        """Return whether a paper's row says what the ledger does: its version, and whom it brings in as what."""
        person = self.names(paper.case.chain).get(paper.person_id) if paper.person_id else ""
        return self.laid.get(paper.token) == (paper.version, person, paper.part)

    def note(self, told: LedgerEntry) -> None:
        """Take one entry of the ledger into account."""
        facts = told.details
        # Every step says how it left the case, and nothing else does.
        if "left_as" in facts:
            self.left_as = str(facts["left_as"])
        if told.event in _NOTED:
            _NOTED[told.event](self, told, facts)


def left_as(case: Case) -> str:
    """Return how a case stands after a step, as one keyed hash: the ledger outlives the case, and shall not tell it."""
    said = json.dumps([case.chain, *(str(getattr(case, name)) for name in _LEFT_WITH)])
    return mac(subkey(settings.LEDGER_KEY.encode(), "case"), said.encode()).hex()


def consent_facts(consent: Consent, names: Mapping[int, str]) -> dict[str, Fact]:
    """Return what the ledger keeps of a consent, people by their `names` in the chain."""
    return {
        "of": names.get(consent.seat.user_id, ""),
        "consent": consent.to,
        "paper": consent.paper.token if consent.paper else "",
        "version": consent.paper_version or 0,
        "about": names.get(consent.person_id, "") if consent.person_id else "",
    }


def stated_consents(chain: str, rows: Iterable[Consent], said: Attested) -> list[Consent]:
    """Return those of these consents that the ledger has: a row that somebody wrote is nobody's yes. One query."""
    names = Pseudonym.names_in(chain)
    return [each for each in rows if tuple(consent_facts(each, names).values()) in said.consents]


def attested(*chains: str) -> Attested:
    """
    Return what these chains attest, in one query.

    The chains are read whole, so that a missing entry shows. Raises Tampered where one was altered or is gone.
    """
    said = Attested()
    for told in entries(chains):
        said.note(told)
    return said


# How each event that attests something is noted


Facts = Mapping[str, Fact]


def _keys(said: Attested, _told: LedgerEntry, facts: Facts) -> None:
    room, epoch = str(facts["room"]), int(str(facts["epoch"]))
    said.newest[room] = epoch
    said.epochs[room, epoch] = base64.b64decode(str(facts["public"]))
    said.built.setdefault(room, (str(facts["kind"]), str(facts["owner"])))


def _granted(said: Attested, _told: LedgerEntry, facts: Facts) -> None:
    said.holders.setdefault(str(facts["room"]), set()).add(str(facts["to"]))


def _withdrawn(said: Attested, _told: LedgerEntry, facts: Facts) -> None:
    said.holders.setdefault(str(facts["room"]), set()).discard(str(facts["to"]))


def _offered(said: Attested, _told: LedgerEntry, facts: Facts) -> None:
    offer = str(facts["offer"])
    said.offered.setdefault(str(facts["room"]), set()).add((str(facts["to"]), offer))
    said.asked_as[offer] = str(facts["part"])


def _offers_over(said: Attested, told: LedgerEntry, facts: Facts) -> None:
    """Who has answered, or is asked no more, is asked no more by the row of their offer alone."""
    name = str(facts["to"]) if told.event == Event.OFFER_ENDED else told.actor
    said.offered = {room: {made for made in offers if made[0] != name} for room, offers in said.offered.items()}


def _seated(said: Attested, _told: LedgerEntry, facts: Facts) -> None:
    """One person serves as one thing at a time; a party may carry several parts."""
    name, part = str(facts["to"]), str(facts["part"])
    said.parts[name] = {part} if part in SERVING else said.parts.get(name, set()) | {part}
    if facts["beside"]:
        said.beside[name] = str(facts["beside"])


def _barred(said: Attested, _told: LedgerEntry, facts: Facts) -> None:
    said.barred.add(str(facts["to"]))


def _cleared(said: Attested, _told: LedgerEntry, facts: Facts) -> None:
    cleared = facts["cleared"]
    said.cleared = set(cleared) if isinstance(cleared, list) else set()


def _laid(said: Attested, _told: LedgerEntry, facts: Facts) -> None:
    said.laid[str(facts["paper"])] = (int(str(facts["version"])), str(facts["to"]), str(facts["part"]))


def _consented(said: Attested, told: LedgerEntry, facts: Facts) -> None:
    of, to, paper, about = (str(facts[name]) for name in ("of", "consent", "paper", "about"))
    given = (of, to, paper, int(str(facts["version"])), about)
    (said.consents.add if told.event == Event.CONSENT_GIVEN else said.consents.discard)(given)


def _asked_anew(said: Attested, _told: LedgerEntry, _facts: Facts) -> None:
    """What was agreed to before a case closed is asked for anew once it is open again."""
    said.consents = {given for given in said.consents if given[1] in ABOUT_A_PERSON}


def _proposed(said: Attested, told: LedgerEntry, facts: Facts) -> None:
    said.proposed[str(facts["proposal"])] = (told.actor, str(facts["step"]), str(facts["answers"]))


def _designated(said: Attested, told: LedgerEntry, facts: Facts) -> None:
    thing, of, whom, until, takes = (str(facts[name]) for name in ("thing", "of", "whom", "until", "takes"))
    which = (thing, of, int(str(facts["version"])), whom, until, takes)
    if told.event == Event.DESIGNATED:
        said.designated.setdefault(which, set()).add(told.actor)
    else:
        said.designated.pop(which, None)


def _left_out(said: Attested, _told: LedgerEntry, _facts: Facts) -> None:
    said.recovery_left_out = True


def _objected(said: Attested, told: LedgerEntry, facts: Facts) -> None:
    said.objected[told.actor, str(facts["to"])] = told.at


def _written(said: Attested, told: LedgerEntry, facts: Facts) -> None:
    key = (str(facts["room"]), str(facts["entry"]), int(str(facts["version"])))
    said.written[key] = Written(told.at, str(facts["digest"]))


_NOTED: Mapping[str, Callable[[Attested, LedgerEntry, Facts], None]] = {
    Event.ROOM_BUILT: _keys,
    Event.ROOM_TURNED: _keys,
    Event.ROOM_GRANTED: _granted,
    Event.ROOM_WITHDRAWN: _withdrawn,
    Event.ROOM_OFFERED: _offered,
    Event.RECOVERY_LEFT_OUT: _left_out,
    Event.ACCEPTED: _offers_over,
    Event.RECUSED: _offers_over,
    Event.OFFER_ENDED: _offers_over,
    Event.SEATED: _seated,
    Event.BARRED: _barred,
    Event.CONFLICT_NOTED: _cleared,
    Event.PAPER_LAID: _laid,
    Event.CONSENT_GIVEN: _consented,
    Event.CONSENT_WITHDRAWN: _consented,
    Event.REOPENED: _asked_anew,
    Event.PROPOSED: _proposed,
    Event.DESIGNATED: _designated,
    Event.UNDESIGNATED: _designated,
    Event.ENTRY_WRITTEN: _written,
    Event.OBJECTED: _objected,
}
