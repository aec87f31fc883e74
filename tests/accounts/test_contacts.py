from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from caracol.accounts import contacts
from caracol.accounts.models import Contact, User
from caracol.accounts.people import join
from caracol.vault.box import SealBroken
from tests.accounts.conftest import PASSWORD, Joins


def test_a_contact_says_who_the_person_is(ana: User) -> None:
    assert contacts.card_of(ana) == contacts.Card("ana", "Ana", "ana@example.org")


def test_nothing_in_the_row_can_be_read(joins: Joins) -> None:
    sealed = bytes(Contact.objects.get(user=joins("berenice")).sealed)
    assert [word for word in (b"berenice", b"Berenice", b"example.org") if word in sealed] == []


def test_a_card_shows_nothing_in_a_traceback(ana: User) -> None:
    assert "Ana" not in repr(contacts.card_of(ana))


def test_a_contact_moved_to_another_person_does_not_open(joins: Joins) -> None:
    ana, ben = joins("ana"), joins("ben")
    Contact.objects.filter(user=ben).update(sealed=Contact.objects.get(user=ana).sealed)
    with pytest.raises(SealBroken):
        contacts.name_of(ben)


def test_who_chose_no_serving_name_serves_by_their_name(ana: User) -> None:
    emm = join(login="mar", name="Maria", email="", password=PASSWORD, serving_name="Emm")
    assert contacts.serving_names_of([ana, emm]) == {ana.pk: "Ana", emm.pk: "Emm"}
    assert (contacts.name_of(emm), contacts.serving_name_of(emm)) == ("Maria", "Emm")


def test_the_handle_stands_for_a_missing_name(ana: User) -> None:
    Contact.objects.all().delete()
    assert contacts.name_of(ana) == ana.handle
    assert contacts.serving_name_of(ana) == ana.handle


@pytest.mark.parametrize("count", [1, 3])
def test_names_of_many_take_one_query(
    joins: Joins, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [joins(f"person{number}") for number in range(count)]
    with django_assert_num_queries(1):
        assert list(contacts.names_of(people).values()) == [f"Person{number}" for number in range(count)]
