from __future__ import annotations

import pytest
from django.test import Client

from caracol.accounts.models import BackupCode, User
from caracol.accounts.second_factor import backup_codes
from caracol.ledger.chain import entries
from tests.accounts.conftest import Joins, LogIn, logged_in
from tests.accounts.second_factor.conftest import FACTORS, Phone, add_app, answer, is_let_through

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

NEW_CODES = f"{FACTORS}codes/"


def test_ten_come_with_the_first_factor_and_are_shown_once(ana: User, log_in_elsewhere: LogIn) -> None:
    client = log_in_elsewhere("ana")
    phone = add_app(client)
    assert (len(set(phone.codes)), backup_codes.left(ana)) == (10, 10)
    later = client.get(FACTORS).content.decode()
    assert [code for code in phone.codes if code in later or code in str(dict(client.session.items()))] == []


def test_a_code_lets_through_once(awaiting: Client, ana: User, phone: Phone, log_in_elsewhere: LogIn) -> None:
    code, elsewhere = phone.codes[0], log_in_elsewhere("ana")
    assert (answer(awaiting, code), answer(elsewhere, code)) == (302, 200)
    assert (is_let_through(awaiting), is_let_through(elsewhere), backup_codes.left(ana)) == (True, False, 9)
    assert answer(elsewhere, phone.codes[1]) == 302


def test_a_code_is_read_however_it_is_pasted(phone: Phone) -> None:
    pasted = [phone.codes[0].upper(), phone.codes[1].replace("-", ""), f" {phone.codes[2]}\r\n"]
    assert [answer(logged_in(Client(), "ana"), code) for code in pasted] == [302] * 3


def test_another_person_s_code_does_not_work(awaiting: Client, joins: Joins, log_in_elsewhere: LogIn) -> None:
    joins("ben")
    bens = add_app(log_in_elsewhere("ben"))
    assert (answer(awaiting, bens.codes[0]), is_let_through(awaiting)) == (200, False)


def test_new_codes_take_the_place_of_all_earlier_ones(awaiting: Client, phone: Phone) -> None:
    assert answer(awaiting, phone.code()) == 302
    codes = awaiting.post(NEW_CODES).context["codes"]
    again = logged_in(Client(), "ana")
    assert [answer(again, phone.codes[0]), answer(again, codes[0])] == [200, 302]


def test_a_used_code_put_back_from_a_backup_stays_used(awaiting: Client, ana: User, phone: Phone) -> None:
    backup = list(BackupCode.objects.all())
    assert answer(awaiting, phone.codes[0]) == 302
    BackupCode.objects.all().delete()
    BackupCode.objects.bulk_create(backup)
    assert (answer(logged_in(Client(), "ana"), phone.codes[0]), backup_codes.left(ana)) == (200, 9)


def test_no_code_stands_in_the_database_and_each_use_in_the_ledger(awaiting: Client, ana: User, phone: Phone) -> None:
    answer(awaiting, phone.codes[0])
    chain = entries(f"person/{ana.handle}")
    assert [entry.event for entry in chain][-3:] == [
        "person:factor:added",
        "person:backup_codes:made",
        "person:backup_code:used",
    ]
    kept = f"{[entry.facts for entry in chain]} {[code.tag for code in BackupCode.objects.all()]}"
    assert [code for code in phone.codes if code in kept or code.replace("-", "") in kept] == []


def test_nobody_without_a_factor_makes_codes(ana: User, log_in_elsewhere: LogIn) -> None:
    assert log_in_elsewhere("ana").post(NEW_CODES)["Location"] == FACTORS
    assert BackupCode.objects.count() == 0
