from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest
from django.test import Client

from caracol.accounts import people, roles
from caracol.accounts.models import SiteRole, User

PASSWORD = "a snail climbs slowly"


class Joins(Protocol):
    def __call__(self, login: str, *held: SiteRole) -> User: ...


@pytest.fixture
def joins(db: None) -> Joins:
    """Make a person by login name, who holds these roles from installation."""

    def join(login: str, *held: SiteRole) -> User:
        user = people.join(login=login, name=login.title(), email=f"{login}@example.org", password=PASSWORD)
        for role in held:
            roles.give(role, to=user, by=None)
        return user

    return join


@pytest.fixture
def ana(joins: Joins) -> User:
    return joins("ana")


@pytest.fixture
def secretary(joins: Joins) -> User:
    return joins("sol", SiteRole.SECRETARY)


@pytest.fixture
def mediator(joins: Joins) -> User:
    return joins("mar", SiteRole.MEDIATOR)


@pytest.fixture
def log_in(client: Client) -> Callable[[str], Client]:
    """Log in through the page itself, so that the keys are in hand."""

    def by_page(login: str) -> Client:
        answer = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return by_page
