"""
Somebody in conflict cannot learn that the case exists: every shared page is the same as for somebody uninvolved.

The same to the byte, and in as many queries, so that neither its size nor its time tells. Both are called by names
of one length, and are compared with both their names and handles blotted out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from pytest_django.fixtures import Settings

from caracol.accounts import roles
from caracol.accounts.models import SiteRole
from caracol.letters.models import Letter
from grievances.actions import by_letter, papers, people
from grievances.models import Purpose
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import barring, invited, opened
from tests.grievances.views.pages import at, same_as_unknown
from tests.matrix.rows import routes

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

CONFLICTED, UNINVOLVED = "mediator4", "mediator5"
# The cookie is each browser's own; the other says at which second it was asked.
NOT_COMPARED = {"Set-Cookie", "Expires"}
# Pages that show a secret drawn anew each time, or the random names of one's own sessions.
DRAWN_ANEW = {"accounts:new_app", "accounts:new_app_picture", "accounts:new_key", "accounts:sessions"}
Answer = tuple[int, list[tuple[str, str]], bytes, int]


def answer(cast: Cast, browser: Client, where: str) -> Answer:
    """Return what a page says to somebody, the names and handles of the two aside, and how many queries it takes."""
    browser.get(where)
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(where)
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page.content)
    # When each of them joined is their own.
    body = re.sub(rb"<time [^>]*>[^<]*</time>", b"a moment", body)
    for each in (CONFLICTED, UNINVOLVED):
        # In a menu of members one finds the other where the other finds them.
        for said, blot in ((cast.user(each).handle, b"a handle"), (each, b"a login"), (each.title(), b"a name")):
            body = body.replace(said.encode(), blot)
    headers = [(name, said) for name, said in sorted(page.headers.items()) if name not in NOT_COMPARED]
    return page.status_code, headers, body, len(queries)


def shared_pages() -> list[str]:
    """Return the address of every page that is not of one case or one thing."""
    found = []
    for name, made_from in routes():
        if not made_from and name not in DRAWN_ANEW:
            with suppress(NoReverseMatch):
                found.append(reverse(name))
    return found


# How somebody comes to be in conflict: each returns the case that is kept from them from then on.


def barred_before_filing(cast: Cast) -> Walk:
    going = barring(cast, CONFLICTED)
    going.taken_in()
    going.served()
    return going


def barred_when_asked(cast: Cast) -> Walk:
    going = walk(cast, "taken_in")
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    going.take(Step.ASK, "intake", who=cast.user(CONFLICTED).handle)
    people.say_who_must_not_serve(going.case, [cast.user(CONFLICTED)], by=cast["member"])
    going.served()
    return going


def barred_while_serving(cast: Cast) -> Walk:
    going = walk(cast, "taken_in")
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    going.take(Step.ASK, "intake", who=cast.user(CONFLICTED).handle)
    going.take(Step.ACCEPT, CONFLICTED)
    people.say_who_must_not_serve(going.case, [cast.user(CONFLICTED)], by=cast["member"])
    going.served()
    return going


def stepped_back(cast: Cast) -> Walk:
    going = walk(cast, "taken_in")
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    going.take(Step.ASK, "intake", who=cast.user(CONFLICTED).handle)
    going.take(Step.ACCEPT, CONFLICTED)
    going.take(Step.RECUSE, CONFLICTED)
    going.served()
    return going


def known_as_a_guest(cast: Cast) -> Walk:
    going = walk(cast, "served")
    person, known_as = cast.user("witness"), cast.user(CONFLICTED)
    words = {"text": "You are asked what you saw."}
    papers.prepare(
        going.case,
        Purpose.INVITATION,
        words,
        by=cast["mediator"],
        person=person,
        part=Part.WITNESS,
        known_as=known_as,
    )
    return going


WAYS: list[Callable[[Cast], Walk]] = [
    barred_before_filing,
    barred_when_asked,
    barred_while_serving,
    stepped_back,
    known_as_a_guest,
]


@pytest.mark.parametrize("happened", WAYS)
def test_every_shared_page_is_the_same_to_the_byte_and_in_as_many_queries(
    happened: Callable[[Cast], Walk], cast: Cast
) -> None:
    for login in (CONFLICTED, UNINVOLVED):
        cast[login]
    going = happened(cast)
    going.distinguished()
    answers = {}
    for login in (CONFLICTED, UNINVOLVED):
        browser = cast.browser(login)
        answers[login] = {where: answer(cast, browser, where) for where in shared_pages()}
    told, uninvolved = answers[CONFLICTED], answers[UNINVOLVED]
    assert {where: (told[where], uninvolved[where]) for where in told if told[where] != uninvolved[where]} == {}
    assert [status for status, *_rest in told.values()].count(200) > len(("/", "/cases/", "/asked/"))


def test_the_comparison_would_show_a_case_that_is_seen(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    for login in (CONFLICTED, UNINVOLVED):
        cast[login]
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    going.take(Step.ASK, "intake", who=cast.user(CONFLICTED).handle)
    pages = [answer(cast, cast.browser(login), "/asked/") for login in (CONFLICTED, UNINVOLVED)]
    assert pages[0][2] != pages[1][2]


@pytest.mark.parametrize("happened", WAYS)
def test_every_address_of_the_case_is_the_same_as_one_that_does_not_exist(
    happened: Callable[[Cast], Walk], cast: Cast
) -> None:
    for login in (CONFLICTED, UNINVOLVED):
        cast[login]
    going = happened(cast)
    browser = cast.browser(CONFLICTED)
    browser.get("/")
    room = going.case.rooms.filter(destroyed_at=None)[0]
    addresses = [
        at(going),
        at(going, "history/"),
        at(going, f"rooms/{room.token}/"),
        *(at(going, f"{step.value}/") for step in Step),
        f"/asked/{going.case.reference}/",
        f"/asked/{going.case.reference}/names/",
    ]
    assert [where for where in addresses if not same_as_unknown(browser, where)] == []
    assert opened(going.case, cast[CONFLICTED]) == set()


def test_who_is_on_intake_duty_gets_the_daily_letter_whatever_is_kept_from_them(cast: Cast, settings: Settings) -> None:
    settings.SENDS_LETTERS = True
    cast["intake"]
    for login in (CONFLICTED, UNINVOLVED):
        roles.give(SiteRole.INTAKE, to=cast.user(login), by=cast.user("secretary"), second=cast.user("intake"))
    going = barred_before_filing(cast)
    asked = set(going.case.offers.filter(part=Part.INTAKE).values_list("user_id", flat=True))
    assert cast.user(CONFLICTED).pk not in asked
    by_letter.write_letters()
    letters = Letter.objects.exclude(duty_on=None).values_list("user_id", flat=True)
    assert sorted(letters) == sorted(cast.user(login).pk for login in ("intake", CONFLICTED, UNINVOLVED))


def test_a_party_still_sees_their_case_though_they_must_not_serve_in_it(cast: Cast) -> None:
    cast[CONFLICTED]
    going = walk(cast, "served")
    invited(going, CONFLICTED, Part.WITNESS)
    assert cast.browser(CONFLICTED).get(at(going)).status_code == 200
