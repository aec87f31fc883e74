"""Guards: how each need of the way is checked. One short answer for each, over the same facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from grievances.deadlines import ASKED_BEFORE, LAPSES_AFTER, WINDOW
from grievances.exceptions import NotOpen, NotYours, Refused
from grievances.facts import Facts
from grievances.models import CONTESTABLE, AmendsItem, Consent, Nature, Outcome, Purpose, Wish
from grievances.organisation import kit_in_force
from grievances.roles import HARM_SIDE, Part
from grievances.workflow import WAY, Needs, Rule, Stage, Step, Two

type_of_guard = Callable[[Facts, Step], bool]

_SETTLED = {AmendsItem.State.KEPT, AmendsItem.State.LATE}


def _something_to_contest(facts: Facts, _step: Step) -> bool:
    if facts.case.stage != Stage.CLOSED:
        # A distinction that is contested is gone until it is drawn anew.
        return bool(facts.case.nature)
    contestable = facts.case.outcome in CONTESTABLE and _within_the_window(facts, _step)
    return contestable and facts.decisions[-1].contested_at is None


def _within_the_window(facts: Facts, _step: Step) -> bool:
    return facts.case.closed_at is not None and facts.now < facts.case.closed_at + WINDOW


def _another_mediator(facts: Facts, step: Step) -> bool:
    contested = [decision for decision in facts.decisions if decision.step == step and decision.contested_at]
    return not any(facts.user and facts.user.pk in {each.made_by_id, each.made_with_id} for each in contested)


def _ready(purpose: Purpose) -> type_of_guard:
    def ready(facts: Facts, _step: Step) -> bool:
        return any(paper.purpose == purpose and not paper.used_at and facts.ready(paper) for paper in facts.papers)

    return ready


def _harm_side(to: Consent.To) -> type_of_guard:
    return lambda facts, _step: facts.harm_side_consented(to)


def _twelve_months(facts: Facts, _step: Step) -> bool:
    asked = facts.case.asked_to_go_on_at
    return facts.now >= facts.case.moved_at + LAPSES_AFTER and asked is not None and facts.now >= asked + ASKED_BEFORE


def _broken_or_sent_back(facts: Facts, step: Step) -> bool:
    return facts.case.stage == Stage.NATIONAL or _a_broken_item(facts, step)


def _a_broken_item(facts: Facts, _step: Step) -> bool:
    return any(item.state == AmendsItem.State.BROKEN for item in facts.items)


GUARDS: Mapping[Needs, type_of_guard] = {
    Needs.STATEMENT: lambda facts, _step: facts.has_draft,
    Needs.CONFLICTS_ANSWERED: lambda facts, _step: facts.case.conflicts_answered,
    # Trying things out needs no kit.
    Needs.RECOVERY_READY: lambda _facts, _step: settings.DEMO or kit_in_force() is not None,
    Needs.A_FREE_SEAT: lambda facts, _step: len(facts.mediators) < facts.mediators_wanted,
    Needs.AN_OFFER: lambda facts, _step: facts.my_offer is not None,
    Needs.NOT_ACKNOWLEDGED: lambda facts, _step: facts.case.acknowledged_at is None,
    Needs.ACKNOWLEDGED: lambda facts, _step: facts.case.acknowledged_at is not None,
    Needs.UNDISTINGUISHED: lambda facts, _step: facts.case.nature in {"", Nature.UNSURE},
    Needs.ANOTHER_MEDIATOR: _another_mediator,
    Needs.DISTINGUISHED: lambda facts, _step: facts.case.nature != "",
    Needs.POLITICAL: lambda facts, _step: facts.case.nature == Nature.POLITICAL,
    Needs.MIXED: lambda facts, _step: facts.case.nature == Nature.MIXED,
    Needs.NOT_SPLIT: lambda facts, _step: not facts.case.split,
    Needs.INTERPERSONAL: lambda facts, _step: facts.case.nature in {Nature.INTERPERSONAL, Nature.MIXED},
    Needs.SOMETHING_TO_CONTEST: _something_to_contest,
    Needs.AGENDA_CONSENT: _ready(Purpose.AGENDA),
    Needs.INVITATION_CONSENT: _ready(Purpose.INVITATION),
    Needs.ACCOUNT_CONSENT: _ready(Purpose.ACCOUNT),
    Needs.ONE_ON_ONE_CONSENT: _harm_side(Consent.To.ONE_ON_ONE),
    Needs.ONE_ON_ONE_RECORDED: lambda facts, _step: facts.case.one_on_one != "",
    Needs.HARMED_SAYS_RESOLVED: lambda facts, _step: (
        facts.harmed is not None and facts.consented(facts.harmed, Consent.To.RESOLVED)
    ),
    Needs.TWO_MEDIATORS: lambda facts, _step: facts.has_enough_mediators,
    Needs.TWO_SEATED: lambda facts, _step: len(facts.mediators) > 1,
    Needs.MEDIATION_CONSENT: _harm_side(Consent.To.MEDIATION),
    Needs.AGREEMENT_AFFIRMED: _ready(Purpose.AGREEMENT),
    Needs.AN_OPEN_ITEM: lambda facts, _step: any(item.state == AmendsItem.State.OPEN for item in facts.items),
    Needs.ALL_ITEMS_SETTLED: lambda facts, _step: (
        bool(facts.items) and all(item.state in _SETTLED for item in facts.items)
    ),
    Needs.BROKEN_OR_SENT_BACK: _broken_or_sent_back,
    Needs.A_BROKEN_ITEM: _a_broken_item,
    Needs.ACTIONED: lambda facts, _step: facts.case.actioned_how != "",
    Needs.PACKET_CONSENT: _ready(Purpose.PACKET),
    Needs.ASKED_TO_RECORD: lambda facts, _step: facts.case.wish == Wish.RECORD,
    Needs.ASKED_FOR_ADVICE: lambda facts, _step: facts.case.wish == Wish.ADVICE or facts.harmed is None,
    Needs.THE_HARMED_DECIDES: lambda facts, _step: facts.harmed is None or Part.HARMED in facts.parts,
    Needs.TWELVE_MONTHS: _twelve_months,
    Needs.THEIRS_TO_REOPEN: lambda facts, _step: (
        facts.case.outcome != Outcome.WITHDRAWN or bool(facts.parts & HARM_SIDE)
    ),
    Needs.A_HARMED_PERSON: lambda facts, _step: facts.harmed is not None,
    Needs.WITHIN_THE_WINDOW: _within_the_window,
}


def refusals(step: Step, facts: Facts) -> list[Refused]:
    """Return every reason why `step` is not open to the reader of `facts` now; none when it is."""
    rule = WAY[step]
    if not belongs(rule, facts):
        return [NotYours(format_lazy(_("This step is for: {parts}."), parts=_whose(rule)), rule.clause)]
    if facts.case.stage not in rule.leaves:
        return [NotOpen(_stage_reason(rule, facts), rule.clause)]
    return [NotOpen(need.reason, need.clause) for need in rule.needs if not GUARDS[need](facts, step)]


def check(step: Step, facts: Facts) -> None:
    """Let `step` pass, or raise the first reason why not."""
    for refusal in refusals(step, facts):
        raise refusal


def belongs(rule: Rule, facts: Facts) -> bool:
    """Return whether the step is the reader's to take, whatever the case's stage."""
    if facts.user is None:
        return not rule.by and not rule.asked
    return bool(facts.parts & rule.by) or (rule.asked and facts.my_offer is not None)


def takes_two(rule: Rule, facts: Facts, choices: Mapping[str, object]) -> bool:
    """Return whether a second mediator has to confirm. A referral always takes two; one may be agreed to elsewhere."""
    if rule.two is Two.NO or (facts.one_suffices and rule.step is not Step.REFER):
        return False
    return rule.two is Two.YES or choices.get("nature") == Nature.POLITICAL


def _whose(rule: Rule) -> str:
    labels = [str(part.label) for part in Part if part in rule.by]
    if rule.asked:
        labels.append(str(_("a person who was asked to serve")))
    return ", ".join(labels) or str(_("the clock"))


def _stage_reason(rule: Rule, facts: Facts) -> str:
    stages = ", ".join(str(stage.label) for stage in rule.leaves)
    belongs = str(_("This step belongs to: %(stages)s.")) % {"stages": stages}
    stands = str(_("The case stands at: %(now)s.")) % {"now": Stage(facts.case.stage).label}
    return f"{belongs} {stands}" if facts.may_know_the_stage else belongs
