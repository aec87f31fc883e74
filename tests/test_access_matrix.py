"""
Who gets which answer: every address, everybody who could ask, GET and POST, written down in `access_matrix.txt`.

A new address that is not in the table fails here, and so does every answer that differs from it. A POST is sent
empty, so that it shows who gets as far as the form, and nothing it does outlasts it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from grievances.actions import papers
from grievances.actions import people as serving
from grievances.actions.seats import invite_support
from grievances.models import Case, Purpose, Space
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk
from tests.grievances.views.pages import text_of

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

TABLE = Path(__file__).with_name("access_matrix.txt")
# The columns of the table: a seat in the case, or a reason to be kept out of it.
VISITORS = (
    "visitor",  # not logged in
    "reporter",
    "respondent",
    "witness",
    "support",
    "mediator",
    "intake",  # took the concern in; two mediators have not accepted yet
    "asked",  # a mediator who was asked, and has not answered
    "recused",  # a mediator who was asked, and stepped back
    "conflicted",  # a mediator the reporter does not want
    "unasked",  # any other mediator
    "stranger",  # any other member
    "steering",
    "secretary",
    "superuser",
)
LOGINS = {
    "reporter": "member",
    "support": "friend",
    "asked": "mediator2",
    "recused": "mediator3",
    "conflicted": "mediator4",
    "unasked": "mediator5",
    "superuser": "admin",
}


@dataclass
class World:
    """A case with somebody in every seat, and what its addresses are made of."""

    case: Case
    tokens: dict[str, str]


def the_world(cast: Cast) -> World:
    cast.all()
    admin = cast.user("admin")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    going = Walk.begin(cast)
    serving.say_who_must_not_serve(going.case, [cast.user("mediator4")], by=cast["member"])
    going.filed()
    going.taken_in()
    for login in ("mediator", "mediator3", "mediator2"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    going.take(Step.ACCEPT, "mediator")
    going.take(Step.RECUSE, "mediator3")
    going.distinguished()
    going.told()
    _witness(going)
    invite_support(going.case, cast.user("friend"), by=cast["member"])
    going.one_on_one()
    going.take(Step.OFFER_SPACE, "member", to=going.seat_token("respondent"), channel="call", meets_at="")
    waiting = papers.prepare(going.case, Purpose.PACKET, {"text": "The packet."}, by=cast["mediator"])
    going.take(Step.CLOSE_NO_CONTACT, "mediator", {"text": "Nobody answers."})
    return World(
        going.case,
        {
            "room": going.case.rooms.get(seat__user=cast.user("member")).token,
            "next_version": waiting.token,
            "answer_space": Space.objects.get().token,
            "confirm": going.case.proposals.get().token,
            "give_back": going.seat_token("member"),
            "invitation": "no-such-invitation",
        },
    )


def _witness(going: Walk) -> None:
    cast = going.cast
    invitation = papers.prepare(
        going.case,
        Purpose.INVITATION,
        {"text": "Please tell us what you saw."},
        by=cast["mediator"],
        person=cast.user("witness"),
        part=Part.WITNESS,
    )
    going.agree_to_paper(invitation, "member")
    going.take(Step.INVITE, "mediator", paper=invitation.token)


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, before: str = "", outer: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name of every address but the admin's own, and the names of what it is made from."""
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        made_from = (*outer, *each.pattern.converters)
        if isinstance(each, URLPattern):
            yield f"{before}{each.name}", made_from
        elif each.app_name != "admin":
            yield from routes(each.url_patterns, f"{before}{each.namespace}:" if each.namespace else before, made_from)


def addresses(world: World) -> dict[str, str]:
    """Return each row of the table by name, with the address it means in this world; each step is a row."""
    found = {"admin:index": reverse("admin:index"), "admin:accounts_user_changelist": "/admin/accounts/user/"}
    for name, made_from in routes():
        if name in {"grievances:step", "grievances:confirm"}:
            found |= _steps(name, world)
        elif name == "grievances:prepare":
            found |= {f"{name} {each}": reverse(name, args=[world.case.reference, each]) for each in Purpose.values}
        else:
            found[name] = reverse(name, kwargs={key: _argument(name, key, world) for key in made_from})
    return found


def _steps(name: str, world: World) -> dict[str, str]:
    steps = list(Step) if name == "grievances:step" else [Step.CLOSE_NO_CONTACT]
    token = {} if name == "grievances:step" else {"token": world.tokens["confirm"]}
    return {
        f"{name} {step.name.lower()}": reverse(name, kwargs={"reference": world.case.reference, "step": step, **token})
        for step in steps
    }


def _argument(name: str, key: str, world: World) -> object:
    given = {
        "reference": world.case.reference,
        "purpose": Purpose.PACKET.value,
        "question": "q02",
        "since": dt.date(2024, 1, 1),
        "day": dt.date(2024, 1, 1),
        "date": dt.date(2024, 1, 1),
    }
    return world.tokens[name.split(":")[1]] if key == "token" else given[key]


def answer(client: Client, method: str, address: str) -> str:
    """Return what a request is answered, as the table writes it; whatever the request did is undone."""
    cookies = copy(client.cookies)
    before = [(alias, transaction.savepoint(using=alias)) for alias in ("default", "keys")]
    response = client.get(address) if method == "GET" else client.post(address)
    for alias, point in before:
        transaction.savepoint_rollback(point, using=alias)
    client.cookies = cookies
    cache.clear()
    onward = urlsplit(response.headers.get("Location", "")).path
    return "login" if onward == reverse("accounts:login") else str(response.status_code)


def expected() -> dict[tuple[str, str], list[str]]:
    """Return the table: the answers to each visitor, by method and row."""
    lines = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    table: dict[tuple[str, str], list[str]] = {}
    for line in lines[1:]:
        row, *answers = line.rsplit(maxsplit=len(VISITORS))
        method, name = row.split(maxsplit=1)
        table[method, name] = answers
    return table


def browser_of(cast: Cast, visitor: str) -> Client:
    return Client() if visitor == "visitor" else cast.browser(LOGINS.get(visitor, visitor))


@pytest.mark.parametrize("visitor", VISITORS)
def test_everybody_gets_the_answers_that_the_table_says(cast: Cast, visitor: str) -> None:
    world = the_world(cast)
    client = browser_of(cast, visitor)
    got = {
        (method, name): answer(client, method, address)
        for name, address in addresses(world).items()
        for method in ("GET", "POST")
    }
    column = VISITORS.index(visitor)
    assert got == {key: answers[column] for key, answers in expected().items()}


def test_who_is_kept_out_reads_the_same_words_as_about_a_case_that_is_not_there(cast: Cast) -> None:
    world = the_world(cast)
    for visitor in ("recused", "conflicted", "unasked", "stranger", "steering", "secretary", "superuser"):
        client = browser_of(cast, visitor)
        hidden = client.get(f"/cases/{world.case.reference}/")
        nothing = client.get("/cases/no-such-case/")
        assert (hidden.status_code, text_of(hidden)) == (nothing.status_code, text_of(nothing))
        assert hidden.status_code == 404


def test_the_table_names_everybody() -> None:
    header = next(line for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    assert header.split() == ["method", "page", *VISITORS]
