from __future__ import annotations

import time

import pytest
from django.test import Client
from pytest_django import Settings

from caracol.accounts import renewing
from caracol.accounts.actor import CONFIRMED_AT
from caracol.accounts.models import BackupCode, Factor, SiteRole, User
from caracol.accounts.second_factor import factors
from caracol.ledger.chain import entries
from tests.accounts.conftest import Joins, LogIn, is_in, logged_in
from tests.accounts.second_factor.authenticator import Authenticator
from tests.accounts.second_factor.conftest import (
    ASKED,
    FACTORS,
    NEW_APP,
    NEW_KEY,
    Phone,
    add_app,
    add_key,
    answer,
    is_let_through,
)

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

REMOVE = f"{FACTORS}remove/"


def events(user: User) -> list[str]:
    return [entry.event for entry in entries(f"person/{user.handle}")]


def remove_all(client: Client, user: User) -> None:
    for factor in factors.factors_of(user):
        client.post(REMOVE, {"factor": factor.digest})


def test_a_member_without_a_factor_is_asked_for_none(ana: User, log_in_elsewhere: LogIn, settings: Settings) -> None:
    settings.DEMO = False
    client = log_in_elsewhere("ana")
    assert is_let_through(client)
    assert "We recommend it to everybody" in client.get("/accounts/").content.decode()


@pytest.mark.parametrize("role", [SiteRole.MEDIATOR, SiteRole.INTAKE, SiteRole.STEERING, SiteRole.SECRETARY])
def test_who_works_on_what_others_trust_us_with_must_have_one(joins: Joins, settings: Settings, role: SiteRole) -> None:
    settings.DEMO = False
    joins("pat", role)
    client = logged_in(Client(), "pat")
    assert not is_let_through(client)
    assert client.get(ASKED)["Location"] == FACTORS
    assert add_app(client).codes != []
    assert is_let_through(client)


def test_who_must_have_one_can_begin_with_a_key(mediator: User, settings: Settings) -> None:
    settings.DEMO = False
    client = logged_in(Client(), "mar")
    add_key(client)
    assert is_let_through(client)


def test_who_may_enter_the_admin_must_have_one(ana: User, log_in_elsewhere: LogIn, settings: Settings) -> None:
    settings.DEMO = False
    ana.is_staff = True
    ana.save()
    assert not is_let_through(log_in_elsewhere("ana"))


def test_in_the_demo_nobody_must_have_one_and_who_has_one_is_asked(mediator: User) -> None:
    client = logged_in(Client(), "mar")
    assert is_let_through(client)
    add_app(client)
    assert is_let_through(client)
    assert not is_let_through(logged_in(Client(), "mar"))


def test_adding_and_removing_stand_in_the_person_s_chain(ana: User, log_in_elsewhere: LogIn) -> None:
    client = log_in_elsewhere("ana")
    add_app(client)
    remove_all(client, ana)
    assert events(ana)[-3:] == ["person:factor:added", "person:backup_codes:made", "person:factor:removed"]
    assert (Factor.objects.count(), BackupCode.objects.count(), factors.is_asked(ana)) == (0, 0, False)


def test_adding_and_removing_end_the_other_sessions(ana: User, log_in_elsewhere: LogIn) -> None:
    here, there = log_in_elsewhere("ana"), log_in_elsewhere("ana")
    phone = add_app(here)
    assert (is_in(here), is_in(there)) == (True, False)
    there = log_in_elsewhere("ana")
    assert answer(there, phone.code(+1)) == 302
    remove_all(here, ana)
    assert (is_in(here), is_in(there)) == (True, False)


@pytest.mark.parametrize("path", [NEW_APP, f"{NEW_APP}picture/", NEW_KEY])
def test_adding_asks_the_password_again(ana: User, log_in_elsewhere: LogIn, path: str) -> None:
    client = log_in_elsewhere("ana")
    typed_long_ago(client)
    assert client.get(path)["Location"].startswith("/accounts/unlock/?")


@pytest.mark.parametrize("path", [NEW_APP, NEW_KEY, REMOVE, f"{FACTORS}codes/"])
def test_sending_it_asks_the_password_again(ana: User, log_in_elsewhere: LogIn, path: str) -> None:
    client = log_in_elsewhere("ana")
    add_app(client)
    before = events(ana)
    typed_long_ago(client)
    page = client.post(path, {"factor": Factor.objects.get().digest, "code": "123456"})
    assert (page.status_code, events(ana)) == (403, before)


def typed_long_ago(client: Client) -> None:
    session = client.session
    session[CONFIRMED_AT] = int(time.time()) - 360
    session.save()


def test_nobody_removes_another_person_s(ana: User, phone: Phone, joins: Joins, log_in_elsewhere: LogIn) -> None:
    joins("ben")
    bens = log_in_elsewhere("ben")
    add_app(bens)
    bens.post(REMOVE, {"factor": ana.factors.get().digest})
    assert Factor.objects.count() == 2


def test_nobody_is_shown_another_person_s(phone: Phone, joins: Joins, log_in_elsewhere: LogIn) -> None:
    joins("ben")
    assert log_in_elsewhere("ben").get(FACTORS).context["factors"] == []


def test_who_must_have_one_keeps_the_last(mediator: User, settings: Settings) -> None:
    settings.DEMO = False
    client = logged_in(Client(), "mar")
    add_app(client)
    add_key(client)
    remove_all(client, mediator)
    assert [factor.kind for factor in factors.factors_of(mediator)] == ["key"]


def test_a_row_without_its_entry_in_the_ledger_counts_for_nothing(ana: User, phone: Phone) -> None:
    row = ana.factors.get()
    client = logged_in(Client(), "ana")
    row.sealed = factors.sealed(ana, b"12345678901234567890")
    row.save()
    assert answer(client, phone.code()) == 200
    assert factors.factors_of(ana) == []


def test_a_row_taken_away_does_not_open_the_way(ana: User, phone: Phone) -> None:
    Factor.objects.all().delete()
    client = logged_in(Client(), "ana")
    assert not is_let_through(client)
    assert client.get(NEW_APP)["Location"].startswith(ASKED)
    assert answer(client, phone.codes[0]) == 302


def test_a_removed_factor_put_back_from_a_backup_is_none(ana: User, awaiting: Client, phone: Phone) -> None:
    answer(awaiting, phone.code())
    backup = ana.factors.get()
    add_key(awaiting)
    awaiting.post(REMOVE, {"factor": backup.digest})
    backup.counter = 0
    backup.save(force_insert=True)
    assert answer(logged_in(Client(), "ana"), phone.code(+1)) == 200


def test_a_stray_row_is_not_in_the_way_of_a_new_app(ana: User, log_in_elsewhere: LogIn) -> None:
    Factor.objects.create(user=ana, kind="app", sealed=b"put in by somebody")
    add_app(log_in_elsewhere("ana"))
    assert [factor.digest for factor in Factor.objects.all()] == [factor.digest for factor in factors.factors_of(ana)]


def test_one_key_serves_one_account(key: Authenticator, joins: Joins, log_in_elsewhere: LogIn) -> None:
    ben = joins("ben")
    add_key(log_in_elsewhere("ben"), key)
    assert (Factor.objects.count(), factors.factors_of(ben)) == (1, [])


def test_whoever_is_invited_anew_has_none_any_more(ana: User, secretary: User, phone: Phone) -> None:
    renewing.put_new_keys(renewing.prepare_new_keys(ana, "another snail, another wall"), by=secretary)
    client = logged_in(Client(), "ana", "another snail, another wall")
    assert (is_let_through(client), factors.has_any(ana)) == (True, False)
    assert add_app(client).codes != []


def test_who_holds_a_receipt_has_none(db: None) -> None:
    client = Client()
    receipt = client.post("/accounts/receipt/").context["receipt"]
    assert client.post("/accounts/login/", {"login": receipt.shown}).status_code == 302
    assert [client.get(path).status_code for path in (FACTORS, NEW_APP, NEW_KEY)] == [404] * 3
