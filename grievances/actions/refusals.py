"""Refused attempts: recorded after everything else is rolled back, so that they stand whatever became of the deed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar, cast

from caracol.accounts.actor import Actor
from caracol.accounts.models import User
from caracol.ledger.chain import count_today, record
from grievances.actions import rooms
from grievances.actions.holding import hold_true
from grievances.attest import one_deed
from grievances.events import Event
from grievances.exceptions import Refused
from grievances.models import Case, Pseudonym, Seat

P = ParamSpec("P")
R = TypeVar("R")
# More of one person in one case and one day say nothing more, and would only make the chain long.
MOST_A_DAY = 20


Action: TypeAlias = Callable[Concatenate[Case, P], R]
Check: TypeAlias = Callable[[Case, Seat | None], None]


def together(action: Action[P, R], *, check: Check = rooms.check_seat) -> Action[P, R]:
    """
    Let a deed on a case, done `by` an actor, happen together or not at all; a refusal is recorded.

    The deed is given the case as it is now, held until it is done, whatever its caller had read of it.
    Somebody whose seat the ledger does not know is refused; `check` may ask less than the keys that go with it.
    Raises Unverified for a case that is not as the ledger has it.
    """

    @wraps(action)
    def done(case: Case, *args: P.args, **kwargs: P.kwargs) -> R:
        by = cast("Actor", kwargs["by"])
        try:
            with one_deed():
                held = hold_true(case)
                check(held, held.seats.filter(user=by.user, left_at=None).select_related("case", "user").first())
                return action(held, *args, **kwargs)
        except Refused as refusal:
            note(case, by.user, because=refusal)
            raise

    return cast("Action[P, R]", done)


def together_without_keys(action: Action[P, R]) -> Action[P, R]:
    """As `together`, for what is asked by people who may have lost their keys."""
    return together(action, check=rooms.check_part)


def note(
    case: Case,
    user: User,
    *,
    because: Refused | None = None,
    event: Event = Event.REFUSED,
    **facts: str,
) -> None:
    """Record that `user` was refused something in a case, once for each refusal raised."""
    if because is not None and because.recorded:
        return
    name = Pseudonym.of(case.chain, user)
    if count_today(case.chain, name, Event.REFUSED, Event.ROOM_REFUSED) < MOST_A_DAY:
        record(case.chain, event, actor=name, **facts)
    if because is not None:
        because.recorded = True
