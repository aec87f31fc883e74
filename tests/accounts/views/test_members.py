from __future__ import annotations

import time

import pytest
from django.test import Client

from caracol.accounts.actor import CONFIRMED_AT
from caracol.accounts.models import Contact, SiteRole, User
from tests.accounts.browser import form_fields
from tests.accounts.conftest import PASSWORD, Joins, LogIn, is_in

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

PAGE = "/accounts/members/"
CLOSE = "/accounts/members/deactivate/"
UNLOCK = "/accounts/unlock/"


@pytest.fixture
def sol(secretary: User, log_in: LogIn) -> Client:
    """The secretary's browser."""
    return log_in("sol")


def names(client: Client) -> list[str]:
    return [name for name, _user in client.get(PAGE).context["members"]]


def test_the_secretary_sees_members_by_name_and_no_guest(joins: Joins, sol: Client) -> None:
    joins("ben"), joins("ana")
    guest = joins("guest")
    Contact.objects.filter(user=guest).delete()
    assert names(sol) == ["Ana", "Ben", "Sol"]
    assert guest.handle not in sol.get(PAGE).content.decode()


@pytest.mark.parametrize("held", [[], [SiteRole.MEMBER], [SiteRole.MEDIATOR], [SiteRole.INTAKE], [SiteRole.STEERING]])
def test_for_everybody_else_there_is_no_such_page(joins: Joins, log_in: LogIn, held: list[SiteRole]) -> None:
    ben = joins("ben")
    joins("ana", *held)
    client = log_in("ana")
    assert client.get(PAGE).status_code == 404
    assert client.post(CLOSE, {"handle": ben.handle}).status_code == 404
    assert User.objects.get(pk=ben.pk).is_active


def test_closing_an_account_ends_it_at_once(ana: User, sol: Client, log_in_elsewhere: LogIn) -> None:
    anas = log_in_elsewhere("ana")
    assert sol.post(CLOSE, {"handle": ana.handle})["Location"] == PAGE
    assert (is_in(anas), is_in(sol)) == (False, True)
    assert names(sol) == ["Sol"]


def test_closing_an_account_asks_the_password_again(ana: User, sol: Client) -> None:
    session = sol.session
    session[CONFIRMED_AT] = int(time.time()) - 301
    session.save()
    asked = sol.post(CLOSE, {"handle": ana.handle})
    assert (asked.status_code, User.objects.get(pk=ana.pk).is_active) == (403, True)
    sol.post(UNLOCK, {**form_fields(asked, UNLOCK), "unlock-password": PASSWORD}, follow=True)
    assert not User.objects.get(pk=ana.pk).is_active


def test_nobody_closes_their_own_account_here(secretary: User, sol: Client) -> None:
    page = sol.post(CLOSE, {"handle": secretary.handle}, follow=True)
    assert "Nobody deactivates their own account" in page.content.decode()
    assert is_in(sol)


@pytest.mark.parametrize("handle", ["", "nobody", "\0", "a" * 5000])
def test_an_unknown_account_is_not_found(sol: Client, handle: str) -> None:
    assert sol.post(CLOSE, {"handle": handle}).status_code == 404


def test_closing_needs_its_csrf_token_and_no_link_does_it(ana: User, sol: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(sol.cookies)
    assert strict.post(CLOSE, {"handle": ana.handle}).status_code == 403
    assert sol.get(CLOSE, {"handle": ana.handle}).status_code == 405
    assert User.objects.get(pk=ana.pk).is_active


def test_the_account_page_shows_members_to_the_secretary_alone(ana: User, sol: Client, log_in_elsewhere: LogIn) -> None:
    assert PAGE in sol.get("/accounts/").content.decode()
    assert PAGE not in log_in_elsewhere("ana").get("/accounts/").content.decode()
