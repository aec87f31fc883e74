"""Amends (Code 5.6): what was promised is checked in on, until it is settled or broken."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from grievances.actions.closing import close
from grievances.actions.deed import Changes, Deed, effect
from grievances.actions.mediation import close_with_reason
from grievances.exceptions import NotOpen
from grievances.models import Actioned, AmendsItem, Outcome
from grievances.workflow import Step


@effect(Step.CHECK_IN)
def _check_in(deed: Deed) -> Changes:
    """Record one promised item as kept, late or broken; a broken one counts as actioned."""
    state = AmendsItem.State(deed.choice("state"))
    chosen = [item for item in deed.facts.items if str(item.line) == deed.choice("item")]
    if not chosen or chosen[0].state != AmendsItem.State.OPEN or state is AmendsItem.State.OPEN:
        raise NotOpen(_("This item is settled already."), deed.rule.clause)
    chosen[0].state = state
    chosen[0].save(update_fields=["state"])
    return {"actioned_how": Actioned.BROKEN.value} if state is AmendsItem.State.BROKEN else {}


@effect(Step.COMPLETE_AMENDS)
def _complete(deed: Deed) -> Changes:
    """Close with all settled. The person harmed was heard, or did not wish to speak; forgiving is not asked."""
    return close(deed, Outcome.AMENDS_KEPT)


@effect(Step.RETURN_TO_MEDIATION)
def _return(_deed: Deed) -> Changes:
    return {}


@effect(Step.CLOSE_BROKEN)
def _close_broken(deed: Deed) -> Changes:
    return close_with_reason(deed, Outcome.BROKEN)
