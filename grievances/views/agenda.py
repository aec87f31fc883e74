"""Texts for a Caucus meeting: what the reader carries there, and taking one along (Code 4.1, 7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caracol.accounts.actor import Actor, actor_of
from caracol.accounts.reconfirm import is_recent
from caracol.accounts.unlocking import ask_password
from grievances import access
from grievances.actions import designation
from grievances.actions.agenda import designate, shareable, take_along
from grievances.actions.waits import Answers
from grievances.deadlines import today
from grievances.exceptions import Refused
from grievances.forms.designation import DesignateForm
from grievances.forms.waits import SealedWaitsForm
from grievances.models import AgendaItem, Entry, EntryKind, Recipient, Room, Thing, designated
from grievances.rooms import RoomKind
from grievances.sealing import Opened, newest, read
from grievances.views.reader import page_of, status_of
from grievances.views.waits import Leaving, pass_by


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """The texts that the reader carries to a meeting, opened with their keys."""
    actor = actor_of(request)
    page = page_of(request, _carried_by(actor).order_by("-meeting_on", "-pk"))
    texts = _texts(page, actor)
    shown = [(item, texts.get(item.room_id)) for item in page]
    return render(request, "grievances/agenda.html", {"page": page, "items": shown})


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take a text along, as a page to print, after WAITS and the password; before that, two designate it."""
    actor = actor_of(request)
    carried = _carried_by(actor).filter(room__token=token)
    item = carried.filter(designated(Thing.AGENDA, today(), of="room__token", version="")).first()
    stands = designation.standing(shareable(item)) if item else None
    if item is None or stands is None:
        return _designate(request, actor, carried.first())

    def make(answers: Answers) -> HttpResponse:
        words = take_along(item, answers, by=actor)
        return render(request, "grievances/agenda_print.html", {"item": item, "words": words})

    things = [("text", _("the text for the meeting on %(day)s") % {"day": date_format(item.meeting_on)})]
    asked = partial(SealedWaitsForm, thing=Thing.AGENDA, things=things, whom=[Recipient(stands.recipient)])
    return pass_by(request, Leaving(asked, make, reverse("grievances:agenda")))


def _designate(request: HttpRequest, actor: Actor, item: AgendaItem | None) -> HttpResponse:
    """Ask for whom a text may leave, and until when (Code 7.3)."""
    if item is None:
        raise Http404
    form, refusal = DesignateForm(request.POST if "recipient" in request.POST else None, thing=Thing.AGENDA), None
    if form.is_bound and not is_recent(request):
        return ask_password(request, grave=True)
    if form.is_valid():
        try:
            designate(item, *form.said(), by=actor)
            return redirect("grievances:take_agenda", item.room.token)
        except Refused as said:
            refusal = said
    context = {"item": item, "form": form, "waits": designation.waiting(shareable(item)), "refusal": refusal}
    status = 409 if refusal else status_of(form)
    return render(request, "grievances/agenda_sharing.html", context, status=status)


def _carried_by(actor: Actor) -> QuerySet[AgendaItem]:
    rooms = access.rooms_of(actor.user, Room.objects.filter(kind=RoomKind.AGENDA)).values("pk")
    return AgendaItem.objects.filter(room__in=rooms).select_related("room")


def _texts(items: Iterable[AgendaItem], actor: Actor) -> dict[int, Opened]:
    entries = Entry.objects.filter(room__in=[item.room_id for item in items], kind=EntryKind.AGENDA)
    return {
        opened.entry.room_id: opened
        for opened in read(newest(entries.select_related("room__case", "author")), by=actor)
    }
