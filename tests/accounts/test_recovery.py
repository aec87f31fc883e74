from __future__ import annotations

import math
import re

import pytest
from pytest_django import Settings

from caracol.accounts import keys, recovery
from caracol.accounts.keys import KeysSwapped
from caracol.accounts.models import RecoveryCopy, User
from caracol.accounts.models.user import HANDLE_ALPHABET
from caracol.ledger.chain import entries
from caracol.vault.box import SealBroken
from caracol.vault.ladder import new_person
from tests.accounts.conftest import PASSWORD, Joins

pytestmark = pytest.mark.django_db


def test_the_code_opens_the_very_keys_that_the_password_opens(ana: User, anas_code: str) -> None:
    assert recovery.open_copy(ana, anas_code) == keys.unlock(ana, PASSWORD)


def test_a_code_carries_more_than_100_random_bits() -> None:
    assert recovery.CODE_LENGTH * math.log2(len(set(HANDLE_ALPHABET))) > 118


def test_a_code_is_read_in_groups_of_four_without_look_alikes(anas_code: str) -> None:
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){5}[a-hjkmnp-z2-9]{4}", anas_code)


@pytest.mark.parametrize(
    "retyped",
    [
        lambda code: code.upper(),
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {code}\r\n",
        lambda code: code.replace("-", " \u2013 "),
        "\u00ad".join,
        lambda code: code.replace("-", "\u00a0\u2011\u200b"),
        lambda code: "".join(chr(ord(each) + 0xFEE0) if each.isalnum() else each for each in code),
    ],
    ids=["capitals", "no dashes", "spaces", "pasted", "long dashes", "soft hyphens", "hard spaces", "wide letters"],
)
def test_a_code_is_the_same_however_it_is_typed(ana: User, anas_code: str, retyped: object) -> None:
    assert callable(retyped)
    assert recovery.open_copy(ana, retyped(anas_code)) == keys.unlock(ana, PASSWORD)


@pytest.mark.parametrize("typed", ["", "-", "\0", "\ud800", "a" * 100_000, "abcd-efgh", "ñandú", PASSWORD])
def test_nothing_else_opens_the_copy(ana: User, anas_code: str, typed: str) -> None:
    with pytest.raises(SealBroken):
        recovery.open_copy(ana, typed)


def test_nobodys_code_opens_nothing(db: None) -> None:
    with pytest.raises(SealBroken):
        recovery.open_copy(None, "abcd-efgh-jkmn-pqrs-tuvw-xyz2")


def test_who_has_no_code_cannot_be_opened_by_any(ana: User) -> None:
    assert not recovery.has_code(ana)
    with pytest.raises(SealBroken):
        recovery.open_copy(ana, "")


def test_an_inactive_persons_code_opens_nothing(ana: User, anas_code: str) -> None:
    ana.is_active = False
    with pytest.raises(SealBroken):
        recovery.open_copy(ana, anas_code)


def test_the_code_of_one_person_opens_no_other(joins: Joins, ana: User, anas_code: str) -> None:
    ben = joins("ben")
    with pytest.raises(SealBroken):
        recovery.open_copy(ben, anas_code)
    RecoveryCopy.objects.update(user=ben)
    with pytest.raises(SealBroken):
        recovery.open_copy(ben, anas_code)


def test_a_new_code_kills_the_one_before_even_in_a_row_put_back(ana: User, anas_code: str) -> None:
    before = RecoveryCopy.objects.get(user=ana)
    recovery.keep(recovery.make(ana, keys.unlock(ana, PASSWORD)))
    with pytest.raises(SealBroken):
        recovery.open_copy(ana, anas_code)
    RecoveryCopy.objects.update(salt=before.salt, locked=before.locked)
    with pytest.raises(SealBroken):
        recovery.open_copy(ana, anas_code)


def test_a_copy_put_in_by_a_database_writer_opens_no_account(ana: User) -> None:
    theirs = recovery.make(ana, new_person())
    theirs.copy.save()
    with pytest.raises(SealBroken):
        recovery.open_copy(ana, theirs.shown)


def test_a_swapped_public_key_is_noticed(ana: User, anas_code: str) -> None:
    ana.public_box = new_person().public.box
    with pytest.raises(KeysSwapped):
        recovery.open_copy(ana, anas_code)


def test_making_a_code_is_in_the_ledger_and_the_code_is_not(ana: User, anas_code: str) -> None:
    made = entries(f"person/{ana.handle}")[-1]
    assert (made.event, made.actor) == ("person:recovery:made", ana.handle)
    assert made.details == {"copy": recovery._digest(RecoveryCopy.objects.get(user=ana))}
    assert [code in made.facts for code in (anas_code, anas_code.replace("-", ""))] == [False, False]


def test_the_code_stands_nowhere_in_the_row(ana: User, anas_code: str) -> None:
    row = str(vars(RecoveryCopy.objects.get(user=ana)))
    assert [part in row for part in (anas_code, anas_code.replace("-", ""))] == [False, False]


def test_a_code_is_shown_by_no_traceback(ana: User) -> None:
    assert repr(recovery.make(ana, new_person())) == "NewCode(…)"


def test_raising_the_cost_makes_no_code_worthless(ana: User, anas_code: str, settings: Settings) -> None:
    settings.ARGON2_PASSES = 2
    assert recovery.open_copy(ana, anas_code) == keys.unlock(ana, PASSWORD)
