"""What waits for a person: requests to serve, and what they were told and have not read."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from caracol.accounts.models import Kind, Role, SiteRole, User
from caracol.accounts.roles import roles_of
from grievances import access
from grievances.events import Event
from grievances.models import Conflict, Notice, SeatOffer
from grievances.roles import SERVING, Part


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
    """Return what `user` has not read yet, the newest first: of cases they see, or are asked to serve in."""
    seen = (
        Q(case__in=access.cases_of(user, access.TAKE_PART).values("pk"))
        | Q(case__in=access.cases_of(user, access.SERVE).values("pk"))
        | Q(case__in=offers_to(user).order_by().values("case_id"))
        | _told_on_duty(user)
    )
    unread = Notice.objects.filter(seen, user=user, read_at=None)
    return unread.select_related("case").order_by("-pk")


def _told_on_duty(user: User) -> Q:
    """Of what stays late, where the reporter wished so: as long as they are on intake duty, and not in conflict."""
    on_duty = Role.objects.filter(role=SiteRole.INTAKE, ended_on=None).values("user_id")
    conflicts = Conflict.objects.filter(user=user).values("case_id")
    return Q(event=Event.INTAKE_TOLD, user__in=on_duty) & ~Q(case__in=conflicts)
