"""The rows of the access matrix: every address of the site, from the URLconf, and what to send to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from caracol.accounts import invitations
from conduct.models import Version
from grievances.actions.releases import waiting as waiting_release
from grievances.models import AgendaItem, Case, Clock, Conversation, Purpose, SealedFile, Seat
from grievances.statistics.sheets import digest_of
from grievances.workflow import Step
from tests.grievances.statistics.made import FIRST
from tests.matrix.world import World

A_DAY, A_QUESTION = dt.date(2024, 1, 1), "q02"
# What no reference and no token is.
UNKNOWN = "no-such-thing"
# The addresses of a case that say something else while its concern is still being written.
OF_A_DRAFT = ("case", "conflicts", "draft", "question", "go_on", "discard", "draft_files")
# The addresses in the admin that have no name: where each leads is asked of one address.
UNNAMED = {
    "admin:<path:object_id>/ user": "/admin/accounts/user/1/",
    "admin:<path:object_id>/ version": "/admin/conduct/version/1/",
    "admin:(?P<url>.*)$": "/admin/no/such/page/",
}


@dataclass(frozen=True)
class Row:
    """One address: its name in the URLconf, what it is made of, and what a POST to it carries."""

    name: str
    url: str
    made_of: Mapping[str, object] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)

    def unknown(self) -> Iterator[str]:
        """Yield the same address with each reference and token in turn being nobody's."""
        for key in ("reference", "token", "file"):
            if key in self.made_of:
                yield reverse(self.url, kwargs={**self.made_of, key: UNKNOWN})


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, before: str = "", outer: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name of every address, and the names of what it is made from; without a name, its pattern."""
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        made_from = (*outer, *(each.pattern.converters or getattr(each.pattern, "regex").groupindex))  # noqa: B009
        if isinstance(each, URLPattern):
            yield f"{before}{each.name or each.pattern}", made_from
        else:
            yield from routes(each.url_patterns, f"{before}{each.namespace}:" if each.namespace else before, made_from)


def rows(world: World, case: Case) -> Iterator[Row]:
    """Yield the rows of the table as they are in this world, for a visitor whose case this is; each step is a row."""
    for name, made_from in routes():
        if name in {"grievances:step", "grievances:confirm"}:
            yield from _steps(name, case)
        elif name == "grievances:prepare":
            for purpose in Purpose.values:
                yield Row(f"{name} {purpose}", name, {"reference": case.reference, "purpose": purpose})
        elif name.endswith(("/", "$")):
            yield from (Row(row, "") for row in UNNAMED if row.startswith(name))
        else:
            yield Row(name, name, {key: _made_of(name, key, world, case) for key in made_from}, _sent(name, world))
    yield from _of_a_draft(world)


def address(row: Row) -> str:
    """Return where a row leads."""
    return reverse(row.url, kwargs=dict(row.made_of)) if row.url else UNNAMED[row.name]


def _steps(name: str, case: Case) -> Iterator[Row]:
    taken = list(Step) if name == "grievances:step" else [Step.CLOSE_NO_CONTACT]
    token = {} if name == "grievances:step" else {"token": case.proposals.get().token}
    for step in taken:
        yield Row(f"{name} {step.name.lower()}", name, {"reference": case.reference, "step": step, **token})


def _of_a_draft(world: World) -> Iterator[Row]:
    reference = {"reference": world.begun.reference}
    for name in OF_A_DRAFT:
        made_of = reference | ({"question": A_QUESTION} if name == "question" else {})
        yield Row(f"grievances:{name} (a draft)", f"grievances:{name}", made_of)
    yield Row("grievances:step file (a draft)", "grievances:step", {**reference, "step": Step.FILE})


def _made_of(name: str, key: str, world: World, case: Case) -> object:
    """Return what stands in an address: things that are there, so that a 404 is never for want of one."""
    stands = STANDS.get(f"{name} {key}", STANDS.get(key))
    if stands is None:
        raise LookupError(f"Say in tests/matrix/rows.py what stands for {key} in {name}.")
    return stands(world, case)


def _a_waiting_seat(world: World, case: Case) -> str:
    lost = Seat.objects.filter(case=case, user=world.cast.user("lost")).first()
    return (lost or case.seats.get(reporter=True)).token


def _a_room(_world: World, case: Case) -> str:
    return case.rooms.get(seat__reporter=True).token


def _a_talk(_world: World, _case: Case) -> str:
    return Conversation.objects.get().room.token


def _a_session(_world: World, case: Case) -> str:
    return case.planned_sessions.get().token


def _a_member(world: World, _case: Case) -> int:
    return world.cast.user("stranger").pk


# What stands in an address, by the name of its part, or by the address and that name.
STANDS: dict[str, Callable[[World, Case], object]] = {
    "reference": lambda _world, case: case.reference,
    **dict.fromkeys(("since", "day", "date"), lambda _world, _case: A_DAY),
    "half": lambda _world, _case: FIRST,
    "year": lambda _world, _case: FIRST.year,
    "question": lambda _world, _case: A_QUESTION,
    "accounts:invitation token": lambda world, _case: world.link,
    "grievances:room token": _a_room,
    **dict.fromkeys((f"grievances:{page} token" for page in ("files", "file", "take_back_file")), _a_room),
    "file": lambda _world, case: SealedFile.objects.get(room=case.rooms.get(seat__reporter=True)).token,
    **dict.fromkeys((f"grievances:{page} token" for page in ("conversation", "forget_conversation")), _a_talk),
    "number": lambda _world, _case: 1,
    "grievances:next_version purpose": lambda _world, _case: Purpose.PACKET.value,
    "grievances:next_version token": lambda _world, case: case.papers.get(purpose=Purpose.PACKET, used_at=None).token,
    # Nothing is held there: who may not hold a case is told so, and everybody else that it has ended.
    **dict.fromkeys(
        ("grievances:confirm_hold token", "grievances:end_hold token"), lambda _world, _case: "noholdofthatname"
    ),
    "grievances:take_agenda token": lambda _world, _case: AgendaItem.objects.get().room.token,
    "grievances:answer_space token": lambda _world, case: case.spaces.get().token,
    **dict.fromkeys((f"grievances:{page}session token" for page in ("", "change_", "call_off_")), _a_session),
    "grievances:date number": lambda _world, case: case.clocks.get(kind=Clock.Kind.RESOLVE, stopped_at=None).number,
    "grievances:give_back token": _a_waiting_seat,
    "admin:view_on_site content_type_id": lambda _world, _case: 1,
    "admin:app_list app_label": lambda _world, _case: "accounts",
    "object_id": lambda _world, _case: Version.objects.get().pk,
    **dict.fromkeys((f"admin:accounts_user_{page} object_id" for page in ("history", "delete", "change")), _a_member),
}


def _sent(name: str, world: World) -> Mapping[str, str]:
    """Return what a POST carries: nothing, but where an empty one would find nothing to act on."""
    sent = SENT.get(name)
    return sent(world) if sent else {}


def _an_invitation(_world: World) -> Mapping[str, str]:
    waiting = invitations.into_membership().first()
    return {"invitation": waiting.token_tag if waiting else ""}


def _the_numbers(_world: World) -> Mapping[str, str]:
    numbers = waiting_release()
    return {"digest": digest_of(numbers) if numbers else ""}


SENT: dict[str, Callable[[World], Mapping[str, str]]] = {
    "accounts:deactivate": lambda world: {"handle": world.cast.user("witness").handle},
    "accounts:invite_anew": lambda world: {"handle": world.cast.user("stranger").handle},
    "accounts:withdraw_invitation": _an_invitation,
    "grievances:approval": _the_numbers,
    "language": lambda _world: {"language": "es"},
    "accounts:open_invitation": lambda world: {"token": world.link},
    "accounts:accept_invitation": lambda world: {"token": world.link},
}
