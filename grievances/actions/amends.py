"""Amends (Code 5.6): what was promised is checked in on, until it is settled or broken."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions.closing import close
from grievances.actions.deed import Changes, Deed, effect
from grievances.actions.mediation import close_with_reason
from grievances.actions.refusals import together
from grievances.actions.telling import seated, tell_once
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Actioned, AmendsItem, Case, EntryKind, Heard, Outcome, Pseudonym
from grievances.roles import SERVING, May
from grievances.sealing import write
from grievances.workflow import Stage, Step


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
    return {**close(deed, Outcome.AMENDS_KEPT), "harmed_heard": Heard(deed.choice("heard")).value}


@together
def speak(case: Case, words: Mapping[str, str], *, by: Actor) -> None:
    """
    Say how the amends go, as the person harmed: into their own room, which the mediators read.

    Raises NotYours for anybody else, NotOpen while no amends are under way.
    """
    me = Facts(case, by.user).me
    if me is None or not me.may(May.SPEAK):
        raise NotYours(_("Only the person harmed says how it is for them."))
    if case.stage != Stage.AMENDS:
        raise NotOpen(_("There are no amends under way."), "5.6")
    write(me.rooms.select_related("case").get(destroyed_at=None), EntryKind.VOICE, words, by=by)
    record(case.chain, Event.HARMED_SPOKE, actor=Pseudonym.of(case.chain, by.user))
    tell_once(case, seated(case, SERVING), Event.HARMED_SPOKE, at=moments.kept())


@effect(Step.RETURN_TO_MEDIATION)
def _return(_deed: Deed) -> Changes:
    return {}


@effect(Step.CLOSE_BROKEN)
def _close_broken(deed: Deed) -> Changes:
    return close_with_reason(deed, Outcome.BROKEN)
