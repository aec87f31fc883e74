"""Files in a room: what lies there, handing some in, having one sent, taking one back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from caracol.accounts.actor import Actor
from caracol.files.uploads import takes_files
from caracol.limits import doors
from grievances import access
from grievances.actions import evidence
from grievances.actions.words import note_opening
from grievances.exceptions import NotOpen
from grievances.facts import Facts
from grievances.forms.files import FilesForm
from grievances.models import Entry, EntryKind, Room
from grievances.presenters import People, room_line, said
from grievances.roles import May
from grievances.rooms import RoomKind
from grievances.sealing import newest, read
from grievances.views.concern import TO_CHECK, check_writer
from grievances.views.reader import status_of
from grievances.views.with_case import with_case
from grievances.workflow import Step

# What a file is sent with: never shown inside this site, never run, never guessed to be something else.
SENT_WITH = {"Content-Security-Policy": "sandbox; default-src 'none'", "Accept-Ranges": "none"}


# Exempt here, and checked where the form is read: who asks is looked at before anything is taken in.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SEE)
def page(request: HttpRequest, facts: Facts, actor: Actor, token: str) -> HttpResponseBase:
    """Show the files of a room that the reader holds a key to, and take some in."""
    room = room_of(facts, actor, token)
    if request.method == "POST":
        evidence.check_may_attach(room, facts)
        doors.enter(request, doors.FILES, person=actor.user.handle)
        return _take_in(request, facts, actor, room)
    return _show(request, facts, actor, room, FilesForm())


@takes_files
def _take_in(request: HttpRequest, facts: Facts, actor: Actor, room: Room) -> HttpResponse:
    form = FilesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            evidence.attach(room, form.cleaned_data["chosen"], note=form.cleaned_data["note"], by=actor)
        except NotOpen as refusal:
            form.add_error(None, str(refusal.reason))
    if form.errors:
        return _show(request, facts, actor, room, form)
    messages.success(request, _("Kept, and sealed for those who hold a key to this room."))
    return redirect("grievances:files", facts.case.reference, room.token)


def room_of(facts: Facts, actor: Actor, token: str) -> Room:
    """Return a room with files that the reader holds a key to; any other is a 404."""
    rooms = Room.objects.filter(case=facts.case, token=token, kind__in=(RoomKind.DRAFT, RoomKind.PARTY))
    room = access.rooms_of(actor.user, rooms).select_related("case", "seat").first()
    if room is None:
        raise Http404
    return room


def _show(request: HttpRequest, facts: Facts, actor: Actor, room: Room, form: FilesForm) -> HttpResponse:
    note_opening(room, actor)
    people = People(facts)
    entries = room.entries.filter(kind=EntryKind.FILE).select_related("room__case", "author")
    context = {
        "case": facts.case,
        "line": room_line(room, people),
        "entries": [said(opened, people) for opened in read(newest(entries), by=actor)],
        "kept": evidence.kept_in(room),
        "form": form if evidence.may_attach(room, facts) else None,
    }
    return render(request, "grievances/files.html", context, status=status_of(form))


@require_safe
@with_case(May.SEE)
def download(request: HttpRequest, facts: Facts, actor: Actor, token: str, file: str) -> HttpResponseBase:
    """Send a file, opened piece by piece, to be kept beside the browser and never shown in it."""
    room, entry = _found(facts, actor, token, file)
    note_opening(room, actor)
    found = evidence.stored(entry, by=actor)
    response = StreamingHttpResponse(found.pieces(), content_type=found.kind.mime, headers=SENT_WITH)
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SEE)
def take_back(request: HttpRequest, facts: Facts, actor: Actor, token: str, file: str) -> HttpResponse:
    """Destroy a file that the reader handed in, after asking once."""
    room, entry = _found(facts, actor, token, file)
    checking = (request.POST.get("then") or request.GET.get("then")) == TO_CHECK and room.kind == RoomKind.DRAFT
    if request.method == "POST":
        evidence.take_back(room, file, by=actor)
        messages.success(request, _("The file is destroyed."))
        if checking:
            return redirect("grievances:step", facts.case.reference, Step.FILE)
        return redirect("grievances:files", facts.case.reference, room.token)
    note_opening(room, actor)
    [opened] = read([entry], by=actor)
    then = TO_CHECK if checking else ""
    context = {"case": facts.case, "room": room, "each": said(opened, People(facts)), "then": then, "filing": Step.FILE}
    return render(request, "grievances/take_back_file.html", context)


def _found(facts: Facts, actor: Actor, token: str, file: str) -> tuple[Room, Entry]:
    room = room_of(facts, actor, token)
    entry = evidence.entry_of(room, file)
    if entry is None:
        raise Http404
    return room, entry


@require_safe
@with_case(May.WRITE)
def of_draft(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Go to the files of the concern being written."""
    check_writer(facts)
    draft = facts.case.rooms.filter(kind=RoomKind.DRAFT, destroyed_at=None).first()
    if draft is None:
        return redirect("grievances:case", facts.case.reference)
    return redirect("grievances:files", facts.case.reference, draft.token)
