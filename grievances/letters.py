"""
Letters: who is told that a step was taken. A letter carries nothing else: not the case's words, not a name.

Whoever took the step is never told of it. An empty set is a decision too: nobody is told.
"""

from __future__ import annotations

from dataclasses import dataclass

from grievances.roles import Part
from grievances.workflow import Step


@dataclass(frozen=True)
class Letter:
    """Who is told: seats by their parts, and whether who was asked to serve, or brought in, is told too."""

    to: frozenset[Part] = frozenset()
    asked: bool = False


_HARM_SIDE = Letter(frozenset({Part.REPORTER, Part.HARMED}))
_SERVERS = Letter(frozenset({Part.MEDIATOR, Part.INTAKE}))
_MEDIATORS = Letter(frozenset({Part.MEDIATOR}))
_SIDES = Letter(frozenset({Part.REPORTER, Part.HARMED, Part.RESPONDENT, Part.MEDIATOR}))
_ALL = Letter(frozenset(Part))
# Who else is named, was invited or talks in private is nobody else's business.
_ASKED_AND_THEIRS = Letter(frozenset({Part.REPORTER, Part.HARMED, Part.MEDIATOR}), asked=True)

LETTERS: dict[Step, Letter] = {
    Step.FILE: Letter(asked=True),
    Step.ACKNOWLEDGE: _HARM_SIDE,
    Step.ASK: Letter(asked=True),
    Step.ACCEPT: Letter(frozenset({Part.REPORTER, Part.HARMED, Part.MEDIATOR})),
    Step.RECUSE: Letter(frozenset({Part.REPORTER, Part.MEDIATOR, Part.INTAKE}), asked=True),
    Step.DISTINGUISH: _HARM_SIDE,
    Step.CONTEST: _SERVERS,
    Step.INVITE: _ASKED_AND_THEIRS,
    Step.TELL: _ASKED_AND_THEIRS,
    Step.REDIRECT: _ALL,
    Step.SPLIT: _HARM_SIDE,
    Step.BEGIN_ONE_ON_ONE: _SIDES,
    Step.OFFER_SPACE: Letter(frozenset({Part.MEDIATOR}), asked=True),
    Step.RECORD_ONE_ON_ONE: _SIDES,
    Step.RESOLVE_ONE_ON_ONE: _ALL,
    Step.BEGIN_MEDIATION: _SIDES,
    Step.SET_MEDIATION_ASIDE: _HARM_SIDE,
    Step.RECORD_SESSION: _MEDIATORS,
    Step.AGREE: _SIDES,
    Step.CHECK_IN: _SIDES,
    Step.COMPLETE_AMENDS: _ALL,
    Step.RETURN_TO_MEDIATION: _SIDES,
    Step.CLOSE_WITHOUT_AGREEMENT: _ALL,
    Step.CLOSE_BROKEN: _ALL,
    Step.REFER: _HARM_SIDE,
    Step.REFER_BY_EXCEPTION: _HARM_SIDE,
    Step.RECORD_ANSWER: _ALL,
    Step.RECORD_NOT_FILED: _ALL,
    Step.WITHDRAW: _ALL,
    Step.CLOSE_RECORDED: _HARM_SIDE,
    Step.CLOSE_ADVISED: _HARM_SIDE,
    Step.CLOSE_OUT_OF_SCOPE: _ALL,
    Step.CLOSE_NO_CONTACT: _ALL,
    Step.LAPSE: _ALL,
    Step.REOPEN: _ASKED_AND_THEIRS,
}
