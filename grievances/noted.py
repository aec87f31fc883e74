"""
What a chain of the ledger says: how each event that attests something is noted.

`attest.py` reads the chains, and judges the rows of the database by it.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from typing import Self

from caracol.ledger.models import Entry as LedgerEntry
from caracol.ledger.models import Fact
from grievances.consents import ABOUT_A_PERSON
from grievances.events import Event
from grievances.roles import SERVING


@dataclass(frozen=True)
class Written:
    """An entry as the ledger recorded it: when, and the SHA-256 of what was sealed (hex)."""

    at: dt.datetime
    digest: str


@dataclass
class Noted:
    """
    What one chain of the ledger says up to its `last` entry, people by their pseudonyms, rooms by their tokens.

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
    last: LedgerEntry | None = None

    def note(self, told: LedgerEntry) -> None:
        """Take one entry of the ledger into account."""
        self.last, facts = told, told.details
        # Every step says how it left the case, and nothing else does.
        if "left_as" in facts:
            self.left_as = str(facts["left_as"])
        if told.event in _NOTED:
            _NOTED[told.event](self, told, facts)

    def copied(self) -> Self:
        """Return the same once more, to be noted further in."""
        return type(self)(**{each.name: copy(getattr(self, each.name)) for each in fields(Noted)})


Facts = Mapping[str, Fact]


def _keys(said: Noted, _told: LedgerEntry, facts: Facts) -> None:
    room, epoch = str(facts["room"]), int(str(facts["epoch"]))
    said.newest[room] = epoch
    said.epochs[room, epoch] = base64.b64decode(str(facts["public"]))
    said.built.setdefault(room, (str(facts["kind"]), str(facts["owner"])))


# A set that stands in a mapping is replaced and not changed: it may be another's, from before (`Noted.copied`).


def _granted(said: Noted, _told: LedgerEntry, facts: Facts) -> None:
    room, to = str(facts["room"]), str(facts["to"])
    said.holders[room] = said.holders.get(room, set()) | {to}


def _withdrawn(said: Noted, _told: LedgerEntry, facts: Facts) -> None:
    room, to = str(facts["room"]), str(facts["to"])
    said.holders[room] = said.holders.get(room, set()) - {to}


def _offered(said: Noted, _told: LedgerEntry, facts: Facts) -> None:
    room, to, offer = (str(facts[name]) for name in ("room", "to", "offer"))
    said.offered[room] = said.offered.get(room, set()) | {(to, offer)}
    said.asked_as[offer] = str(facts["part"])


def _offers_over(said: Noted, told: LedgerEntry, facts: Facts) -> None:
    """Who has answered, or is asked no more, is asked no more by the row of their offer alone."""
    name = str(facts["to"]) if told.event == Event.OFFER_ENDED else told.actor
    said.offered = {room: {made for made in offers if made[0] != name} for room, offers in said.offered.items()}


def _seated(said: Noted, _told: LedgerEntry, facts: Facts) -> None:
    """One person serves as one thing at a time; a party may carry several parts."""
    name, part = str(facts["to"]), str(facts["part"])
    said.parts[name] = {part} if part in SERVING else said.parts.get(name, set()) | {part}
    if facts["beside"]:
        said.beside[name] = str(facts["beside"])


def _barred(said: Noted, _told: LedgerEntry, facts: Facts) -> None:
    said.barred.add(str(facts["to"]))


def _cleared(said: Noted, _told: LedgerEntry, facts: Facts) -> None:
    cleared = facts["cleared"]
    said.cleared = set(cleared) if isinstance(cleared, list) else set()


def _laid(said: Noted, _told: LedgerEntry, facts: Facts) -> None:
    said.laid[str(facts["paper"])] = (int(str(facts["version"])), str(facts["to"]), str(facts["part"]))


def _consented(said: Noted, told: LedgerEntry, facts: Facts) -> None:
    of, to, paper, about = (str(facts[name]) for name in ("of", "consent", "paper", "about"))
    given = (of, to, paper, int(str(facts["version"])), about)
    (said.consents.add if told.event == Event.CONSENT_GIVEN else said.consents.discard)(given)


def _asked_anew(said: Noted, _told: LedgerEntry, _facts: Facts) -> None:
    """What was agreed to before a case closed is asked for anew once it is open again."""
    said.consents = {given for given in said.consents if given[1] in ABOUT_A_PERSON}


def _proposed(said: Noted, told: LedgerEntry, facts: Facts) -> None:
    said.proposed[str(facts["proposal"])] = (told.actor, str(facts["step"]), str(facts["answers"]))


def _designated(said: Noted, told: LedgerEntry, facts: Facts) -> None:
    thing, of, whom, until, takes = (str(facts[name]) for name in ("thing", "of", "whom", "until", "takes"))
    which = (thing, of, int(str(facts["version"])), whom, until, takes)
    if told.event == Event.DESIGNATED:
        said.designated[which] = said.designated.get(which, set()) | {told.actor}
    else:
        said.designated.pop(which, None)


def _left_out(said: Noted, _told: LedgerEntry, _facts: Facts) -> None:
    said.recovery_left_out = True


def _objected(said: Noted, told: LedgerEntry, facts: Facts) -> None:
    said.objected[told.actor, str(facts["to"])] = told.at


def _written(said: Noted, told: LedgerEntry, facts: Facts) -> None:
    key = (str(facts["room"]), str(facts["entry"]), int(str(facts["version"])))
    said.written[key] = Written(told.at, str(facts["digest"]))


_NOTED: Mapping[str, Callable[[Noted, LedgerEntry, Facts], None]] = {
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
