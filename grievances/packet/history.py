"""What the Caucus did, put together from columns and the ledger: typed facts and days, and never a word of anybody."""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from caracol.ledger.chain import entries
from caracol.ledger.models import Entry
from grievances.events import STEP_EVENTS, Event
from grievances.facts import Facts
from grievances.models import Conflict
from grievances.packet.contents import Group, Item
from grievances.workflow import Step

# The steps that a packet can tell of, in words that name nobody.
_TOLD = (
    Step.FILE,
    Step.ACKNOWLEDGE,
    Step.DISTINGUISH,
    Step.TELL,
    Step.BEGIN_ONE_ON_ONE,
    Step.OFFER_SPACE,
    Step.RECORD_ONE_ON_ONE,
    Step.BEGIN_MEDIATION,
    Step.SET_MEDIATION_ASIDE,
    Step.RECORD_SESSION,
    Step.AGREE,
    Step.CHECK_IN,
    Step.RETURN_TO_MEDIATION,
)


def history(facts: Facts) -> list[Item]:
    """Return one item for each thing the Caucus did, with its days."""
    told = entries(facts.case.chain)
    return [*filter(None, (_step(step, _days(STEP_EVENTS[step], told)) for step in _TOLD)), *_states(facts)]


def _days(event: Event, told: list[Entry]) -> list[str]:
    days = [timezone.localdate(each.at) for each in told if each.event == event]
    return [date_format(day) for day in dict.fromkeys(days)]


def _step(step: Step, days: list[str]) -> Item | None:
    return Item(Group.HISTORY, f"step-{step.value}", str(step.label), "; ".join(days), fixed=True) if days else None


def _states(facts: Facts) -> list[Item]:
    case = facts.case
    told = {
        "nature": (_("It was distinguished as"), case.get_nature_display() if case.nature else ""),
        "one-on-one": (_("How the one-on-one went"), case.get_one_on_one_display() if case.one_on_one else ""),
        "actioned": (
            _("How the Caucus process was actioned"),
            case.get_actioned_how_display() if case.actioned_how else "",
        ),
        "clauses": (_("Clauses of the Code that are cited"), _clauses(facts)),
        "amends": (_("How the amends went"), "; ".join(str(item.get_state_display()) for item in facts.items)),
    }
    return [Item(Group.HISTORY, key, title, str(text), fixed=True) for key, (title, text) in told.items() if text]


def _clauses(facts: Facts) -> str:
    return ", ".join(sorted(each.clause.address for each in facts.case.citations.select_related("clause")))


def conflicts(facts: Facts) -> list[Item]:
    """Return how many could not serve, by why, and nothing about who."""
    says = {
        Conflict.Source.REPORTER: _("asked not to serve by the reporter"),
        Conflict.Source.RECUSED: _("stepped back"),
    }
    counted = {source: facts.case.conflicts.filter(source=source).count() for source in says}
    text = "; ".join(f"{says[source]}: {count}" for source, count in counted.items() if count)
    return [Item(Group.CONFLICTS, "conflicts", _("How many, and why"), text, fixed=True)] if text else []
