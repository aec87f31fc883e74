"""A room: what lies in it, opened for one reader, and a place to write for those who may."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from grievances import access
from grievances.actions import evidence, refusals
from grievances.actions.words import check_may_write, may_write, note_opening, say
from grievances.events import Event
from grievances.facts import Facts
from grievances.forms.message import MessageForm
from grievances.models import Room
from grievances.presenters import People, room_line, said
from grievances.roles import May
from grievances.rooms import RoomKind
from grievances.sealing import newest, read
from grievances.views.with_case import with_case


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SEE)
def page(request: HttpRequest, facts: Facts, actor: Actor, token: str) -> HttpResponse:
    """Show a room that the reader holds a key to, and take in a message."""
    rooms = access.rooms_of(actor.user, Room.objects.filter(case=facts.case, token=token))
    room = rooms.select_related("case", "seat").first()
    if room is None:
        _note_closed_door(facts, actor, token)
        raise Http404
    if room.kind == RoomKind.DRAFT:
        return redirect("grievances:draft", facts.case.reference)
    if request.method == "POST":
        return _say(request, facts, actor, room)
    return _show(request, facts, actor, room, MessageForm(room=room))


def _note_closed_door(facts: Facts, actor: Actor, token: str) -> None:
    """Record that somebody of the case asked for a room that stands there, and that they hold no key to."""
    if Room.objects.filter(case=facts.case, token=token, destroyed_at=None).exists():
        refusals.note(facts.case, actor.user, event=Event.ROOM_REFUSED, room=token)


def _say(request: HttpRequest, facts: Facts, actor: Actor, room: Room) -> HttpResponse:
    check_may_write(room, facts)
    form = MessageForm(request.POST, room=room)
    if not form.is_valid():
        return _show(request, facts, actor, room, form, status=422)
    say(room, form.words(), by=actor, kind=form.kind())
    return redirect("grievances:room", facts.case.reference, room.token)


def _show(  # noqa: PLR0913 (what a page shows)
    request: HttpRequest, facts: Facts, actor: Actor, room: Room, form: MessageForm, *, status: int = 200
) -> HttpResponse:
    note_opening(room, actor)
    people = People(facts)
    lying = newest(room.entries.select_related("room__case", "author"))
    context = {
        "case": facts.case,
        "line": room_line(room, people),
        "entries": [said(opened, people) for opened in read(lying, by=actor)],
        "kept": evidence.kept_in(room),
        "may_attach": evidence.may_attach(room, facts),
        "form": form if may_write(room, facts) else None,
    }
    return render(request, "grievances/room.html", context, status=status)
