"""What waits for a person: requests to serve, and what they were told and have not read."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from caracol.accounts.models import Kind, Role, SiteRole, User
from caracol.accounts.roles import roles_of
from grievances import access
from grievances.events import Event
from grievances.facts import ASKED_ABOUT
from grievances.models import Case, Conflict, Consent, Notice, Paper, Purpose, Room, Seat, SeatOffer, Space
from grievances.roles import HARM_SIDE, SERVING, Part
from grievances.rooms import RoomKind
from grievances.workflow import OPEN


def offers_to(user: User, *parts: Part) -> QuerySet[SeatOffer]:
    """
    Return the requests to serve (in any of `parts`, else in all) that `user` can still answer, the newest first.

    None in a case that a conflict of interest hides from them, and none for a role they no longer hold.
    """
    conflicts = Conflict.objects.filter(user=user).values("case_id")
    waiting = SeatOffer.objects.filter(
        user=user,
        user__is_active=True,
        part__in={part.value for part in parts or SERVING} & _could_take(user),
        state=SeatOffer.State.OPEN,
        lapses_at__gt=timezone.now(),
    )
    return waiting.exclude(case_id__in=conflicts).select_related("case").order_by("-asked_at", "pk")


def _could_take(user: User) -> set[str]:
    """Return the parts that somebody could serve as: by their roles; from outside, as a mediator."""
    return {Part.MEDIATOR.value} if user.kind == Kind.SEAT else {role.value for role in roles_of(user)}


def offer_to(user: User, reference: str) -> SeatOffer | None:
    """Return the request to serve in the case of this reference: unknown and not for `user` are both None."""
    return offers_to(user).filter(case__reference=reference).first()


def notices_to(user: User) -> QuerySet[Notice]:
    """Return what `user` has not read yet, the newest first: of cases they see or are asked to serve in, and talks."""
    seen = (
        Q(case__in=access.cases_of(user, access.TAKE_PART).values("pk"))
        | Q(case__in=access.cases_of(user, access.SERVE).values("pk"))
        | Q(case__in=offers_to(user).order_by().values("case_id"))
        | _told_on_duty(user)
        | _of_their_own_talks(user)
    )
    unread = Notice.objects.filter(seen, user=user, read_at=None)
    return unread.select_related("case", "conversation__room").order_by("-pk")


def _of_their_own_talks(user: User) -> Q:
    """Of the private talks that they recorded, as long as they can open them."""
    opened = access.rooms_of(user, Room.objects.filter(kind=RoomKind.CONVERSATION))
    return Q(conversation__recorded_by=user, conversation__room__in=opened.values("pk"))


def _told_on_duty(user: User) -> Q:
    """Of what stays late, where the reporter wished so: as long as they are on intake duty, and not in conflict."""
    on_duty = Role.objects.filter(role=SiteRole.INTAKE, ended_on=None).values("user_id")
    conflicts = Conflict.objects.filter(user=user).values("case_id")
    return Q(event=Event.INTAKE_TOLD, user__in=on_duty) & ~Q(case__in=conflicts)


# Whose yes, to what, and for a text to which version of it.
_Said = set[tuple[int, str, int | None, int | None]]


def answers_of(user: User) -> list[Case]:
    """Return the open cases in which something waits for this person's yes or no, the newest last. Five queries."""
    cases = access.cases_of(user, access.TAKE_PART).filter(stage__in=OPEN)
    mine = Seat.objects.filter(case__in=cases, user=user, left_at=None).select_related("case")
    seats = {seat.case_id: seat for seat in mine}
    given = Consent.objects.filter(seat__in=seats.values(), withdrawn_at=None)
    said: _Said = {(each.seat_id, each.to, each.paper_id, each.paper_version) for each in given}
    papers = Paper.objects.filter(case__in=seats, used_at=None)
    waiting = {paper.case_id for paper in papers if _waits_for(seats[paper.case_id], paper, said)}
    waiting |= {pk for pk, seat in seats.items() if seat.harmed and _has_not_answered(seat, said)}
    spaces = Space.objects.filter(offered_to__in=seats.values(), answer=Space.Answer.WAITING)
    waiting |= set(spaces.values_list("case_id", flat=True))
    return [seats[pk].case for pk in sorted(waiting)]


def _waits_for(seat: Seat, paper: Paper, said: _Said) -> bool:
    """Whether the reader is asked about this version; whoever was harmed says first whether it shall go on."""
    asked = ASKED_ABOUT.get(Purpose(paper.purpose), HARM_SIDE)
    return bool(seat.parts & asked) and (seat.pk, Consent.To.PAPER, paper.pk, paper.version) not in said


def _has_not_answered(seat: Seat, said: _Said) -> bool:
    return not seat.reporter and (seat.pk, Consent.To.GO_ON, None, None) not in said
