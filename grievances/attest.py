"""
What the ledger attests about a chain: its rooms and their keys, who was given one, who sits where, what was written.

The database is believed only where the ledger agrees: a row that somebody wrote into it by other means gets no key,
makes no seat and opens no room, and an entry nobody recorded is shown as unverified.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from caracol.accounts.models import User
from caracol.ledger import ends
from caracol.ledger.chain import entries, entries_after
from caracol.ledger.models import Entry as LedgerEntry
from caracol.ledger.models import Fact
from caracol.vault.box import mac, subkey
from grievances.exceptions import Unverified
from grievances.models import Case, Consent, Paper, Pseudonym, Room, Seat
from grievances.noted import Noted
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


@dataclass
class Attested(Noted):
    """What one chain of the ledger says, and the rows of the database judged by it."""

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
    names = said.names(chain)
    return [each for each in rows if tuple(consent_facts(each, names).values()) in said.consents]


# What was read of each chain in the deed that is being done; None outside of one.
_READ: ContextVar[dict[str, Attested] | None] = ContextVar("_READ", default=None)


@contextmanager
def one_deed() -> Iterator[None]:
    """
    Let what is done inside happen together or not at all, and read each chain whole only once in it.

    Whoever asks again is told what was written to the chain since, in this deed or beside it: that alone is read.
    """
    with transaction.atomic(), ends.in_mind():
        before = _READ.get()
        token = _READ.set({} if before is None else before)
        try:
            yield
        finally:
            _READ.reset(token)


def attested(*chains: str) -> Attested:
    """
    Return what these chains attest, in one query.

    The chains are read whole, so that a missing entry shows; in `one_deed`, a second time only from where reading
    stopped. What is returned stays as it is. Raises Tampered where one was altered or is gone.
    """
    read = _READ.get()
    if read is None or len(chains) != 1:
        return _noted(Attested(), entries(chains))
    (chain,) = chains
    read[chain] = _brought_up(read.get(chain)) or _noted(Attested(), entries(chain))
    return read[chain]


def _brought_up(known: Attested | None) -> Attested | None:
    """Return what is attested by now, given what was; None where what was read does not stand any more."""
    further = entries_after(known.last) if known and known.last else None
    if known and further:
        return _noted(known.copied(), further)
    return known if further is not None else None


def _noted(said: Attested, found: Iterable[LedgerEntry]) -> Attested:
    for told in found:
        said.note(told)
    return said
