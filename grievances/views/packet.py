"""The packet for National: putting it together, looking at it, and taking it out after WAITS."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts.actor import Actor
from caracol.accounts.reconfirm import is_recent
from caracol.accounts.unlocking import ask_password
from grievances.actions import designation
from grievances.actions import packet as packets
from grievances.actions.designation import NOT_DESIGNATED
from grievances.actions.waits import Answers
from grievances.actions.words import note_openings
from grievances.exceptions import NotOpen, NotYours, Refused
from grievances.facts import Facts
from grievances.forms.designation import DesignateForm
from grievances.forms.packet import GiveOutForm, PacketForm
from grievances.models import Paper, Purpose, Thing
from grievances.packet import policy
from grievances.packet.contents import Packet
from grievances.packet.offers import on_offer, rooms_read
from grievances.packet.paper import substituted
from grievances.roles import HARM_SIDE, May, Part
from grievances.views.reader import status_of
from grievances.views.waits import Leaving, pass_by
from grievances.views.with_case import with_case

NAMES = {Thing.PACKET: "packet", Thing.SUMMARY: "summary"}


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SEE)
def assemble(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Put a packet together: mediators lay it before reporter and harmed, who propose what should be in it."""
    if not packets.may_assemble(facts):
        raise NotYours(
            _("Mediators, the reporter and the person harmed put a packet together, while the case is open.")
        )
    note_openings(rooms_read(facts, actor).select_related("case"), actor)
    if request.method != "POST":
        return _page(request, facts, actor, _form(facts, actor, None))
    form = _form(facts, actor, request.POST)
    if not form.is_valid():
        return _page(request, facts, actor, form, status=422)
    try:
        made = packets.compose(facts, form.chosen(), form.written(), by=actor)
        if request.POST.get("deed") != "lay":
            return _page(request, facts, actor, form, made=made)
        return _sent(request, facts, actor, form, made)
    except NotYours:
        raise
    except Refused as refusal:
        return _again(request, facts, actor, refusal)


def _again(request: HttpRequest, facts: Facts, actor: Actor, refusal: Refused) -> HttpResponse:
    """Show the page once more, with everything typed, over the packet as it is now."""
    now, typed = Facts(facts.case, actor.user), request.POST.copy()
    paper = now.paper(Purpose.PACKET)
    typed["version"] = str(paper.version if paper else 0)
    form = _form(now, actor, typed)
    return _page(request, now, actor, form, refusal=refusal, status=409)


def _sent(request: HttpRequest, facts: Facts, actor: Actor, form: PacketForm, made: Packet) -> HttpResponse:
    if Part.MEDIATOR in facts.parts:
        packets.lay(facts, made, by=actor, version=form.cleaned_data["version"])
        messages.success(request, _("The packet is laid before the reporter and the person harmed, in this version."))
    else:
        packets.propose(facts.case, made, by=actor)
        messages.success(request, _("The mediators can read what you propose. Nothing has left."))
    return redirect("grievances:case", facts.case.reference)


def _form(facts: Facts, actor: Actor, data: Mapping[str, object] | None) -> PacketForm:
    paper, now = facts.paper(Purpose.PACKET), packets.current(facts, by=actor)
    proposed = packets.proposed(facts.case, by=actor)
    stands = {**proposed, **({item.key: item.text for item in now.items} if now else {})}
    return PacketForm(
        data,
        offered=on_offer(facts, actor),
        stands=stands,
        proposed=frozenset(proposed),
        version=paper.version if paper else 0,
    )


def _page(  # noqa: PLR0913 (what a page shows, each named by the caller)
    request: HttpRequest,
    facts: Facts,
    actor: Actor,
    form: PacketForm,
    *,
    made: Packet | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "case": facts.case,
        "form": form,
        "lays": Part.MEDIATOR in facts.parts,
        "groups": made.groups() if made else [],
        "substituted": substituted(made) if made else [],
        "policy": policy.current(),
        "routes": policy.routes(facts),
        "refusal": refusal,
    }
    return render(request, "grievances/packet.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SEE)
def give_out(request: HttpRequest, facts: Facts, actor: Actor, number: int) -> HttpResponseBase:
    """Take out the packet (1) or its summary (2) as a PDF, after WAITS and the password, for the member to file."""
    things = list(NAMES)
    if not 1 <= number <= len(things) or not facts.parts & {Part.MEDIATOR, *HARM_SIDE}:
        raise Http404
    thing, case = things[number - 1], facts.case

    def make(answers: Answers) -> HttpResponse:
        age = answers.more.get("age", "")
        made = packets.give_out(case, thing, answers, by=actor, age=age)
        name = f"{NAMES[thing]}.pdf{'.age' if age else ''}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(
            made, content_type="application/octet-stream" if age else "application/pdf", headers=headers
        )

    whom, paper = packets.designated_for(facts), packets.handed(facts)
    if paper is None:
        raise Http404
    if not whom:
        form = DesignateForm(thing=Thing.PACKET)
        return _sharing(request, facts, paper, form, refusal=NotOpen(NOT_DESIGNATED, "7.3"), status=409)
    asked = partial(GiveOutForm, thing=thing, things=[(NAMES[thing], str(thing.label))], whom=whom)
    back = reverse("grievances:packet_sharing", args=[case.reference])
    made = packets.shown(facts, by=actor) if thing is Thing.PACKET else None
    seen = {"groups": made.groups() if made else [], "substituted": substituted(made) if made else []}
    return pass_by(request, Leaving(asked, make, back, shown="grievances/_packet.html", context={"case": case, **seen}))


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SEE)
def sharing(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Say for whom the packet may leave, and until when; two people do. Or take that back."""
    paper = packets.handed(facts)
    if paper is None or not facts.parts & {Part.MEDIATOR, *HARM_SIDE}:
        raise Http404
    form = DesignateForm(request.POST if request.POST.get("deed") == "designate" else None, thing=Thing.PACKET)
    if request.method != "POST" or (form.is_bound and not form.is_valid()):
        return _sharing(request, facts, paper, form, status=status_of(form))
    if not is_recent(request):
        return ask_password(request, grave=True)
    try:
        if form.is_bound:
            packets.designate(facts.case, *form.said(), by=actor)
        elif request.POST.get("deed") == "reached":
            packets.say_reached(facts.case, by=actor)
        else:
            packets.take_back(facts.case, by=actor)
    except NotYours:
        raise
    except Refused as refusal:
        return _sharing(request, facts, paper, form, refusal=refusal, status=409)
    return redirect("grievances:packet_sharing", facts.case.reference)


def _sharing(  # noqa: PLR0913 (what a page shows, each named by the caller)
    request: HttpRequest,
    facts: Facts,
    paper: Paper,
    form: DesignateForm,
    *,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    what = packets.shareable(facts.case, paper)
    context = {
        "case": facts.case,
        "form": form,
        "stands": designation.standing(what),
        "waits": designation.waiting(what),
        "reached": packets.reached_on(facts),
        "answer_due": packets.answer_due(facts),
        "appeal_until": packets.appeal_until(facts),
        "policy": policy.current(),
        "refusal": refusal,
    }
    return render(request, "grievances/packet_sharing.html", context, status=status)
