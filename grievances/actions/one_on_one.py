"""One-on-one (Code 3): a private talk is offered, and how it went is recorded. It is never forced."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.ledger.chain import record
from grievances.actions.closing import close
from grievances.actions.deed import Changes, Deed, effect
from grievances.actions.refusals import together
from grievances.actions.telling import seated, tell_once
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.models import Case, Consent, OneOnOne, Outcome, Pseudonym, Space
from grievances.roles import May, Part
from grievances.workflow import Step


@effect(Step.BEGIN_ONE_ON_ONE)
def _begin(_deed: Deed) -> Changes:
    return {}


@effect(Step.OFFER_SPACE)
def _offer(deed: Deed) -> Changes:
    """Offer one side a private space (Code 3.2); a side offers it to the other, a mediator to either."""
    to = [seat for seat in deed.facts.seats if seat.token == deed.choice("to") and seat.may(May.ANSWER)]
    if not to or deed.facts.me is None or to[0] == deed.facts.me:
        raise NotOpen(_("Say whom the space is offered to."), deed.rule.clause)
    if deed.facts.refused(to[0], Consent.To.ONE_ON_ONE):
        raise NotOpen(_("They took back their consent to a one-on-one."), deed.rule.clause)
    meets_at = deed.choices.get("meets_at")
    Space.objects.create(
        case=deed.case,
        offered_by=deed.facts.me,
        offered_to=to[0],
        channel=Space.Channel(deed.choice("channel")),
        meets_at=dt.datetime.fromisoformat(str(meets_at)) if meets_at else None,
    )
    deed.asked.append(to[0].user)
    return {}


@together
def answer(case: Case, space: Space, *, accepts: bool, by: Actor) -> None:
    """Accept or decline an offered space. Raises NotYours for one offered to another seat, NotOpen once answered."""
    if space.case_id != case.pk or space.offered_to.user_id != by.user.pk or space.offered_to.left_at:
        raise NotYours(_("This space was offered to another seat."))
    answered = Space.Answer.ACCEPTED if accepts else Space.Answer.DECLINED
    if not Space.objects.filter(pk=space.pk, answer=Space.Answer.WAITING).update(answer=answered):
        raise NotOpen(_("This offer has been answered already."), "3.2")
    record(case.chain, Event.SPACE_ANSWERED, actor=Pseudonym.of(case.chain, by.user))
    told = seated(case, frozenset({Part.MEDIATOR})) | {space.offered_by.user_id}
    tell_once(case, told - {by.user.pk}, Event.SPACE_ANSWERED, at=moments.kept())


@effect(Step.RECORD_ONE_ON_ONE)
def _record(deed: Deed) -> Changes:
    return {"one_on_one": OneOnOne(deed.choice("one_on_one")).value}


@effect(Step.RESOLVE_ONE_ON_ONE)
def _resolve(deed: Deed) -> Changes:
    return close(deed, Outcome.RESOLVED)
