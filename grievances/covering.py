"""Who covers for a mediator who says that they are away: whom they named, or another who serves in the same case."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from grievances import free_and_busy
from grievances.deadlines import today
from grievances.models import Availability, Case, Cover, Seat
from grievances.roles import Part


def covers(mediators: Iterable[Seat]) -> dict[int, Seat | None]:
    """
    Return who covers for each of a case's mediators who is, or will be, away: by seat id, None where nobody does.

    Whom they named comes first; somebody who is away in the same days covers for nobody. Three queries at most.
    """
    seats = list(mediators)
    said = Availability.objects.filter(user__in=[seat.user_id for seat in seats], away_until__gte=today())
    leaves = {each.user_id: each for each in said}
    named = dict(Cover.objects.filter(seat__in=seats).values_list("seat_id", "covered_by_id")) if leaves else {}
    found: dict[int, Seat | None] = {}
    for seat in seats:
        if leave := leaves.get(seat.user_id):
            others = [other for other in seats if other != seat and not _overlap(leave, leaves.get(other.user_id))]
            # Whom they named first; a stable sort leaves the others as they were.
            first = named.get(seat.pk)
            found[seat.pk] = next(iter(sorted(others, key=lambda other: other.pk != first)), None)
    return found


def _overlap(leave: Availability, other: Availability | None) -> bool:
    if not (other and leave.away_from and leave.away_until and other.away_from and other.away_until):
        return False
    return leave.away_from <= other.away_until and other.away_from <= leave.away_until


def without_who_is_away(case: Case, people: Collection[int]) -> set[int]:
    """Return who of `people` (user ids) a date concerns today: of the mediators not those who are away and covered."""
    mediators = list(case.seats.filter(mediator=True, left_at=None).order_by("pk"))
    away = free_and_busy.away_between([seat.user_id for seat in mediators], today(), today())
    found = covers(mediators) if away else {}
    return set(people) - {seat.user_id for seat in mediators if seat.user_id in away and found.get(seat.pk)}


def others_who_mediate(seats: Iterable[Seat], me: Seat) -> list[Seat]:
    """Return whom a mediator may name."""
    return [seat for seat in seats if Part.MEDIATOR in seat.parts and seat != me]
