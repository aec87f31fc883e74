"""Tries that failed stand in the account's own chain, seldom enough, and tell who tries nothing."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from caracol.accounts import chains, failed
from caracol.accounts.chains import CODE_FAILED, LOGIN_FAILED, RECONFIRM_FAILED, chain_of
from caracol.accounts.models import User
from caracol.accounts.told import SAID
from caracol.ledger.chain import entries, first_fault
from caracol.ledger.models import Entry
from caracol.moments import is_day_alone
from tests.grievances.cast import Cast
from tests.grievances.views.pages import text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

WRONG = "Canary, not my password"


def told(user: User, event: str) -> list[Entry]:
    return entries(chain_of(user), event)


def try_to_log_in(login: str) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": login, "password": WRONG})
    assert answer.status_code == 200
    return client


def test_a_wrong_password_is_told_to_the_account_s_owner_in_words(cast: Cast) -> None:
    member = cast.user("member")
    try_to_log_in("member")
    page = text_of(cast.browser("member").get("/accounts/"))
    assert str(SAID[LOGIN_FAILED]) in page
    assert str(SAID[LOGIN_FAILED]) not in text_of(cast.browser("respondent").get("/accounts/"))
    assert [(entry.actor, entry.details) for entry in told(member, LOGIN_FAILED)] == [("", {})]


def test_a_flood_writes_one_line_an_hour_and_the_chain_holds(cast: Cast) -> None:
    member, now = cast.user("member"), timezone.now().replace(minute=10)
    for later in (0, 1, 2, 60, 61):
        with time_machine.travel(now + dt.timedelta(minutes=later), tick=False):
            try_to_log_in("member")
    assert len(told(member, LOGIN_FAILED)) == 2
    assert first_fault([chain_of(member)]) is None


def test_a_name_that_nobody_has_writes_nothing(cast: Cast) -> None:
    cast.user("member")
    before = Entry.objects.count()
    try_to_log_in("nobody-at-all")
    assert Entry.objects.count() == before


def test_nothing_is_written_before_the_answer_is_out_and_it_is_written_once(cast: Cast) -> None:
    member, lines = cast.user("member"), []
    failed.note(member, LOGIN_FAILED)
    for _ in range(2):
        lines.append(len(told(member, LOGIN_FAILED)))
        failed.record_waiting()
    assert [*lines, len(told(member, LOGIN_FAILED))] == [0, 1, 1]


def test_a_password_that_is_asked_for_again_and_wrong_is_told_as_another_thing(cast: Cast) -> None:
    browser = cast.browser("member")
    browser.post("/accounts/unlock/", {"unlock-password": WRONG, "unlock-next": "/"})
    assert (len(told(cast.user("member"), RECONFIRM_FAILED)), told(cast.user("member"), LOGIN_FAILED)) == (1, [])


def test_a_wrong_recovery_code_is_told_too(cast: Cast) -> None:
    member = cast.user("member")
    new = {"new": "a wall climbs no snail", "again": "a wall climbs no snail"}
    Client().post("/accounts/password/forgotten/", {"login": "member", "code": "aaaa-bbbb", **new})
    assert len(told(member, CODE_FAILED)) == 1


def test_the_right_password_leaves_no_such_line(cast: Cast) -> None:
    cast.browser("member").get("/accounts/")
    assert told(cast.user("member"), LOGIN_FAILED) == []


def test_every_deed_of_an_account_has_words() -> None:
    events = {value for name, value in vars(chains).items() if name.isupper() and str(value).startswith("person:")}
    assert set(SAID) == events


def test_of_a_guest_s_account_the_day_alone_is_kept(cast: Cast) -> None:
    guest = cast.user("member")
    User.objects.filter(pk=guest.pk).update(kind="receipt")
    with time_machine.travel(timezone.now().replace(hour=15), tick=False):
        try_to_log_in("member")
        try_to_log_in("member")
    assert [is_day_alone(entry.at) for entry in told(guest, LOGIN_FAILED)] == [True]
