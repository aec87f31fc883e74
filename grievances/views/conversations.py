"""Private restorative talks: a list of one's own, recording one, writing what came of it, forgetting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caracol.accounts import roles
from caracol.accounts.actor import Actor, actor_of
from caracol.accounts.contacts import names_of
from caracol.accounts.models import SiteRole
from caracol.limits import doors
from caracol.limits.doors import limited
from grievances.actions import conversations
from grievances.actions.words import note_opening
from grievances.deadlines import today
from grievances.exceptions import SomebodyWasFaster
from grievances.forms.conversations import ChangeForm, RecordForm
from grievances.models import Conversation
from grievances.sealing import newest, read
from grievances.views.reader import MemberRequest, status_of

PER_PAGE = 25
PROMPTS = frozenset({Conversation.Went.REFUSED, Conversation.Went.NOT_MINOR, Conversation.Went.REPEAT})


@dataclass(frozen=True)
class Talk:
    """A talk as its reader sees it; `words` are None where they do not open. `by` is empty for one's own."""

    conversation: Conversation
    words: Mapping[str, str] | None
    version: int
    by: str = ""

    @property
    def went(self) -> str:
        """How it went."""
        return str(Conversation.Went(self.words["went"]).label) if self.words else ""

    @property
    def prompts(self) -> bool:
        """Whether more than a talk may be called for."""
        return self.words is not None and self.words["went"] in PROMPTS

    @property
    def is_due(self) -> bool:
        """Whether the day of its reminder has come."""
        day = self.conversation.follow_up_on
        return not self.by and day is not None and day <= today()


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The talks that the reader recorded or was let read, the newest first."""
    actor = actor_of(request)
    page = Paginator(conversations.of(actor.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "talks": talks(list(page), actor), "may_record": conversations.may_record(actor.user)}
    return render(request, "grievances/conversations.html", context)


def talks(found: list[Conversation], actor: Actor) -> list[Talk]:
    """Return these talks opened, in a constant number of queries."""
    opened = {each.entry.room_id: each for each in read(newest(conversations.lying_in(found)), by=actor)}
    names = names_of({each.recorded_by for each in found})
    return [
        Talk(
            each,
            opened[each.room_id].words,
            opened[each.room_id].entry.version,
            "" if each.recorded_by_id == actor.user.pk else names[each.recorded_by_id],
        )
        for each in found
        if each.room_id in opened
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@limited(doors.TALKS)
def record(request: MemberRequest) -> HttpResponse:
    """Record a talk. For who is no member there is no such page."""
    actor = actor_of(request)
    if not conversations.may_record(actor.user):
        raise Http404
    others = [user for user in roles.holders(SiteRole.MEMBER) if user.pk != actor.user.pk]
    form = RecordForm(request.POST if request.method == "POST" else None, others=others)
    if not form.is_bound or not form.is_valid():
        return render(request, "grievances/record_conversation.html", {"form": form}, status=status_of(form))
    said = form.cleaned_data
    kept = conversations.keep(
        form.words(),
        by=actor,
        follow_up_on=said["follow_up_on"],
        let_read=form.let_read(),
        counted=not said["uncounted"],
    )
    return redirect("grievances:conversation", kept.room.token)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a talk; who recorded it writes here what came of it."""
    actor, talk = _talk(request, token)
    if request.method == "POST":
        return _change(request, actor, talk)
    initial = {**(talk.words or {}), "follow_up_on": talk.conversation.follow_up_on, "version": talk.version}
    return _show(request, talk, ChangeForm(initial=initial))


def _talk(request: HttpRequest, token: str) -> tuple[Actor, Talk]:
    """Return a talk that the reader holds a key to; any other is a 404."""
    actor = actor_of(request)
    found = talks(list(conversations.of(actor.user).filter(room__token=token)), actor)
    if not found:
        raise Http404
    note_opening(found[0].conversation.room, actor)
    conversations.note_read(found[0].conversation, actor.user)
    return actor, found[0]


def _change(request: HttpRequest, actor: Actor, talk: Talk) -> HttpResponse:
    form = ChangeForm(request.POST)
    if talk.by or talk.words is None:
        raise Http404
    if not form.is_valid():
        return _show(request, talk, form)
    said = form.cleaned_data
    day, version = said["follow_up_on"], said["version"]
    try:
        conversations.change(talk.conversation, form.words(), by=actor, version=version, follow_up_on=day)
    except SomebodyWasFaster:
        form.add_error(None, _("This was changed in another window. Please compare before you send yours."))
        return _show(request, talk, form, status=409)
    messages.success(request, _("Kept."))
    return redirect("grievances:conversation", talk.conversation.room.token)


def _show(request: HttpRequest, talk: Talk, form: ChangeForm, *, status: int | None = None) -> HttpResponse:
    context = {"talk": talk, "form": form if not talk.by and talk.words is not None else None}
    return render(request, "grievances/conversation.html", context, status=status or status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, token: str) -> HttpResponse:
    """Destroy one's record of a talk, or give back the key to somebody else's, after asking once."""
    actor, talk = _talk(request, token)
    if request.method != "POST":
        return render(request, "grievances/forget_conversation.html", {"talk": talk})
    conversations.forget(talk.conversation, by=actor)
    messages.success(request, _("It is gone."))
    return redirect("grievances:conversations")
