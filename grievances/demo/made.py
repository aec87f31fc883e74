"""
A case put together in memory, with everything that walking it would leave: sealed rows and a ledger chain.

For cases by the thousand, where walking each would take hours. Nothing here opens what it could not seal.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils import timezone

from caracol import rows
from caracol.accounts.actor import Actor
from caracol.ledger.chain import Told, record_many
from caracol.ledger.models import Fact
from caracol.vault import box, keystore, ladder
from grievances import access
from grievances.attest import consent_facts, left_as
from grievances.consents import wording
from grievances.deadlines import DEADLINES, Deadline
from grievances.events import STEP_EVENTS, Event
from grievances.models import (
    AmendsItem,
    Case,
    CaseGrant,
    Clock,
    Conflict,
    Consent,
    Decision,
    Entry,
    EntryKind,
    MediationSession,
    Paper,
    Pseudonym,
    Room,
    RoomEpoch,
    RoomGrant,
    Seat,
)
from grievances.models.case import new_token
from grievances.models.pseudonym import bond
from grievances.rooms import RoomKind
from grievances.workflow import Step

# What is pointed at is written before what points at it.
ORDER: tuple[type[models.Model], ...] = (
    Case, Seat, Room, RoomEpoch, CaseGrant, RoomGrant, Pseudonym, Conflict, Paper, Entry, Consent, AmendsItem,
    MediationSession, Decision, Clock,
)  # fmt: skip
# What others point at is numbered beforehand; the database numbers the rest.
NUMBERED = frozenset({Case, Seat, Room, Paper})
TABLES = {model: rows.Table(model, without=[] if model in NUMBERED else ["id"]) for model in ORDER}


@dataclass
class Batch:
    """What many cases are made of, until it is written at once: from its making on in one transaction."""

    rows: dict[type[models.Model], list[rows.Row]] = field(default_factory=lambda: {model: [] for model in ORDER})
    objects: list[models.Model] = field(default_factory=list)
    keys: dict[str, bytes] = field(default_factory=dict)
    chains: dict[str, list[Told]] = field(default_factory=dict)
    numbers: dict[type[models.Model], Iterator[int]] = field(
        default_factory=lambda: {model: rows.numbers(model) for model in NUMBERED}
    )
    publics: dict[str, bytes] = field(default_factory=dict)

    def number(self, model: type[models.Model]) -> int:
        """Return the number of a row to come."""
        return next(self.numbers[model])

    def row(self, model: type[models.Model], **columns: object) -> None:
        """Have a row written, by its columns."""
        self.rows[model].append(TABLES[model].row(**columns))

    def public_of(self, who: Actor) -> bytes:
        """Return somebody's public key."""
        if who.user.handle not in self.publics:
            self.publics[who.user.handle] = who.keys.public.box
        return self.publics[who.user.handle]

    def write(self) -> None:
        """Keep the keys, then write the rows and their ledger, in the caller's transaction."""
        keystore.keep(self.keys)
        for made in self.objects:
            self.rows[type(made)].append(TABLES[type(made)].row_of(made))
        for model, table in TABLES.items():
            table.write(self.rows[model])
        record_many(self.chains)


@dataclass
class Made:
    """One case being put together. `now` is the moment its rows are dated; the ledger says when it was recorded."""

    batch: Batch
    case: Case
    now: dt.datetime
    rooms: dict[tuple[RoomKind, str], Room] = field(default_factory=dict)
    publics: dict[str, bytes] = field(default_factory=dict)
    privates: dict[str, bytes] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    sights: list[dict[str, object]] = field(default_factory=list)
    taken: dict[Step, dt.datetime] = field(default_factory=dict)
    item: AmendsItem | None = None

    def add(self, made: models.Model) -> None:
        """Have an object written with the batch, as it is by then."""
        self.batch.objects.append(made)

    def name_of(self, who: Actor) -> str:
        """Return the pseudonym of somebody in the case's chain."""
        if who.user.handle not in self.names:
            name = secrets.token_hex(6)
            chain = self.case.chain
            bound = bond(chain, who.user, name)
            self.batch.row(Pseudonym, chain=chain, user_id=who.user.pk, name=name, bond=bound)
            self.names[who.user.handle] = name
        return self.names[who.user.handle]

    def tell(self, event: Event, by: Actor | None = None, **facts: Fact) -> None:
        """Let the ledger say that something happened."""
        told = Told(event, self.name_of(by) if by else "", facts)
        self.batch.chains.setdefault(self.case.chain, []).append(told)

    def step(self, step: Step, by: Actor, second: Actor | None = None) -> None:
        """Tell that a step was taken, after whatever it changed in the case."""
        self.case.version += 1
        self.case.moved_at = self.now
        self.taken[step] = self.now
        named = self.name_of(second) if second else ""
        stage, version = str(self.case.stage), self.case.version
        self.tell(STEP_EVENTS[step], by, second=named, stage=stage, version=version, left_as=left_as(self.case))

    def seat(self, who: Actor, permission: str, *parts: str) -> Seat:
        """Seat somebody; a party is barred from serving."""
        given = dict.fromkeys(parts, True)
        seat = Seat(pk=self.batch.number(Seat), case=self.case, user=who.user, taken_at=self.now, **given)
        self.add(seat)
        self.seats[who.user.handle] = seat
        self.sights.append(access.sight(who.user, self.case, permission))
        for part in parts:
            self.tell(Event.SEATED, to=self.name_of(who), part=part, beside="")
        if permission == access.TAKE_PART:
            self.tell(Event.BARRED, to=self.name_of(who))
            barred = {"case_id": self.case.pk, "user_id": who.user.pk, "source": Conflict.Source.PARTY}
            self.batch.row(Conflict, **barred, since=self.now)
        return seat

    def build(self, kind: RoomKind, to: Iterable[Actor], *, of: Actor | None = None) -> Room:
        """Build a room, with keys for the people in `to`; `of` is the owner of a party room."""
        seat = self.seats[of.user.handle] if of else None
        room = Room(pk=self.batch.number(Room), case=self.case, kind=kind, seat=seat)
        self.add(room)
        self.batch.keys[room.token] = box.new_key()
        pair = box.new_box_pair()
        self.batch.row(RoomEpoch, room_id=room.pk, number=1, public_key=pair.public)
        self.publics[room.token], self.privates[room.token] = pair.public, pair.private
        public = base64.b64encode(pair.public).decode()
        owner = self.name_of(of) if of else ""
        self.tell(Event.ROOM_BUILT, public=public, room=room.token, epoch=1, kind=kind.value, owner=owner)
        self.rooms[kind, of.user.handle if of else ""] = room
        for who in to:
            self.grant(room, who)
        return room

    def room(self, kind: RoomKind, *, of: Actor | None = None) -> Room:
        """Return a room that was built."""
        return self.rooms[kind, of.user.handle if of else ""]

    def grant(self, room: Room, who: Actor) -> None:
        """Give somebody a room's key."""
        sealed = ladder.seal_room_key(
            self.privates[room.token],
            room=room.token,
            epoch=1,
            to=who.user.handle,
            public=self.batch.public_of(who),
            wraps=[self.batch.keys[room.token]],
        )
        self.batch.row(RoomGrant, **access.key(room, who.user, {1: sealed}))
        self.tell(Event.ROOM_GRANTED, room=room.token, to=self.name_of(who))

    def write(self, room: Room, kind: EntryKind, words: Mapping[str, str], by: Actor, token: str = "") -> None:
        """Seal words into a room, signed by their author."""
        facts = ladder.EntryFacts(room.token, 1, token or new_token(), 1, by.user.handle)
        body = json.dumps({"kind": kind, "words": dict(words)}).encode()
        sealed = ladder.seal_entry(body, facts=facts, author=by.keys, room_public=self.publics[room.token])
        lies = {"room_id": room.pk, "token": facts.entry, "kind": kind, "epoch": 1}
        self.batch.row(Entry, **lies, author_id=by.user.pk, sealed=sealed, written_at=self.now)
        digest = hashlib.sha256(sealed).hexdigest()
        self.tell(Event.ENTRY_WRITTEN, by, room=room.token, entry=facts.entry, version=1, digest=digest)

    def destroy(self, room: Room) -> None:
        """Destroy a room: its shred key is never kept."""
        room.destroyed_at = self.now
        del self.batch.keys[room.token]
        self.tell(Event.ROOM_DESTROYED, room=room.token)

    def finish(self) -> None:
        """Have the case itself written, its grants and its clocks as they stand at the end."""
        self.add(self.case)
        live = int(self.case.closed_at is None)
        for sight in self.sights:
            self.batch.row(CaseGrant, **sight, live=live, last_activity_at=self.case.moved_at)
        for kind, rule in DEADLINES.items():
            if rule.starts in self.taken:
                due = timezone.localdate(self.taken[rule.starts]) + dt.timedelta(days=rule.days)
                self.batch.row(Clock, case_id=self.case.pk, kind=kind, due_on=due, stopped_at=self._stopped(rule))

    def _stopped(self, rule: Deadline) -> dt.datetime | None:
        ends = [self.taken[step] for step in rule.stops if step in self.taken]
        return min(ends) if ends else self.case.closed_at

    def consent(self, who: Actor, to: Consent.To, paper: Paper | None = None) -> None:
        """Let a seat say yes to one thing."""
        given = Consent(
            seat=self.seats[who.user.handle],
            to=to,
            paper=paper,
            paper_version=paper.version if paper else None,
            wording=wording(to),
            given_at=self.now,
        )
        self.add(given)
        self.tell(Event.CONSENT_GIVEN, who, **consent_facts(given, {who.user.pk: self.name_of(who)}))
