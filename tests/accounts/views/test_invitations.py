from __future__ import annotations

import datetime as dt
import re
import time

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from caracol.accounts import people, roles
from caracol.accounts.actor import CONFIRMED_AT
from caracol.accounts.models import Invitation, SiteRole, User
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Joins, LogIn, is_in

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

INVITE = "/accounts/members/invite/"
ANEW = "/accounts/members/anew/"
OPEN = "/accounts/invitation/open/"
ACCEPT = "/accounts/invitation/accept/"
CHOSEN = {"login": "ben", "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}


@pytest.fixture
def sol(secretary: User, log_in_elsewhere: LogIn) -> Client:
    """The secretary's browser."""
    return log_in_elsewhere("sol")


def link_in(page: str) -> str:
    """Return the token of the link that a page shows."""
    shown = re.findall(r"<code class=\"secret\">http://testserver/accounts/invitation/(.*)/</code>", page)
    assert len(shown) == 1
    return str(shown[0])


@pytest.fixture
def token(sol: Client) -> str:
    return link_in(sol.post(INVITE, {"name": "Ben", "email": ""}).content.decode())


def test_the_secretary_makes_a_link_and_sees_it_once(sol: Client, token: str) -> None:
    page = sol.get(INVITE).content.decode()
    assert "Ben" in page
    assert token not in page


def test_from_the_link_to_the_recovery_code_and_the_code(client: Client, token: str) -> None:
    assert client.get(f"/accounts/invitation/{token}/").status_code == 200
    assert client.post(OPEN, {"token": token}).status_code == 200
    assert client.post(ACCEPT, {"token": token, **CHOSEN})["Location"] == "/accounts/login/?next=%2Fcode%2F"
    answer = client.post("/accounts/login/", {"login": "ben", "password": OTHER_PASSWORD, "next": "/code/"})
    assert answer["Location"] == "/accounts/code/?next=%2Fcode%2F"
    assert is_in(client)
    ben = people.by_login("ben")
    assert ben is not None
    assert roles.roles_of(ben) == {SiteRole.MEMBER}


def test_whoever_opens_every_link_of_a_letter_uses_nothing_up_and_gets_no_cookie(client: Client, token: str) -> None:
    answers = [client.get(f"/accounts/invitation/{token}/") for _ in range(30)]
    assert {answer.status_code for answer in answers} == {200}
    assert [dict(answer.cookies) for answer in answers if answer.cookies] == []
    assert client.post(ACCEPT, {"token": token, **CHOSEN}).status_code == 302


def test_the_button_uses_nothing_up_and_needs_no_cookie(token: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert [strict.post(OPEN, {"token": token}).status_code for _ in range(3)] == [200] * 3
    assert Client(enforce_csrf_checks=True).post(ACCEPT, {"token": token, **CHOSEN}).status_code == 403
    assert Invitation.objects.count() == 1


def test_the_page_of_a_link_is_the_same_for_any_text(client: Client, token: str) -> None:
    real = client.get(f"/accounts/invitation/{token}/").content.decode()
    other = client.get("/accounts/invitation/nothing/").content.decode()
    assert real.replace(token, "nothing") == other


def test_a_link_used_twice_is_gone(client: Client, token: str) -> None:
    client.post(ACCEPT, {"token": token, **CHOSEN})
    assert client.post(ACCEPT, {"token": token, **CHOSEN, "login": "cat"}).status_code == 410
    assert client.post(OPEN, {"token": token}).status_code == 410
    assert people.by_login("cat") is None


def test_a_link_too_old_is_gone(client: Client, token: str) -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
        assert client.post(OPEN, {"token": token}).status_code == 410
        assert client.post(ACCEPT, {"token": token, **CHOSEN}).status_code == 410


def test_links_can_be_guessed_so_often_and_no_more(client: Client, token: str) -> None:
    assert [client.post(OPEN, {"token": f"guess {n}"}).status_code for n in range(21)] == [410] * 20 + [429]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"login": "sol"}, "login"),
        ({"login": ""}, "login"),
        ({"new": "short", "again": "short"}, "new"),
        ({"again": "x"}, "again"),
    ],
)
def test_what_does_not_fit_is_said_beside_it_and_uses_nothing_up(
    client: Client, token: str, wrong: dict[str, str], field: str
) -> None:
    page = client.post(ACCEPT, {"token": token, **CHOSEN, **wrong})
    assert list(page.context["form"].errors) == [field]
    assert client.post(ACCEPT, {"token": token, **CHOSEN}).status_code == 302


def test_the_secretary_takes_a_link_back(sol: Client, client: Client, token: str) -> None:
    tag = Invitation.objects.get().token_tag
    withdrawn = "/accounts/members/invite/withdraw/"
    assert sol.post(withdrawn, {"invitation": tag})["Location"] == INVITE
    assert client.post(ACCEPT, {"token": token, **CHOSEN}).status_code == 410
    assert sol.post(withdrawn, {"invitation": tag}).status_code == 404


@pytest.mark.parametrize("held", [[], [SiteRole.MEMBER], [SiteRole.MEDIATOR], [SiteRole.INTAKE], [SiteRole.STEERING]])
def test_for_everybody_else_there_is_no_such_page(joins: Joins, log_in: LogIn, held: list[SiteRole]) -> None:
    ana = joins("ana", *held)
    client = log_in("ana")
    pages = (INVITE, ANEW, "/accounts/members/invite/withdraw/")
    assert [client.post(page, {"name": "Ben", "handle": ana.handle}).status_code for page in pages] == [404] * 3


def test_inviting_asks_the_password_again(ana: User, sol: Client) -> None:
    session = sol.session
    session[CONFIRMED_AT] = int(time.time()) - 301
    session.save()
    assert sol.post(INVITE, {"name": "Ben", "email": ""}).status_code == 403
    assert sol.post(ANEW, {"handle": ana.handle}).status_code == 403
    assert Invitation.objects.count() == 0


# Invited anew


def test_who_lost_password_and_code_comes_back_by_a_link(ana: User, sol: Client, client: Client) -> None:
    token = link_in(sol.post(ANEW, {"handle": ana.handle}).content.decode())
    page = client.post(OPEN, {"token": token})
    assert "Your login name stays: ana." in page.content.decode()
    assert "login" not in page.context["form"].fields
    answer = client.post(ACCEPT, {"token": token, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD})
    assert answer.status_code == 302
    for password, status in ((PASSWORD, 200), (OTHER_PASSWORD, 302)):
        assert Client().post("/accounts/login/", {"login": "ana", "password": password}).status_code == status


def test_their_sessions_end_when_they_come_back(
    ana: User, sol: Client, client: Client, log_in_elsewhere: LogIn
) -> None:
    anas = log_in_elsewhere("ana")
    token = link_in(sol.post(ANEW, {"handle": ana.handle}).content.decode())
    assert is_in(anas)
    client.post(ACCEPT, {"token": token, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD})
    assert not is_in(anas)


def test_the_secretary_invites_neither_themselves_nor_a_stranger_anew(secretary: User, sol: Client) -> None:
    assert sol.post(ANEW, {"handle": secretary.handle})["Location"] == "/accounts/members/"
    assert sol.post(ANEW, {"handle": "nobody"}).status_code == 404
    assert Invitation.objects.count() == 0
