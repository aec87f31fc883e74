from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from caracol.accounts import keys
from caracol.accounts.actor import Actor, Locked, actor_of, take_in_hand
from caracol.accounts.models import User
from tests.accounts.conftest import PASSWORD, Joins


@pytest.fixture
def request_of_ana(ana: User) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(), ana
    return request


def test_who_has_keys_in_hand_acts(ana: User, request_of_ana: HttpRequest) -> None:
    private = keys.unlock(ana, PASSWORD)
    take_in_hand(request_of_ana, ana, private)
    assert actor_of(request_of_ana) == Actor(ana, private)


def test_without_keys_nobody_acts(request_of_ana: HttpRequest) -> None:
    with pytest.raises(Locked):
        actor_of(request_of_ana)


def test_a_stranger_does_not_act(request_of_ana: HttpRequest) -> None:
    request_of_ana.user = AnonymousUser()
    with pytest.raises(Locked):
        actor_of(request_of_ana)


def test_nobody_acts_with_anothers_keys(ana: User, request_of_ana: HttpRequest, joins: Joins) -> None:
    take_in_hand(request_of_ana, ana, keys.unlock(ana, PASSWORD))
    request_of_ana.user = joins("ben")
    with pytest.raises(Locked):
        actor_of(request_of_ana)
