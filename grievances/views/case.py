"""The case page: where the case stands, what is the reader's to do, and what they may open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caracol import moments
from caracol.accounts.actor import Actor
from caracol.accounts.contacts import serving_names_of
from caracol.letters.cadences import cadence_of
from grievances import access, overview, picture, planned, presenters
from grievances.actions import renewed, retaliation, stands
from grievances.actions.objections import Objection, open_objections
from grievances.actions.packet import is_handed_over, may_assemble
from grievances.deadlines import today
from grievances.facts import Facts
from grievances.models import Consent, Notice, Paper, Proposal, Purpose, Room, Space
from grievances.presenters import PaperText, People
from grievances.roles import May, Part
from grievances.rooms import RoomKind
from grievances.views.with_case import with_case
from grievances.workflow import Stage, Step


@require_safe
@with_case(May.SEE)
def page(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Show one case to one reader, as far as it is theirs; what they were told about it counts as read."""
    facts.look_over()
    if facts.any_of(overview.unread):
        Notice.objects.filter(user=actor.user, case=facts.case, read_at=None).update(read_at=moments.kept())
    people, steps = People(facts), presenters.steps_for(facts)
    context = {
        "case": facts.case,
        "may": {deed.name.lower() for deed in May if facts.me and facts.me.may(deed)},
        "way": picture.way_through(facts),
        "onward": picture.onward(facts),
        "stage_is_told": facts.may_know_the_stage,
        "follows": retaliation.about(facts),
        "clocks": presenters.clocks_for(facts),
        "today": today(),
        "open_steps": (is_open := [line for line in steps if line.is_open]),
        # To step back stands by the names of those who serve.
        "onward_steps": [line for line in is_open if not line.ends_it and line.step is not Step.RECUSE],
        "ending_steps": [line for line in is_open if line.ends_it],
        "closed_steps": [line for line in steps if not line.is_open],
        "rooms": rooms_for(facts, actor, people),
        "proposals": proposals_for(facts),
        "texts": waiting_texts(facts, actor, people),
        "spaces": spaces_for(facts),
        "meetings": (meetings := planned.meetings(facts, people)),
        "zone": cadence_of(actor.user).zone if meetings else None,
        "plans_sessions": facts.me is not None and facts.me.may(May.PLAN) and facts.case.stage == Stage.MEDIATION,
        "asked_to_go_on": facts.asked_to_go_on and facts.case.is_open,
        "told_in": told_in(facts),
        "renewed": [(seat, people.called(seat)) for seat in renewed.who_waits(facts)],
        "serving": presenters.serving(facts),
        "objections": objections_for(facts, people),
        "recuse": next((line.step for line in is_open if line.step is Step.RECUSE), None),
        "without_anybody": facts.without_anybody and Part.REPORTER in facts.parts,
        "papers": papers_for(facts),
        "purposes": list(Purpose),
        "puts_together": may_assemble(facts),
        "is_handed_over": is_handed_over(facts),
    }
    return render(request, "grievances/case.html", context)


def rooms_for(facts: Facts, actor: Actor, people: People) -> list[presenters.RoomLine]:
    """Return the rooms that the reader holds a key to."""
    rooms = access.rooms_of(actor.user, Room.objects.filter(case=facts.case)).select_related("seat").order_by("pk")
    return [presenters.room_line(room, people) for room in rooms if room.kind != RoomKind.DRAFT]


def proposals_for(facts: Facts) -> list[tuple[Proposal, bool]]:
    """Return the steps that wait for a second mediator, with whether the reader is the one to confirm."""
    if Part.MEDIATOR not in facts.parts or facts.user is None:
        return []
    waiting = [proposal for proposal in facts.rows(overview.proposals) if stands(proposal, facts)]
    return [(proposal, proposal.proposed_by_id != facts.user.pk) for proposal in waiting]


def waiting_texts(facts: Facts, actor: Actor, people: People) -> list[PaperText]:
    """Return the texts that wait for the reader's consent, opened."""
    return [presenters.paper_text(paper, actor, people) for paper in texts_to_answer(facts)]


def texts_to_answer(facts: Facts) -> list[Paper]:
    """Return the texts that wait for the reader's consent."""
    me = facts.me
    if me is None or not facts.case.is_open:
        return []
    asked = [paper for paper in facts.papers if not paper.used_at and me in facts.asked_about(paper)]
    return [paper for paper in asked if not facts.consented(me, Consent.To.PAPER, paper)]


def objections_for(facts: Facts, people: People) -> list[tuple[Objection, str, str, str]]:
    """Return the objections that wait for the mediators' answer, with who objects, to whom, and where the words lie."""
    waiting = open_objections(facts)
    if not waiting:
        return []
    names = serving_names_of([each.to.user for each in waiting])
    rooms = {room.seat_id: room.token for room in facts.case.rooms.filter(kind=RoomKind.PARTY, destroyed_at=None)}
    return [(each, people.called(each.by), names[each.to.user_id], rooms[each.by.pk]) for each in waiting]


def told_in(facts: Facts) -> Room | None:
    """Return the room in which the person named reads what they are told, and answers."""
    if Part.RESPONDENT not in facts.parts or Part.REPORTER in facts.parts:
        return None
    return facts.case.rooms.filter(seat=facts.me, destroyed_at=None).first()


def spaces_for(facts: Facts) -> list[Space]:
    """Return the private spaces offered to the reader that wait for their answer."""
    return facts.rows(overview.spaces) if facts.me else []


def papers_for(facts: Facts) -> list[tuple[Paper, bool]]:
    """Return the texts that mediators have laid before people and not used, with whether all have agreed."""
    if facts.me is None or not facts.me.may(May.PREPARE):
        return []
    return [(paper, facts.ready(paper)) for paper in facts.papers if not paper.used_at]
