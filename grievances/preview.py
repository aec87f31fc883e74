"""
The reporter's preview, before anything is filed: who will be able to open which room, and from when on.

It is computed from the table of rooms and from the answers given so far, so that it says what the keys will do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caracol.accounts import roles
from caracol.accounts.contacts import serving_names_of
from caracol.accounts.models import SiteRole, User
from grievances import access
from grievances.actions.people import cleared_by_the_reporter
from grievances.facts import Facts
from grievances.models import Case
from grievances.roles import Part
from grievances.rooms import INTAKE_READS, ROOMS, RoomKind


class When(TextChoices):
    """From when on somebody can open a room."""

    NEVER = "never", gettext_lazy("never")
    FROM_THE_START = "from_the_start", gettext_lazy("from the start")
    AS_SOON_AS_FILED = "as_soon_as_filed", gettext_lazy("as soon as you file")
    WHEN_TAKEN_IN = "when_taken_in", gettext_lazy("once they have taken it in, until two mediators serve")
    WHEN_ASKED = "when_asked", gettext_lazy("when they are asked to serve")
    ONCE_SERVING = "once_serving", gettext_lazy("once they serve")
    BY_YOUR_HAND = "by_your_hand", gettext_lazy("only if you let them, each one by your own hand")
    WHEN_YOU_AGREE = "when_you_agree", gettext_lazy("once you agree to take part")
    WHEN_AGREED = "when_agreed", gettext_lazy("once they agree to take part")
    WHEN_BUILT = "when_built", gettext_lazy("as soon as something lies in it")
    IF_TOLD = "if_told", gettext_lazy("if they are told, in words that you have agreed to")
    IF_INVITED = "if_invited", gettext_lazy("if they are invited, in words that you have agreed to")
    WHILE_YOU_LIKE = "while_you_like", gettext_lazy("if you ask somebody to your side, for as long as you like")
    BY_RECOVERY = "by_recovery", gettext_lazy("only several together, to hand it on when every other key is lost")


@dataclass(frozen=True)
class Reader:
    """
    Who may come to read something: the parts of their seat, and the names of those meant, where they are shown.

    No parts stand for the steering committee, whose members have no seat.
    """

    who: str
    parts: frozenset[Part]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoomPlan:
    """A room that there will be: whose it is, if it is somebody's, and what it is called."""

    kind: RoomKind
    name: str
    owner: frozenset[Part] = frozenset()


@dataclass(frozen=True)
class Line:
    """A room in the preview: what it holds, and from when on each reader can open it."""

    room: RoomPlan
    holds: Promise
    cells: list[When]


@dataclass(frozen=True)
class Preview:
    """Who will see what: `readers` head the columns, `lines` are the rooms, and who is `barred` sees nothing."""

    readers: list[Reader]
    lines: list[Line]
    barred: list[str]
    recovery: bool


def preview(facts: Facts, said: Mapping[str, str], *, with_names: bool) -> Preview:
    """Return who will see what of a concern that is filed with these answers; names only for who may see the list."""
    recovery = not said.get("leave_recovery_out")
    readers = _readers(facts, with_names=with_names, recovery=recovery)
    rooms = _rooms(facts.parts, kept_back=bool(said.get("keep_back")))
    lines = [
        Line(room, ROOMS[room.kind].holds, [_when(room, reader, facts.parts) for reader in readers]) for room in rooms
    ]
    barred = _names(_barred(facts), with_names=with_names)
    return Preview(readers, lines, list(barred), recovery)


def _readers(facts: Facts, *, with_names: bool, recovery: bool) -> list[Reader]:
    intake = _names(_could(facts.case, SiteRole.INTAKE), with_names=with_names)
    mediators = _names(_could(facts.case, SiteRole.MEDIATOR), with_names=with_names)
    found = [
        Reader(_("You"), facts.parts),
        Reader(_("Whoever takes it in"), frozenset({Part.INTAKE}), intake),
        Reader(_("A mediator"), frozenset({Part.MEDIATOR}), mediators),
        Reader(_("The person named"), frozenset({Part.RESPONDENT})),
        Reader(_("The person harmed"), frozenset({Part.HARMED})),
        Reader(_("Your support person"), frozenset({Part.SUPPORT})),
    ]
    found = [each for each in found if each.parts == facts.parts or not each.parts <= facts.parts]
    return [*found, Reader(_("Steering members"), frozenset())] if recovery else found


def _could(case: Case, role: SiteRole) -> list[User]:
    """Return who holds a role, was asked about and was not barred."""
    cleared = cleared_by_the_reporter(case) - access.conflicted(case)
    return [user for user in roles.holders(role) if user.pk in cleared]


def _barred(facts: Facts) -> list[User]:
    held = {*roles.holders(SiteRole.MEDIATOR), *roles.holders(SiteRole.INTAKE)} - {facts.user}
    out = access.conflicted(facts.case)
    return [user for user in held if user.pk in out]


def _names(users: list[User], *, with_names: bool) -> tuple[str, ...]:
    return tuple(sorted(serving_names_of(users).values(), key=str.casefold)) if with_names else ()


def _rooms(mine: frozenset[Part], *, kept_back: bool) -> list[RoomPlan]:
    kinds = [RoomKind.NAMES, *([RoomKind.IDENTITY] if kept_back else [])]
    rooms = [RoomPlan(kind, str(kind.label)) for kind in kinds]
    rooms.append(RoomPlan(RoomKind.PARTY, _("Your own room"), mine))
    if Part.RESPONDENT not in mine:
        rooms.append(RoomPlan(RoomKind.PARTY, _("The room of the person named"), frozenset({Part.RESPONDENT})))
    if Part.HARMED not in mine:
        rooms.append(RoomPlan(RoomKind.PARTY, _("The room of the person harmed"), frozenset({Part.HARMED})))
    later = (RoomKind.TABLE, RoomKind.MEDIATORS, RoomKind.PACKET)
    return rooms + [RoomPlan(kind, str(kind.label)) for kind in later]


def _when(room: RoomPlan, reader: Reader, mine: frozenset[Part]) -> When:
    """Return from when on this reader can open this room, by the table of rooms."""
    rule = ROOMS[room.kind]
    if not reader.parts:
        return When.BY_RECOVERY if rule.recovery else When.NEVER
    if reader.parts & {Part.INTAKE, Part.MEDIATOR}:
        return _when_serving(room, *reader.parts)
    if rule.owned:
        return _when_owned(room, reader, mine)
    if not reader.parts & rule.keys:
        return When.NEVER
    if rule.agreed:
        return When.WHEN_YOU_AGREE if reader.parts == mine else When.WHEN_AGREED
    return When.FROM_THE_START if rule.keys == {Part.REPORTER} or rule.asked else When.WHEN_BUILT


def _when_owned(room: RoomPlan, reader: Reader, mine: frozenset[Part]) -> When:
    if reader.parts == {Part.SUPPORT}:
        return When.WHILE_YOU_LIKE if room.owner == mine else When.NEVER
    if reader.parts != room.owner:
        return When.NEVER
    if room.owner == mine:
        return When.FROM_THE_START
    return When.IF_TOLD if Part.RESPONDENT in room.owner else When.IF_INVITED


def _when_serving(room: RoomPlan, part: Part) -> When:
    rule = ROOMS[room.kind]
    if room.kind is RoomKind.IDENTITY:
        return When.BY_YOUR_HAND if part is Part.MEDIATOR else When.NEVER
    if part is Part.INTAKE and rule.owned:
        return When.WHEN_TAKEN_IN if INTAKE_READS in room.owner else When.NEVER
    if part not in rule.keys:
        return When.NEVER
    if rule.asked:
        return When.AS_SOON_AS_FILED if part is Part.INTAKE else When.WHEN_ASKED
    return When.ONCE_SERVING
