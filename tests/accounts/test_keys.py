from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from caracol.accounts import keys
from caracol.accounts.keys import KeysSwapped, public_keys, stated_keys
from caracol.accounts.models import User
from caracol.ledger.chain import Tampered
from caracol.ledger.models import Entry
from caracol.vault.box import SealBroken
from caracol.vault.ladder import PersonKeys, PublicKeys, lock_person, new_person, stretch
from tests.accounts.conftest import PASSWORD, Joins


def put_in_row(user: User, public: PublicKeys) -> None:
    user.public_box, user.public_sign = public.box, public.sign
    user.save()


def in_row(user: User) -> PublicKeys:
    return PublicKeys(bytes(user.public_box), bytes(user.public_sign))


def test_public_keys_are_those_in_the_ledger(ana: User) -> None:
    assert public_keys([ana]) == {ana.pk: in_row(ana)}


@pytest.mark.parametrize("half", ["public_box", "public_sign"])
def test_a_database_writer_who_swaps_a_public_key_is_noticed(ana: User, half: str) -> None:
    User.objects.filter(pk=ana.pk).update(**{half: new_person().public.box})
    with pytest.raises(KeysSwapped) as swapped:
        public_keys([User.objects.get(pk=ana.pk)])
    assert swapped.value.user == ana


def test_a_user_row_added_behind_the_ledgers_back_has_no_keys(ana: User) -> None:
    ghost = User.objects.get(pk=ana.pk)
    ghost.pk, ghost.handle, ghost.login_tag = None, "ghost", "0" * 64
    ghost.save()
    with pytest.raises(KeysSwapped):
        public_keys([ghost])


def test_a_database_writer_cannot_state_keys_in_the_ledger(ana: User) -> None:
    made = Entry.objects.get(chain=f"person/{ana.handle}")
    forged = Entry(chain=made.chain, number=2, at=timezone.now(), event=made.event, facts=made.facts)
    forged.previous, forged.mac = made.mac, made.mac
    Entry.objects.append(forged)
    with pytest.raises(Tampered):
        public_keys([ana])


def test_earlier_keys_are_found_by_their_moment(ana: User) -> None:
    first = public_keys([ana])[ana.pk]
    between = timezone.now()
    put_in_row(ana, new_person().public)
    keys.state(ana)
    assert public_keys([ana], at=between)[ana.pk] == first
    assert public_keys([ana])[ana.pk] == in_row(ana)


def test_all_the_keys_a_person_ever_had_take_one_query(
    ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, between = in_row(ana), timezone.now()
    put_in_row(ana, new_person().public)
    second = in_row(ana)
    keys.state(ana)
    with django_assert_num_queries(1):
        stated = stated_keys([ana])[ana.pk]
    assert [stated.at(between), stated.at(), stated.at(timezone.now())] == [first, second, second]
    with pytest.raises(KeysSwapped):
        stated.at(between - dt.timedelta(days=1))


def test_nobody_had_keys_before_they_came(ana: User) -> None:
    with pytest.raises(KeysSwapped):
        public_keys([ana], at=timezone.now() - dt.timedelta(days=1))


def test_nobody_asked_for_is_nobody_answered(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert public_keys([]) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_keys_of_many_take_one_query(
    joins: Joins, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [joins(f"person{number}") for number in range(count)]
    with django_assert_num_queries(1):
        assert len(public_keys(people)) == count


def test_another_password_opens_nothing(ana: User) -> None:
    with pytest.raises(SealBroken):
        keys.unlock(ana, "another password")


def test_one_persons_locked_keys_do_not_open_in_anothers_row(joins: Joins) -> None:
    ana, ben = joins("ana"), joins("ben")
    ana.locked_keys, ana.unlock_salt = ben.locked_keys, ben.unlock_salt
    with pytest.raises(SealBroken):
        keys.unlock(ana, PASSWORD)


def test_keys_put_in_by_a_database_writer_are_not_taken_in_hand(ana: User) -> None:
    planted: PersonKeys = new_person()
    ana.locked_keys = lock_person(planted, stretch("theirs", keys.stretching_of(ana)), handle=ana.handle)
    with pytest.raises(KeysSwapped):
        keys.unlock(ana, "theirs")
