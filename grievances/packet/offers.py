"""
What may go into a packet at all: a closed list, asked of the database, so that nothing else is ever offered.

Mediators' notes and what was said at the shared table are in no row of it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caracol.accounts.actor import Actor
from grievances import access
from grievances.facts import Facts
from grievances.models import AmendsItem, Consent, Entry, EntryKind, Paper, Purpose, Room, Seat
from grievances.packet.contents import Group, Item
from grievances.packet.history import conflicts, history
from grievances.roles import HARM_SIDE, Part
from grievances.rooms import RoomKind
from grievances.sealing import newest, read

# The fields of a statement that can leave, and where they stand in a packet.
_STATEMENT: Mapping[str, tuple[Group, Promise]] = {
    "saw": (Group.CONDUCT, gettext_lazy("What happened")),
    "effect": (Group.CONDUCT, gettext_lazy("What it did")),
    "need": (Group.WANTS, gettext_lazy("What is needed")),
    "danger": (Group.SAFETY, gettext_lazy("Is anyone in danger?")),
    "reach_how": (Group.FILER, gettext_lazy("How they can be reached safely")),
}
_SAID_BY = {Part.RESPONDENT: Group.RESPONSE, Part.WITNESS: Group.WITNESSES}
# Whose own words leave only with their own consent.
ASKED_THEMSELVES = frozenset(_SAID_BY)


def may_leave() -> Q:
    """Return the one condition on entries that can go into a packet."""
    own = Q(room__kind=RoomKind.PARTY, author_id=F("room__seat__user_id"))
    told = Q(kind__in=(EntryKind.STATEMENT, EntryKind.MESSAGE, EntryKind.FILE))
    entered = Paper.objects.filter(purpose=Purpose.AGREEMENT, used_at__isnull=False).values("token")
    agreed = Q(room__kind=RoomKind.TABLE, kind=EntryKind.AGREEMENT, token__in=entered)
    named = Q(room__kind=RoomKind.NAMES, kind=EntryKind.NAMED)
    return (own & told) | agreed | named


def on_offer(facts: Facts, by: Actor) -> list[Item]:
    """Return everything that somebody could put into a packet of the case: of the rooms they open, and facts."""
    found = newest(_entries(facts, by))
    kept = set(facts.case.rooms.filter(files__isnull=False).values_list("files__token", flat=True))
    offered = [
        item
        for opened in read(found, by=by)
        if opened.words is not None and (opened.entry.kind != EntryKind.FILE or opened.entry.token in kept)
        for item in _items(opened.entry, opened.words, facts)
    ]
    facts_told = [*history(facts), *conflicts(facts)]
    order = [group.value for group in Group]
    return sorted([*offered, *facts_told], key=lambda item: order.index(item.group))


def rooms_read(facts: Facts, by: Actor) -> QuerySet[Room]:
    """Return the rooms whose words the list is made of."""
    return access.rooms_of(by.user, Room.objects.filter(entries__in=_entries(facts, by))).distinct()


def _entries(facts: Facts, by: Actor) -> QuerySet[Entry]:
    rooms = access.rooms_of(by.user, Room.objects.filter(case=facts.case)).values("pk")
    found = Entry.objects.filter(may_leave(), room__in=rooms)
    return found.select_related("room__case", "room__seat", "author")


def _items(entry: Entry, words: Mapping[str, str], facts: Facts) -> Iterable[Item]:
    seat = entry.room.seat
    group = Group.HISTORY if entry.kind == EntryKind.AGREEMENT else _group_of(seat, facts)
    if group is None:
        return
    owner = seat.token if seat and group in _SAID_BY.values() else ""
    if entry.kind == EntryKind.FILE:
        yield _file(entry, words, owner)
    elif entry.kind == EntryKind.STATEMENT and not owner:
        yield from _statement(entry, words)
    else:
        yield Item(group, entry.token, _title(entry, group), _text(words), entry.token, owner)


def _group_of(seat: Seat | None, facts: Facts) -> Group | None:
    """Return where somebody's words stand; None where they may not leave without a consent that is not there."""
    if seat is None:
        return Group.NAMED
    if seat.parts_ever & HARM_SIDE:
        return Group.CONDUCT
    part = next((part for part in _SAID_BY if part in seat.parts_ever), None)
    return _SAID_BY[part] if part and facts.consented(seat, Consent.To.PACKET) else None


def _title(entry: Entry, group: Group) -> str:
    day = date_format(timezone.localdate(entry.written_at))
    if entry.kind == EntryKind.NAMED:
        return _("Who is named")
    if entry.kind == EntryKind.AGREEMENT:
        return _("The agreement of %(day)s") % {"day": day}
    return _("%(what)s, written on %(day)s") % {"what": group.label, "day": day}


def _statement(entry: Entry, words: Mapping[str, str]) -> Iterable[Item]:
    for field, (group, title) in _STATEMENT.items():
        if text := words.get(field):
            yield Item(group, f"{entry.token}-{field}", str(title), text, entry.token, fixed=field == "danger")


def _file(entry: Entry, words: Mapping[str, str], owner: str) -> Item:
    mark = _("Named in the packet, and not part of it. SHA-256: %(digest)s") % {"digest": words["digest"]}
    return Item(Group.EVIDENCE, entry.token, words["name"], mark, entry.token, owner, fixed=True)


def _text(words: Mapping[str, str]) -> str:
    promised = [
        _("%(what)s (%(facet)s, until %(day)s)")
        % {
            "what": each["words"],
            "facet": AmendsItem.Facet(each["facet"]).label,
            "day": date_format(dt.date.fromisoformat(each["due_on"])),
        }
        for each in json.loads(words.get("amends", "[]"))
    ]
    return "\n".join([words.get("text") or words.get("saw", ""), *promised])


def lacking(items: Iterable[Item], facts: Facts) -> list[Item]:
    """Return the items that may not leave: from no place that may, or whose owner's consent does not stand."""
    chosen = list(items)
    tokens = {item.entry for item in chosen if item.entry}
    every = Entry.objects.filter(token__in=tokens, room__case=facts.case)
    fine = set(every.filter(may_leave()).values_list("token", flat=True))
    agreed = {seat.token for seat in facts.seats if facts.consented(seat, Consent.To.PACKET)}
    return [
        item for item in chosen if (item.entry and item.entry not in fine) or (item.owner and item.owner not in agreed)
    ]
