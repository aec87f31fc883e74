"""Mediation by the Caucus (Code 4): begun or set aside, its sessions recorded, an agreement entered or not."""

from __future__ import annotations

import datetime as dt
import json

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grievances.actions import papers, planned
from grievances.actions.closing import close
from grievances.actions.deed import Changes, Deed, effect
from grievances.exceptions import NotOpen
from grievances.models import Actioned, AmendsItem, Consent, EntryKind, MediationSession, Outcome, Purpose, Seat
from grievances.roles import SIDES
from grievances.workflow import Step

ASIDE = frozenset({Actioned.DECLINED, Actioned.UNSAFE, Actioned.NOT_POSSIBLE})


@effect(Step.BEGIN_MEDIATION)
def _begin(_deed: Deed) -> Changes:
    return {}


@effect(Step.SET_MEDIATION_ASIDE)
def _set_aside(deed: Deed) -> Changes:
    how = Actioned(deed.choice("actioned_how"))
    if how not in ASIDE:
        raise NotOpen(_("Mediation is set aside as declined, unsafe or not possible."), deed.rule.clause)
    deed.keep(EntryKind.REASON)
    return {"actioned_how": how.value}


@effect(Step.RECORD_SESSION)
def _record_session(deed: Deed) -> Changes:
    """
    Record form, day and who attended. A joint session needs each side's consent to sit together.

    Without ground rules that everybody agreed to (Code 5.3), it was no session of mediation.
    """
    form = MediationSession.Form(deed.choice("form"))
    if form is MediationSession.Form.JOINT:
        _check_joint(deed)
    if deed.choices.get("ground_rules") is not True:
        raise NotOpen(_("A session begins with ground rules that everybody agrees to."), "5.3")
    held_on = dt.date.fromisoformat(deed.choice("held_on"))
    _check_still_agreed(deed, held_on)
    held = MediationSession.objects.create(case=deed.case, form=form, held_on=held_on, ground_rules=True)
    present = _several(deed, "attended")
    held.attended.set([seat for seat in deed.facts.seats if seat.token in present])
    planned.end(planned.standing(deed.case).filter(token__in=_several(deed, "planned"), form=form), held=held)
    return {"actioned_how": Actioned.HELD.value}


def _several(deed: Deed, name: str) -> set[str]:
    chosen = deed.choices.get(name)
    return set(chosen) if isinstance(chosen, list) else set()


def _check_still_agreed(deed: Deed, held_on: dt.date) -> None:
    """Raise NotOpen for a session on a day after somebody took back their consent to mediation."""
    for seat in deed.facts.seats:
        gone = deed.facts.refused(seat, Consent.To.MEDIATION)
        if gone and gone.withdrawn_at and held_on > timezone.localdate(gone.withdrawn_at):
            raise NotOpen(_("Somebody took back their consent to mediation before that day."), deed.rule.clause)


def _check_joint(deed: Deed) -> None:
    sides = deed.facts.with_part(*SIDES)
    if not deed.facts.all_consented(sides, Consent.To.JOINT):
        raise NotOpen(_("A joint session needs the consent of each side to sit together."), deed.rule.clause)


@effect(Step.AGREE)
def _agree(deed: Deed) -> Changes:
    """Enter the affirmed agreement: each of its dated amends becomes an item with a check-in."""
    paper = deed.facts.paper(Purpose.AGREEMENT)
    text = papers.text_of(paper, by=deed.actor) if paper else None
    if paper is None or text is None:
        raise NotOpen(deed.rule.needs[0].reason, deed.rule.clause)
    promised = json.loads(text.get("amends", "[]"))
    if not promised:
        raise NotOpen(deed.rule.needs[0].reason, deed.rule.clause)
    owners = {seat.token: seat for seat in deed.facts.with_part(*SIDES)}
    AmendsItem.objects.bulk_create(
        _item(deed, paper.token, line, item, owners) for line, item in enumerate(promised, start=1)
    )
    papers.use(paper, deed.now)
    return {"actioned_how": Actioned.HELD.value}


def _item(deed: Deed, agreement: str, line: int, item: dict[str, str], owners: dict[str, Seat]) -> AmendsItem:
    if item["owner"] not in owners:
        raise NotOpen(_("Somebody who promised amends has left. Please put the agreement before people again."))
    return AmendsItem(
        case=deed.case,
        agreement=agreement,
        line=line,
        facet=AmendsItem.Facet(item["facet"]),
        owner=owners[item["owner"]],
        due_on=dt.date.fromisoformat(item["due_on"]),
    )


@effect(Step.CLOSE_WITHOUT_AGREEMENT)
def _close_without_agreement(deed: Deed) -> Changes:
    return close_with_reason(deed, Outcome.NO_AGREEMENT)


def close_with_reason(deed: Deed, outcome: Outcome) -> Changes:
    """Close, with a reason that reporter and harmed read in their own rooms."""
    for seat in deed.facts.harm_side:
        deed.keep(EntryKind.REASON, of=seat.user)
    return close(deed, outcome)
