"""
Rooms: the places inside a case, what each holds, and which seats hold a key to it.

Permission and encryption are one thing here: whoever a row lists is given the room's keys, and nobody else
can open the room, whatever else they may do.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievances.roles import Part


class RoomKind(TextChoices):
    """What a room is for."""

    DRAFT = "draft", _("Draft")
    NAMES = "names", _("Names")
    PARTY = "party", _("Private room")
    TABLE = "table", _("Shared table")
    MEDIATORS = "mediators", _("Mediators' notes")
    IDENTITY = "identity", _("Identity")
    PACKET = "packet", _("Packet for National")
    AGENDA = "agenda", _("Agenda item")
    CONVERSATION = "conversation", _("Private talk")


@dataclass(frozen=True)
class RoomRule:
    """
    What a room holds and who has its keys.

    `keys` are the parts that hold one; `owned` rooms belong to one party seat, which holds a key whatever
    its parts and may let its support person have one; `asked` means that people asked to serve hold one while
    they decide; `agreed` means that a party's key waits for their consent to take part; `recovery` means that the
    organisation's shares together can open it, unless the reporter left recovery out.
    """

    holds: Promise
    keys: frozenset[Part]
    owned: bool = False
    asked: bool = False
    agreed: bool = False
    recovery: bool = False
    writers: frozenset[Part] = frozenset()


ROOMS: dict[RoomKind, RoomRule] = {
    RoomKind.DRAFT: RoomRule(
        _("The concern being written. Destroyed when it is filed; its final text is copied out."),
        keys=frozenset({Part.REPORTER}),
    ),
    RoomKind.NAMES: RoomRule(
        _("Who is involved, and nothing else."),
        keys=frozenset({Part.REPORTER, Part.INTAKE, Part.MEDIATOR}),
        asked=True,
        recovery=True,
    ),
    RoomKind.PARTY: RoomRule(
        _("One person's own words, their messages with the mediators, and what they were told."),
        keys=frozenset({Part.MEDIATOR}),
        owned=True,
        recovery=True,
        writers=frozenset({Part.MEDIATOR, Part.INTAKE}),
    ),
    RoomKind.TABLE: RoomRule(
        _("What the sides share: invitations, the agreement, amends, check-ins."),
        keys=frozenset({Part.REPORTER, Part.HARMED, Part.RESPONDENT, Part.MEDIATOR}),
        agreed=True,
        recovery=True,
        writers=frozenset({Part.REPORTER, Part.HARMED, Part.RESPONDENT, Part.MEDIATOR}),
    ),
    RoomKind.MEDIATORS: RoomRule(
        _("The mediators' working notes. Destroyed when the case closes."),
        keys=frozenset({Part.MEDIATOR}),
        recovery=True,
        writers=frozenset({Part.MEDIATOR}),
    ),
    RoomKind.IDENTITY: RoomRule(
        _("Who the reporter is, where they asked to keep it back."),
        keys=frozenset({Part.REPORTER}),
    ),
    RoomKind.PACKET: RoomRule(
        _("What would go to National, version by version, with the reasons for sharing it."),
        keys=frozenset({Part.REPORTER, Part.HARMED, Part.MEDIATOR}),
    ),
    RoomKind.AGENDA: RoomRule(
        _("A political question for a Caucus meeting, without names and without the case."),
        keys=frozenset({Part.MEDIATOR}),
    ),
    RoomKind.CONVERSATION: RoomRule(
        _("A private talk about a minor act, which is no case: for who recorded it, and one member they let read it."),
        keys=frozenset(),
    ),
}

OUTSIDE_ANY_CASE = (RoomKind.AGENDA, RoomKind.CONVERSATION)
# The reporter's own party room also opens to the intake person who took the concern, until two mediators serve.
INTAKE_READS = Part.REPORTER
