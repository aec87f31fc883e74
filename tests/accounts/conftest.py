from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import argon2
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from nacl.pwhash import argon2id

from caracol.accounts import keys, people, recovery, roles
from caracol.accounts.models import SiteRole, User

PASSWORD = "a snail climbs slowly"
OTHER_PASSWORD = "another snail, another wall"

LogIn = Callable[[str], Client]


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
def anas_code(ana: User) -> str:
    """The code on Ana's paper."""
    code = recovery.make(ana, keys.unlock(ana, PASSWORD))
    recovery.keep(code)
    return code.shown


@pytest.fixture
def secretary(joins: Joins) -> User:
    return joins("sol", SiteRole.SECRETARY)


@pytest.fixture
def mediator(joins: Joins) -> User:
    return joins("mar", SiteRole.MEDIATOR)


class Derivations(list[int]):
    """The cost (passes times KiB) of every Argon2 that was made; `inside` counts those made in a transaction."""

    inside = 0

    def add(self, cost: int) -> None:
        self.append(cost)
        self.inside += connection.in_atomic_block


@pytest.fixture
def derivations(monkeypatch: pytest.MonkeyPatch) -> Derivations:
    """Every Argon2 from here on, whichever of the two libraries makes it."""
    seen, kdf = Derivations(), argon2id.kdf

    def seen_kdf(size: int, password: bytes, salt: bytes, opslimit: int, memlimit: int) -> bytes:
        seen.add(opslimit * memlimit // 1024)
        return kdf(size, password, salt, opslimit=opslimit, memlimit=memlimit)

    def of_the_other(deed: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **named: Any) -> Any:
            seen.add(settings.ARGON2_PASSES * settings.ARGON2_KIBIBYTES)
            return deed(*args, **named)

        return counted

    monkeypatch.setattr(argon2id, "kdf", seen_kdf)
    monkeypatch.setattr(argon2.low_level, "hash_secret", of_the_other(argon2.low_level.hash_secret))
    monkeypatch.setattr(argon2.PasswordHasher, "verify", of_the_other(argon2.PasswordHasher.verify))
    return seen


@pytest.fixture
def log_in(client: Client) -> LogIn:
    """Log in through the page itself, so that the keys are in hand; in the test's browser."""
    return lambda login: logged_in(client, login)


@pytest.fixture
def log_in_elsewhere(db: None) -> LogIn:
    """Log in through the page itself, in a browser of its own each time."""
    return lambda login: logged_in(Client(), login)


def logged_in(client: Client, login: str, password: str = PASSWORD) -> Client:
    answer = client.post("/accounts/login/", {"login": login, "password": password})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    """Whether this browser still has a session of somebody, with keys in hand."""
    return client.get("/echo/").status_code == 200
