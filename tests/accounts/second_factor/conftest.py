from __future__ import annotations

import base64
import time
from dataclasses import dataclass

import pytest
from django.test import Client

from caracol.accounts.models import Factor, SiteRole, User
from caracol.accounts.second_factor.app import STEP_SECONDS, code_at
from tests.accounts.conftest import Joins, LogIn, logged_in
from tests.accounts.second_factor.authenticator import Authenticator

LOGIN, ASKED, FACTORS = "/accounts/login/", "/accounts/second-factor/", "/accounts/factors/"
NEW_APP, NEW_KEY, KEY_ASKED = f"{FACTORS}app/", f"{FACTORS}key/", f"{ASKED}key/"


@dataclass
class Phone:
    """An app on a telephone, and the paper beside it."""

    secret: bytes
    codes: list[str]

    def code(self, off: int = 0) -> str:
        """The code shown now, or so many steps from now."""
        return code_at(self.secret, int(time.time()) // STEP_SECONDS + off)


def add_app(client: Client) -> Phone:
    """Add an app through the pages, and read off the backup codes, if any are shown."""
    text = client.get(NEW_APP).context["secret"]
    phone = Phone(base64.b32decode(text.replace(" ", "")), [])
    page = client.post(NEW_APP, {"code": phone.code()})
    phone.codes = page.context["codes"] if page.status_code == 200 else []
    return phone


def add_key(client: Client, key: Authenticator | None = None) -> Authenticator:
    """Add a security key through the pages."""
    key = key or Authenticator()
    page = client.get(NEW_KEY)
    client.post(NEW_KEY, {"answer": key.create(page.context["options"])})
    return key


def answer(client: Client, code: str, *, onward: str = "/echo/") -> int:
    """Give a code after the password; return the status of the answer: 302 to whom it lets through."""
    return client.post(ASKED, {"code": code, "next": onward}).status_code


def is_let_through(client: Client) -> bool:
    """Whether this session has its keys in hand; if not, it is sent to the page that asks for more."""
    page = client.get("/echo/")
    assert page.status_code == 200 or page["Location"] == f"{ASKED}?next=%2Fecho%2F"
    return page.status_code == 200


def time_passes() -> None:
    """Make every code used so far one of long ago."""
    Factor.objects.filter(kind="app").update(counter=0)


@pytest.fixture
def phone(ana: User, log_in_elsewhere: LogIn) -> Phone:
    """Ana's telephone, added a while ago."""
    phone = add_app(log_in_elsewhere("ana"))
    time_passes()
    return phone


@pytest.fixture
def key(ana: User, log_in_elsewhere: LogIn) -> Authenticator:
    """Ana's security key."""
    return add_key(log_in_elsewhere("ana"))


@pytest.fixture
def awaiting(phone: Phone) -> Client:
    """Ana's browser after the password, and before the second factor."""
    return logged_in(Client(), "ana")


@pytest.fixture
def mediator(joins: Joins) -> User:
    return joins("mar", SiteRole.MEDIATOR)
