"""The picture of the way on a case page: where the case stands, what lies behind it, and what opens next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grievances import guards
from grievances.consents import BEHIND
from grievances.facts import Facts
from grievances.models import Outcome
from grievances.roles import Part
from grievances.workflow import WAY, Needs, Rule, Stage


class Place(StrEnum):
    """Where a stop of the way lies, seen from where the case stands."""

    PASSED = "passed"
    LEFT_OUT = "left"
    HERE = "here"
    NEXT = "next"
    AHEAD = "ahead"
    ASIDE = "aside"  # taken only if it is needed
    UNTOLD = "untold"  # the reader is not told where the case stands


@dataclass(frozen=True)
class Stop:
    """One stage of the way, as a reader sees it."""

    stage: Stage
    place: Place


@dataclass(frozen=True)
class Onward:
    """What opens next: the row of the way that leads there, and what it waits for, with the clauses of the Code."""

    rule: Rule
    waits_for: list[Needs]

    @property
    def stage(self) -> Stage:
        """Where it leads."""
        return self.rule.enters or self.rule.leaves[0]


def way_through(facts: Facts) -> list[Stop]:
    """Return every stage in order; who is not told where the case stands sees them all alike."""
    if not facts.may_know_the_stage:
        return [Stop(stage, Place.UNTOLD) for stage in Stage]
    onward = _next_rule(Stage(facts.case.stage))
    return [Stop(stage, _place(stage, facts, onward)) for stage in Stage]


def onward(facts: Facts) -> Onward | None:
    """
    Return what opens next and what it waits for; None at the end of the way, and for who is not told where it stands.

    A mediator reads what still lacks. Others read every consent that it takes, given or not: what somebody else has
    said is not theirs to know.
    """
    rule = _next_rule(Stage(facts.case.stage)) if facts.may_know_the_stage else None
    if rule is None:
        return None
    told_all = Part.MEDIATOR in facts.parts
    lacks = [need for need in rule.needs if not guards.GUARDS[need](facts, rule.step)]
    return Onward(rule, lacks if told_all else [need for need in rule.needs if need in lacks or need in BEHIND])


def _next_rule(here: Stage) -> Rule | None:
    """Return the usual step on from a stage: to the nearest one after it; to National only if it is needed."""
    order = list(Stage)
    ahead = [stage for stage in order[order.index(here) + 1 :] if stage is not Stage.NATIONAL]
    leading = [rule for rule in WAY.values() if here in rule.leaves and rule.enters in ahead]
    return min(leading, key=lambda rule: order.index(rule.enters or here), default=None)


def _place(stage: Stage, facts: Facts, rule: Rule | None) -> Place:
    order, here = list(Stage), Stage(facts.case.stage)
    if stage is here:
        return Place.HERE
    if order.index(stage) < order.index(here):
        return Place.PASSED if _was_there(stage, facts) else Place.LEFT_OUT
    if rule and stage is rule.enters:
        return Place.NEXT
    return Place.ASIDE if stage is Stage.NATIONAL else Place.AHEAD


def _was_there(stage: Stage, facts: Facts) -> bool:
    """Return whether the case came through a stage before the one at which it stands."""
    case = facts.case
    if stage is Stage.ONE_ON_ONE:
        return case.one_on_one != ""
    if stage is Stage.MEDIATION:
        return case.stage == Stage.AMENDS or case.actioned_how != "" or bool(facts.items)
    if stage is Stage.AMENDS:
        return bool(facts.items)
    return stage is not Stage.NATIONAL or case.outcome in {Outcome.NATIONAL, Outcome.NOT_FILED}
