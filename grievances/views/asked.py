"""Asked to serve: the names first and nothing else, in two clicks; then a yes, or a step back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caracol.accounts.actor import Actor, actor_of
from grievances import access
from grievances.actions import take
from grievances.actions.words import note_opening
from grievances.exceptions import NotYours, Refused
from grievances.forms.asked import ANSWERS, AnswerForm
from grievances.models import Entry, EntryKind, Room, SeatOffer
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.sealing import newest, read
from grievances.views.reader import status_of
from grievances.waiting import offer_to
from grievances.workflow import Step

OfferView = Callable[[HttpRequest, SeatOffer, Actor], HttpResponse]


def with_offer(view: OfferView) -> Callable[[HttpRequest, str], HttpResponse]:
    """
    Give a view the request to serve in the case named by `reference`, and its reader with their keys.

    Unknown, answered, lapsed and in conflict are the same 404.
    """

    @wraps(view)
    def checked(request: HttpRequest, reference: str) -> HttpResponse:
        actor = actor_of(request)
        offer = offer_to(actor.user, reference)
        if offer is None:
            raise Http404
        return view(request, offer, actor)

    return checked


@require_safe
@with_offer
def case(request: HttpRequest, offer: SeatOffer, actor: Actor) -> HttpResponse:
    """The codename, and nothing else of the case."""
    return _page(request, offer)


@require_safe
@with_offer
def names(request: HttpRequest, offer: SeatOffer, actor: Actor) -> HttpResponse:
    """The first click: the people named."""
    return _page(request, offer, names=True, named=_words(offer, EntryKind.NAMED, actor))


@require_safe
@with_offer
def reporter(request: HttpRequest, offer: SeatOffer, actor: Actor) -> HttpResponse:
    """The second click: the reporter, or that they keep their name back."""
    named, identity = _words(offer, EntryKind.NAMED, actor), _words(offer, EntryKind.IDENTITY, actor)
    return _page(request, offer, names=True, reporter=True, named=named, identity=identity)


@require_POST
@with_offer
def answer(request: HttpRequest, offer: SeatOffer, actor: Actor) -> HttpResponse:
    """Accept, and go on to the case; or step back, and be shown nothing of it again."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, offer, form=form)
    step = ANSWERS[form.cleaned_data["answer"]]
    try:
        taken = take(step, offer.case, by=actor, version=form.cleaned_data["version"])
    except Refused as refusal:
        return _refused(request, offer, refusal)
    if step is Step.ACCEPT:
        return redirect("grievances:case", taken.case.reference)
    messages.success(request, _("You stepped back. You are shown nothing of it any more."))
    return redirect("grievances:intake" if offer.part == Part.INTAKE else "grievances:asked")


def _refused(request: HttpRequest, offer: SeatOffer, refusal: Refused) -> HttpResponse:
    """Say why the answer does not count, with the case as it stands now under the buttons."""
    offer.case.refresh_from_db(fields=["version"])
    status = 403 if isinstance(refusal, NotYours) else 409
    return _page(request, offer, status=status, refusal=refusal)


def _words(offer: SeatOffer, kind: EntryKind, actor: Actor) -> Mapping[str, str] | None:
    """Return what `names` says, and note that it was opened; None where it is not what the ledger recorded."""
    room = access.rooms_of(actor.user, Room.objects.filter(case=offer.case, kind=RoomKind.NAMES)).first()
    if room is None:
        raise Http404
    note_opening(room, actor)
    entries = Entry.objects.filter(room=room, kind=kind).select_related("room__case", "author")
    opened = read(newest(entries), by=actor)
    return opened[-1].words if opened else None


def _page(
    request: HttpRequest, offer: SeatOffer, *, form: AnswerForm | None = None, status: int | None = None, **more: object
) -> HttpResponse:
    shown = form or AnswerForm(initial={"version": offer.case.version})
    page = {"offer": offer, "reference": offer.case.reference, "version": offer.case.version, "form": shown, **more}
    return render(request, "grievances/asked_case.html", page, status=status or status_of(shown))
