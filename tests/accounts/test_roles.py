from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from caracol.accounts import roles
from caracol.accounts.models import Role, SiteRole, User
from caracol.accounts.roles import RoleRefused, give, holders, holds, roles_of
from caracol.ledger.chain import Tampered, entries
from caracol.ledger.models import Entry
from tests.accounts.conftest import Joins

READERS = [SiteRole.MEDIATOR, SiteRole.INTAKE]
OVERSEERS = [SiteRole.STEERING, SiteRole.SECRETARY]


def test_a_secretary_gives_a_role_and_the_ledger_says_so(secretary: User, ana: User) -> None:
    give(SiteRole.MEMBER, to=ana, by=secretary)
    given = entries(f"person/{ana.handle}")[-1]
    assert (given.event, given.actor) == ("person:role:given", secretary.handle)
    assert given.details == {"role": "member", "second": ""}
    assert roles_of(ana) == {SiteRole.MEMBER}


def test_who_is_not_secretary_gives_nothing(mediator: User, ana: User) -> None:
    with pytest.raises(RoleRefused, match="Only a secretary"):
        give(SiteRole.MEMBER, to=ana, by=mediator)
    assert roles_of(ana) == set()


@pytest.mark.parametrize("role", SiteRole)
def test_installation_gives_each_role_once(joins: Joins, role: SiteRole) -> None:
    first = joins("ana", role)
    with pytest.raises(RoleRefused, match="a secretary must give it"):
        joins("ben", role)
    assert holders(role) == [first]


def test_a_reader_role_takes_the_secretary_and_a_holder(secretary: User, mediator: User, ana: User) -> None:
    give(SiteRole.MEDIATOR, to=ana, by=secretary, second=mediator)
    assert entries(f"person/{ana.handle}")[-1].details == {"role": "mediator", "second": mediator.handle}
    assert holders(SiteRole.MEDIATOR) == [mediator, ana]


@pytest.mark.parametrize("role", READERS)
def test_a_secretary_alone_makes_no_reader(secretary: User, ana: User, role: SiteRole) -> None:
    with pytest.raises(RoleRefused, match="two people"):
        give(role, to=ana, by=secretary)
    assert not holds(ana, role)


def test_the_second_person_holds_the_very_role(secretary: User, mediator: User, ana: User) -> None:
    with pytest.raises(RoleRefused, match="two people"):
        give(SiteRole.INTAKE, to=ana, by=secretary, second=mediator)


def test_a_secretary_is_not_the_second_person_too(secretary: User, mediator: User, ana: User) -> None:
    with pytest.raises(RoleRefused, match="two people"):
        give(SiteRole.MEDIATOR, to=ana, by=secretary, second=secretary)


def test_nobody_gives_a_role_to_themselves(secretary: User) -> None:
    with pytest.raises(RoleRefused, match="themselves"):
        give(SiteRole.MEMBER, to=secretary, by=secretary)


@pytest.mark.parametrize("overseer", OVERSEERS)
@pytest.mark.parametrize("reader", READERS)
def test_nobody_reads_and_oversees(joins: Joins, reader: SiteRole, overseer: SiteRole) -> None:
    reading, overseeing = joins("ana", reader), joins("ben", overseer)
    roles.end(reader, of=reading, by=reading)
    roles.end(overseer, of=overseeing, by=overseeing)
    give(overseer, to=reading, by=None)
    give(reader, to=overseeing, by=None)
    for role, person in ((reader, reading), (overseer, overseeing)):
        with pytest.raises(RoleRefused, match="can't be on steering"):
            give(role, to=person, by=None)


def test_one_person_may_mediate_and_take_in(joins: Joins) -> None:
    both = joins("ana", *READERS)
    assert roles_of(both) == set(READERS)


def test_a_role_is_not_given_twice(secretary: User, joins: Joins) -> None:
    ana = joins("ana", SiteRole.MEMBER)
    with pytest.raises(RoleRefused, match="already"):
        give(SiteRole.MEMBER, to=ana, by=secretary)


def test_an_inactive_account_is_given_nothing_and_holds_nothing(secretary: User, joins: Joins) -> None:
    ana = joins("ana", SiteRole.STEERING)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    ana.refresh_from_db()
    assert (holds(ana, SiteRole.STEERING), holders(SiteRole.STEERING)) == (False, [])
    with pytest.raises(RoleRefused, match="not active"):
        give(SiteRole.MEMBER, to=ana, by=secretary)


def test_a_role_ends_by_the_secretarys_hand(secretary: User, mediator: User) -> None:
    roles.end(SiteRole.MEDIATOR, of=mediator, by=secretary)
    ended = entries(f"person/{mediator.handle}")[-1]
    assert (ended.event, ended.actor, ended.details) == ("person:role:ended", secretary.handle, {"role": "mediator"})
    assert not holds(mediator, SiteRole.MEDIATOR)


def test_a_role_is_laid_down_by_its_holder(mediator: User) -> None:
    roles.end(SiteRole.MEDIATOR, of=mediator, by=mediator)
    assert holders(SiteRole.MEDIATOR) == []


def test_a_role_is_ended_by_nobody_else(mediator: User, ana: User) -> None:
    with pytest.raises(RoleRefused, match="Only a secretary"):
        roles.end(SiteRole.MEDIATOR, of=mediator, by=ana)
    assert holds(mediator, SiteRole.MEDIATOR)


def test_a_role_nobody_holds_does_not_end(secretary: User, ana: User) -> None:
    with pytest.raises(RoleRefused, match="does not hold"):
        roles.end(SiteRole.MEDIATOR, of=ana, by=secretary)


def test_an_ended_role_can_be_given_again(secretary: User, joins: Joins) -> None:
    ana = joins("ana", SiteRole.MEMBER)
    roles.end(SiteRole.MEMBER, of=ana, by=secretary)
    give(SiteRole.MEMBER, to=ana, by=secretary)
    assert holds(ana, SiteRole.MEMBER)


@pytest.mark.parametrize("role", SiteRole)
def test_a_row_added_by_a_database_writer_gives_no_role(ana: User, role: SiteRole) -> None:
    Role.objects.create(user=ana, role=role)
    assert (holds(ana, role), holders(role)) == (False, [])


def test_a_row_opened_again_by_a_database_writer_gives_no_role(mediator: User) -> None:
    roles.end(SiteRole.MEDIATOR, of=mediator, by=mediator)
    Role.objects.update(ended_on=None)
    assert (holds(mediator, SiteRole.MEDIATOR), holders(SiteRole.MEDIATOR)) == (False, [])


def test_a_row_moved_to_another_person_gives_no_role(mediator: User, ana: User) -> None:
    Role.objects.update(user=ana)
    assert (holds(ana, SiteRole.MEDIATOR), holders(SiteRole.MEDIATOR)) == (False, [])


def test_a_row_taken_away_for_a_moment_lets_nobody_read_and_oversee(secretary: User, mediator: User) -> None:
    Role.objects.filter(user=mediator).delete()
    with pytest.raises(RoleRefused, match="can't be on steering"):
        give(SiteRole.STEERING, to=mediator, by=secretary)


def test_a_forged_ledger_entry_gives_no_role(ana: User) -> None:
    last = entries(f"person/{ana.handle}")[-1]
    forged = Entry(
        chain=last.chain, number=2, at=timezone.now(), event="person:role:given", facts='{"role":"mediator"}'
    )
    forged.previous, forged.mac = last.mac, last.mac
    Entry.objects.append(forged)
    Role.objects.create(user=ana, role=SiteRole.MEDIATOR)
    with pytest.raises(Tampered):
        holds(ana, SiteRole.MEDIATOR)


@pytest.mark.parametrize("count", [1, 3])
def test_holders_take_two_queries(
    secretary: User, joins: Joins, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [joins(f"person{number}") for number in range(count)]
    for person in people:
        give(SiteRole.MEMBER, to=person, by=secretary)
    with django_assert_num_queries(2):
        assert holders(SiteRole.MEMBER) == people
