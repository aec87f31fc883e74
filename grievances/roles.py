"""
Seats: the parts a person can have in one case, and what each part may do there.

One person has one seat in a case, whatever parts it carries. A part gives what its row says and nothing
else; which rooms it opens is said in `rooms.py`, which steps it may take in `workflow.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Part(TextChoices):
    """A part that a seat can carry."""

    REPORTER = "reporter", _("reporter")
    HARMED = "harmed", _("person harmed")
    RESPONDENT = "respondent", _("person named")
    SUPPORT = "support", _("support person")
    WITNESS = "witness", _("witness")
    MEDIATOR = "mediator", _("mediator")
    INTAKE = "intake", _("intake person")


PARTY = frozenset({Part.REPORTER, Part.HARMED, Part.RESPONDENT, Part.SUPPORT, Part.WITNESS})
SERVING = frozenset({Part.MEDIATOR, Part.INTAKE})
# Whose consent the Caucus asks before it goes on (Code 5.6: the person harmed leads).
HARM_SIDE = frozenset({Part.REPORTER, Part.HARMED})
# Who can agree with one another about what happened between them.
SIDES = frozenset({Part.HARMED, Part.RESPONDENT})


class May(StrEnum):
    """One thing a seat may do in a case."""

    SEE = "see the case page and where the case stands"
    WRITE = "write in a room whose door the seat opens"
    FOLLOW = "read the history of the case, as far as it concerns the seat"
    READ_LOG = "read who opened which room, and when"
    CONSENT = "give and withdraw consents"
    ANSWER = "answer an offered private space"
    SAY_WHO_MAY_NOT_SERVE = "say who must not serve"
    ASK = "ask a mediator to serve"
    RECOVER = "ask that the case be offered to mediators with the organisation's shares"
    PLAN = "plan a session of mediation"
    MEET = "answer when invited to a session"
    SPEAK = "say in their own words how the amends go"
    PREPARE = "put a text before people for their consent"
    KEEP_TIME = "set another date for what is due, or let it pause"
    HAND_OVER = "leave a note for whoever takes over"
    SUPPORTED = "be supported by a person of their choice"
    SAY_HOW_IT_WAS = "say how the process was, once it is over"
    OBJECT = "object to a mediator who is too close to somebody"
    LEAVE = "leave the seat"
    REPORT_RETALIATION = "report retaliation, as a concern of its own"
    HOLD = "keep a closed case from being destroyed, together with somebody else"
    COPY = "take a copy of what is their own"
    LEAVE_UNCOUNTED = "say where the case is not counted in the statistics"


@dataclass(frozen=True)
class SeatRule:
    """What a part is, in words for everybody, and what it may do."""

    says: Promise
    may: frozenset[May]


_EVERYBODY = frozenset({May.SEE, May.WRITE, May.FOLLOW, May.LEAVE, May.SAY_HOW_IT_WAS, May.REPORT_RETALIATION})

SEATS: dict[Part, SeatRule] = {
    Part.REPORTER: SeatRule(
        _("Raised the concern. Decides, with the person harmed, how far it goes."),
        _EVERYBODY
        | {May.READ_LOG, May.CONSENT, May.ANSWER, May.SAY_WHO_MAY_NOT_SERVE, May.ASK, May.RECOVER, May.SUPPORTED}
        | {May.LEAVE_UNCOUNTED, May.COPY, May.HOLD},
    ),
    Part.HARMED: SeatRule(
        _("Was harmed. Nothing goes further without their consent."),
        _EVERYBODY
        | {May.READ_LOG, May.CONSENT, May.ANSWER, May.RECOVER, May.SUPPORTED, May.SPEAK, May.OBJECT}
        | {May.MEET, May.COPY, May.HOLD},
    ),
    Part.RESPONDENT: SeatRule(
        _("Is named in the concern. Sees what they were told and their own words; never the reporter's."),
        _EVERYBODY | {May.CONSENT, May.ANSWER, May.MEET, May.SUPPORTED, May.OBJECT},
    ),
    Part.SUPPORT: SeatRule(
        _("Stands by one of the people concerned, and reads what that person shares."),
        _EVERYBODY | {May.MEET},
    ),
    Part.WITNESS: SeatRule(
        _("Was asked what they saw or heard. Sees only their own words."),
        _EVERYBODY | {May.CONSENT},
    ),
    Part.MEDIATOR: SeatRule(
        _("Works the case with a second mediator, and knows of no case they are not seated on."),
        frozenset({May.SEE, May.WRITE, May.FOLLOW, May.READ_LOG, May.ASK, May.RECOVER, May.PREPARE})
        | {May.KEEP_TIME, May.PLAN, May.HAND_OVER, May.LEAVE_UNCOUNTED, May.REPORT_RETALIATION, May.HOLD},
    ),
    Part.INTAKE: SeatRule(
        _("Took the concern in and finds two mediators; the keys end when both have accepted."),
        frozenset({May.SEE, May.WRITE, May.FOLLOW, May.ASK, May.RECOVER, May.REPORT_RETALIATION}),
    ),
}


def may_of(parts: frozenset[Part]) -> frozenset[May]:
    """Return everything that a seat carrying `parts` may do."""
    return frozenset().union(*(SEATS[part].may for part in parts))
