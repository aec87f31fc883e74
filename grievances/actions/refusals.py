"""Refused attempts: recorded after everything else is rolled back, so that they stand whatever became of the deed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.db import transaction

from caracol.accounts.actor import Actor
from caracol.accounts.models import User
from caracol.ledger.chain import count_today, record
from grievances.events import Event
from grievances.exceptions import Refused
from grievances.models import Case, Pseudonym

P = ParamSpec("P")
R = TypeVar("R")
# More of one person in one case and one day say nothing more, and would only make the chain long.
MOST_A_DAY = 20


def together(action: Callable[Concatenate[Case, P], R]) -> Callable[Concatenate[Case, P], R]:
    """Let a deed on a case, done `by` an actor, happen together or not at all; that it was refused is recorded."""

    @wraps(action)
    def done(case: Case, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return action(case, *args, **kwargs)
        except Refused as refusal:
            note(case, cast("Actor", kwargs["by"]).user, because=refusal)
            raise

    return cast("Callable[Concatenate[Case, P], R]", done)


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
