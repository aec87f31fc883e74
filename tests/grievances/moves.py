"""Moves that many tests make: texts laid, people brought in, time that passes, rows written by a thief."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.utils import timezone

from caracol.accounts.actor import Actor
from caracol.accounts.models import User
from grievances import access
from grievances.actions import papers, people, sessions
from grievances.models import (
    Case,
    Consent,
    Entry,
    EntryKind,
    MediationSession,
    Paper,
    PlannedSession,
    Purpose,
    Room,
    Space,
)
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.sealing import read
from grievances.workflow import Step
from tests.grievances.cast import ACCOUNT, Cast, Walk, walk
from tests.grievances.packets import packed

WAITS = {"who": "National", "why": "It was broken.", "what": "The packet.", "needed": "Yes."}
SESSION: dict[str, Any] = {"form": "shuttle", "held_on": "2026-11-20", "attended": [], "ground_rules": True}


def laid(
    going: Walk,
    purpose: Purpose,
    *logins: str,
    text: str = "The text.",
    person: User | None = None,
    part: Part | None = None,
) -> Paper:
    """Lay a text before people, and let these (or the reporter) agree to it."""
    words = packed(text) if purpose is Purpose.PACKET else {"text": text}
    paper = papers.prepare(going.case, purpose, words, by=going.cast["mediator"], person=person, part=part)
    going.agree_to_paper(paper, *(logins or ("member",)))
    return paper


def account(going: Walk, *logins: str) -> Paper:
    """Lay before the reporter what the person named is to be told, and let these agree to it."""
    person = going.cast.user("respondent")
    words, by = {"text": ACCOUNT}, going.cast["mediator"]
    paper = papers.prepare(going.case, Purpose.ACCOUNT, words, by=by, person=person, part=Part.RESPONDENT)
    going.agree_to_paper(paper, *logins)
    return paper


def invited(going: Walk, login: str, part: Part) -> None:
    """Bring somebody in with a text that the reporter agreed to; the person harmed wants it to go on."""
    paper = laid(going, Purpose.INVITATION, person=going.cast.user(login), part=part)
    going.take(Step.INVITE, "mediator", paper=paper.token)
    if part is Part.HARMED:
        going.agree(Consent.To.GO_ON, login)


def barring(cast: Cast, *logins: str) -> Walk:
    """A concern whose reporter says that these must not serve, filed."""
    going = walk(cast, "begun")
    going.written()
    people.say_who_must_not_serve(going.case, [cast.user(login) for login in logins], by=cast["member"])
    going.take(Step.FILE, "member")
    return going


def replaced(going: Walk) -> None:
    """Let a mediator asked by the reporter follow one who steps back: they are owed the older keys of others."""
    going.take(Step.RECUSE, "mediator2")
    going.take(Step.ASK, "member", who=going.cast.user("mediator3").handle)
    going.take(Step.ACCEPT, "mediator3")


def planned(
    going: Walk, *logins: str, form: str = "joint", days: int = 7, place: str = "", by: str = "mediator"
) -> PlannedSession:
    """Plan a session with these (or both sides, who agree to sit together), in so many days."""
    together = MediationSession.Form(form) is MediationSession.Form.JOINT
    invited = logins or ("member", "respondent")
    if together:
        going.agree(Consent.To.JOINT, "member", "respondent")
    at = timezone.now().replace(microsecond=0) + dt.timedelta(days=days)
    what = sessions.Plan(Space.Channel.CALL, at, place)
    seats = [going.seat_token(login) for login in invited]
    return sessions.plan(going.case, MediationSession.Form(form), what, seats, by=going.cast[by])


def age(going: Walk, days: int) -> None:
    """Let this many days pass for a case."""
    back = dt.timedelta(days=days)
    case = Case.objects.get(pk=going.case.pk)
    Case.objects.filter(pk=case.pk).update(
        moved_at=case.moved_at - back, closed_at=case.closed_at and case.closed_at - back
    )


def room(case: Case, kind: RoomKind, owner: User | None = None) -> Room:
    """Return a room of the case that stands; a party room is its owner's."""
    standing = case.rooms.filter(kind=kind, destroyed_at=None).select_related("case")
    return (standing.filter(seat__user=owner) if owner else standing).get()


def doors(case: Case, who: User) -> set[str]:
    """Return the rooms of the case that somebody may open: by kind, a party room by its owner's handle."""
    rooms = access.rooms_of(who, Room.objects.filter(case=case)).select_related("seat__user")
    return {each.seat.user.handle if each.seat else each.kind for each in rooms}


def opened(case: Case, by: Actor) -> set[tuple[str, str]]:
    """Return everything in the case that somebody reads with their keys: its kind, and its text."""
    rooms = access.rooms_of(by.user, Room.objects.filter(case=case))
    found = Entry.objects.filter(room__in=rooms).select_related("room__case", "author")
    return {
        (EntryKind(each.entry.kind).value, text)
        for each in read(found, by=by)
        if each.words is not None
        for text in each.words.values()
    }


def sql(statement: str, *params: str | int | bytes | dt.datetime) -> None:
    """Write to the database as a thief would: past every model."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
