"""Presenters: what a case's pages say in words, put together for one reader and no other."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caracol.accounts.actor import Actor
from caracol.accounts.contacts import name_of, serving_name_in
from caracol.files.kinds import KINDS
from grievances import covering, free_and_busy, guards, overview
from grievances.actions.words import read_paper
from grievances.consents import BEHIND, BESIDE
from grievances.exceptions import NotOpen, Refused
from grievances.facts import Facts
from grievances.models import AmendsItem, Clock, Consent, EntryKind, Paper, Room, Seat
from grievances.packet.contents import packet_of
from grievances.roles import HARM_SIDE, SERVING, Part
from grievances.rooms import ROOMS, RoomKind
from grievances.sealing import Opened
from grievances.workflow import WAY, Rule, Stage, Step, Two

CALLED: Mapping[Part, Promise] = {
    Part.REPORTER: gettext_lazy("the reporter"),
    Part.HARMED: gettext_lazy("the person harmed"),
    Part.RESPONDENT: gettext_lazy("the person named"),
    Part.SUPPORT: gettext_lazy("a support person"),
    Part.WITNESS: gettext_lazy("a witness"),
    Part.MEDIATOR: gettext_lazy("a mediator"),
    Part.INTAKE: gettext_lazy("the intake person"),
}
# Parts of which a case may have several, who are told apart by a number.
SEVERAL = frozenset({Part.RESPONDENT, Part.WITNESS})
# What the fields of an entry are called where they are read.
LABELS: Mapping[str, Promise] = {
    "saw": gettext_lazy("What happened"),
    "effect": gettext_lazy("What it did to them"),
    "need": gettext_lazy("What they need"),
    "danger": gettext_lazy("Is anyone in danger?"),
    "reach": gettext_lazy("How to reach them"),
    "reach_how": gettext_lazy("What is safe, and what is not"),
    "how": gettext_lazy("How the amends go"),
    "who": gettext_lazy("Who gets it?"),
    "why": gettext_lazy("Why am I sharing?"),
    "what": gettext_lazy("What exactly is shared?"),
    "needed": gettext_lazy("Is all of it needed?"),
    "reason": gettext_lazy("Why by exception"),
}
DANGER = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no"), "unsure": gettext_lazy("not sure")}
REACH = {"here": gettext_lazy("only in here"), "also": gettext_lazy("also as they describe")}
AMENDS = {
    "as_agreed": gettext_lazy("as agreed"),
    "partly": gettext_lazy("partly"),
    "not": gettext_lazy("not as agreed"),
    "too_early": gettext_lazy("too early to say"),
}
# The closed answers among the words, as they read.
ANSWERS: Mapping[str, Mapping[str, Promise]] = {"danger": DANGER, "reach": REACH, "how": AMENDS}
# Whose page shows a clock; serving people and the harm side see all of them.
_SIDES_CLOCKS = frozenset(
    {Clock.Kind.ANSWER, Clock.Kind.MEDIATE, Clock.Kind.RESOLVE, Clock.Kind.CHECK_IN, Clock.Kind.CHECK_IN_AGAIN}
)


class People:
    """What the people of a case are called on one reader's pages: "you", or their part; never a name."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @property
    def seats(self) -> list[Seat]:
        """Every seat there ever was, so that a number once given stays."""
        return self.facts.seats_ever

    def called(self, seat: Seat) -> str:
        """Return what `seat` is called."""
        if self.facts.user and seat.user_id == self.facts.user.pk:
            return _("you")
        part = first_part(seat)
        if part is None:
            return _("somebody")
        alike = [other.pk for other in self.seats if first_part(other) is part]
        if part in SEVERAL and len(alike) > 1:
            return f"{CALLED[part]} {alike.index(seat.pk) + 1}"
        return str(CALLED[part])

    def seat_of(self, user_id: int) -> Seat | None:
        """Return the seat that this person has or had."""
        return next((seat for seat in self.seats if seat.user_id == user_id), None)

    def author(self, user_id: int) -> str:
        """Return what the author of something is called."""
        seat = self.seat_of(user_id)
        return self.called(seat) if seat else _("somebody who was asked")


def first_part(seat: Seat) -> Part | None:
    """Return the part by which a seat is known, of all it ever carried."""
    return next((part for part in Part if part in seat.parts_ever), None)


# Stages, clocks, steps


@dataclass(frozen=True)
class StepLine:
    """A step on the case page: its row of the way, and why it is closed, if it is."""

    rule: Rule
    refusals: list[Refused]

    @property
    def step(self) -> Step:
        """The step."""
        return self.rule.step

    @property
    def is_open(self) -> bool:
        """Whether the reader can take it now."""
        return not self.refusals

    @property
    def ends_it(self) -> bool:
        """Whether the step closes the case."""
        return self.rule.enters is Stage.CLOSED

    @property
    def takes_two(self) -> bool:
        """Whether the step may take a second mediator."""
        return self.rule.two is not Two.NO


def steps_for(facts: Facts) -> list[StepLine]:
    """Return the steps that are the reader's by their part, open or not."""
    return [StepLine(rule, guards.refusals(rule.step, facts)) for rule in WAY.values() if guards.belongs(rule, facts)]


def taken_back(step: Step, facts: Facts, people: People) -> list[str]:
    """Return, for a mediator, which consents a step lacks because somebody took them back: who, when and what."""
    if Part.MEDIATOR not in facts.parts:
        return []
    lacking = [need for need in WAY[step].needs if need in BEHIND and not guards.GUARDS[need](facts, step)]
    asked = [each for need in lacking for each in BEHIND[need]] + list(BESIDE.get(step, ()))
    gone = [facts.refused(seat, to, purpose) for to, purpose in dict.fromkeys(asked) for seat in facts.seats]
    return [_taken_back(consent, people) for consent in gone if consent]


def _taken_back(consent: Consent, people: People) -> str:
    owner = next(seat for seat in people.seats if seat.pk == consent.seat_id)
    day = date_format(timezone.localtime(consent.withdrawn_at), "DATETIME_FORMAT")
    words = {"who": people.called(owner), "day": day, "says": Consent.To(consent.to).label}
    return capfirst(_("%(who)s took this back on %(day)s: %(says)s") % words)


def clocks_for(facts: Facts) -> list[Clock]:
    """Return the running clocks that concern the reader."""
    running = facts.rows(overview.clocks)
    if facts.parts & (HARM_SIDE | SERVING):
        return running
    return [clock for clock in running if Part.RESPONDENT in facts.parts and clock.kind in _SIDES_CLOCKS]


def serving(facts: Facts) -> list[tuple[str, str]]:
    """Return who serves: what they serve as, and the name they chose for it."""
    sees_intake = bool(facts.parts & (HARM_SIDE | SERVING))
    seats = facts.mediators + (facts.with_part(Part.INTAKE) if sees_intake else [])
    users = [seat.user for seat in seats]
    names = {seat.user_id: serving_name_in(seat.contact, seat.user) for seat in seats}
    remarks = free_and_busy.remarks(users) if facts.any_of(overview.busy_or_away) else {}
    cover = covering.covers(facts.mediators) if remarks else {}
    found = []
    for seat in seats:
        if part := first_part(seat):
            by = cover.get(seat.pk)
            covered = _("%(name)s covers") % {"name": names[by.user_id]} if by else None
            says = filter(None, (str(part.label), remarks.get(seat.user_id), covered))
            found.append((", ".join(says), names[seat.user_id]))
    return found


# Rooms and what lies in them


@dataclass(frozen=True)
class RoomLine:
    """A room on the case page: what it is called, and what it holds."""

    room: Room
    name: str
    holds: Promise


def room_line(room: Room, people: People) -> RoomLine:
    """Return a room in words."""
    kind = RoomKind(room.kind)
    name = _room_of(room, people) if room.seat else str(kind.label)
    return RoomLine(room, name, ROOMS[kind].holds)


def _room_of(room: Room, people: People) -> str:
    owner = people.seat_of(room.seat.user_id) if room.seat else None
    if owner is None or owner == people.facts.me:
        return _("Your own room")
    return _("The room of: %(who)s") % {"who": people.called(owner)}


@dataclass(frozen=True)
class Said:
    """One entry as a reader sees it: what it is, who wrote it and when, and its words; none where unverified."""

    kind: str
    author: str
    entry: Opened
    lines: list[tuple[str, str]]


def said(opened: Opened, people: People) -> Said:
    """Return an opened entry in words."""
    kind = EntryKind(opened.entry.kind)
    lines = [] if opened.words is None else _lines(kind, opened.words, people)
    return Said(str(kind.label), people.author(opened.entry.author_id), opened, lines)


def _lines(kind: EntryKind, words: Mapping[str, str], people: People) -> list[tuple[str, str]]:
    return file_in_words(words) if kind is EntryKind.FILE else in_words(words, people)


def file_in_words(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what a file is and shows; never its key. By its digest two people see that they speak of the same file."""
    what = f"{KINDS[words['kind']].label}, {filesizeformat(words['size'])}"
    told = [("", words["name"]), ("", what), (_("What it shows"), words["note"]), ("SHA-256", words["digest"])]
    return [(label, text) for label, text in told if text]


def in_words(words: Mapping[str, str], people: People) -> list[tuple[str, str]]:
    """Return the fields of an entry that hold something, each with its label (or an empty one)."""
    if "packet" in words:
        return [(item.title, item.text) for _title, items in packet_of(words).groups() for item in items]
    lines = [_line(name, text) for name, text in words.items() if text and name != "amends"]
    return lines + [(_("Promised"), promise) for promise in promises(words, people)]


def _line(name: str, text: str) -> tuple[str, str]:
    if name == "kept_back":
        return "", _("The reporter asked to keep their name back.")
    text = str(ANSWERS.get(name, {}).get(text, text))
    return str(LABELS.get(name, "")), text


def promises(words: Mapping[str, str], people: People) -> list[str]:
    """Return the amends of an agreement, one line each: what, by whom, by when."""
    owners = {seat.token: seat for seat in people.seats}
    return [
        _("%(what)s (%(facet)s; by %(who)s, until %(day)s)")
        % {
            "what": item["words"],
            "facet": AmendsItem.Facet(item["facet"]).label,
            "who": people.called(owners[item["owner"]]) if item["owner"] in owners else _("somebody"),
            "day": date_format(dt.date.fromisoformat(item["due_on"])),
        }
        for item in json.loads(words.get("amends", "[]"))
    ]


@dataclass(frozen=True)
class PaperText:
    """A text as its reader sees it: its lines, or why it can't be shown; `whom` would be brought in by it."""

    paper: Paper
    lines: list[tuple[str, str]]
    whom: str = ""
    fault: Refused | None = None


def paper_text(paper: Paper, actor: Actor, people: People) -> PaperText:
    """Return the current version of a paper, opened for its reader; opening it is recorded."""
    whom = _("%(name)s, as: %(part)s") % _brought_in(paper) if paper.person else ""
    try:
        text = read_paper(paper, by=actor)
    except NotOpen as fault:
        return PaperText(paper, [], whom, fault)
    return PaperText(paper, in_words(text, people) if text else [], whom)


def _brought_in(paper: Paper) -> dict[str, str]:
    name = name_of(paper.person) if paper.person else ""
    return {"name": name, "part": str(Part(paper.part).label)}
