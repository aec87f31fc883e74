from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

from caracol.accounts import people, roles
from caracol.accounts.models import Kind, SiteRole, User

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

EVERYBODY = ["Home", "The Code"]


def menu(user: User | AnonymousUser) -> list[str]:
    request = RequestFactory().get("/somewhere/")
    request.user = user
    return re.findall(r'class="nav__link"[^>]*>([^<]*)<', render_to_string("base.html", request=request))


def test_a_visitor_sees_what_is_for_everybody() -> None:
    assert menu(AnonymousUser()) == EVERYBODY


@pytest.mark.parametrize(
    ("role", "more"),
    [
        (SiteRole.MEMBER, ["Raise a concern", "My concerns"]),
        (SiteRole.INTAKE, ["Intake"]),
        (SiteRole.MEDIATOR, ["Asked to serve", "My cases"]),
        (SiteRole.STEERING, ["Statistics", "Recovery", "Checkpoints"]),
        (SiteRole.SECRETARY, ["Members"]),
    ],
)
def test_each_role_adds_its_own_places(role: SiteRole, more: list[str]) -> None:
    person = people.join(login="ana", name="Ana", email="ana@example.org", password="a quiet long password")
    roles.give(role, to=person, by=None)
    assert menu(person) == EVERYBODY + more


@pytest.mark.parametrize(
    ("kind", "more"), [(Kind.RECEIPT, ["Raise a concern", "My concerns"]), (Kind.SEAT, ["My case"])]
)
def test_a_guest_finds_their_own_places(kind: Kind, more: list[str]) -> None:
    assert menu(User(pk=1, kind=kind)) == EVERYBODY + more


def test_who_is_a_member_by_their_account_alone_finds_no_member_s_places() -> None:
    assert menu(User(pk=1, kind=Kind.MEMBER)) == EVERYBODY


def test_the_page_one_is_on_is_marked() -> None:
    request = RequestFactory().get("/code/")
    request.user = AnonymousUser()
    marked = re.findall(r'aria-current="page">([^<]*)<', render_to_string("base.html", request=request))
    assert marked == ["The Code"]
