from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from caracol.accounts import contacts, invitations, keys, people, roles
from caracol.accounts.chains import KEYS_LOST, chain_of
from caracol.accounts.invitations import Gone
from caracol.accounts.models import Contact, Invitation, Kind, RecoveryCopy, SiteRole, User
from caracol.accounts.people import LoginRefused
from caracol.accounts.recovery import open_copy
from caracol.accounts.roles import RoleRefused
from caracol.ledger.chain import entries
from caracol.vault.box import SealBroken
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Joins

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

LATER = dt.timedelta(days=7, seconds=1)


def accept(token: str, login: str = "ben", password: str = PASSWORD) -> User:
    found = invitations.waiting(token)
    assert found is not None
    return invitations.accept(found, token=token, login=login, password=password)


def test_who_is_invited_becomes_a_member_by_the_secretarys_word(secretary: User) -> None:
    ben = accept(invitations.invite("Ben", "ben@example.org", by=secretary).token)
    assert roles.roles_of(ben) == {SiteRole.MEMBER}
    assert contacts.card_of(ben) == contacts.Card("ben", "Ben", "ben@example.org")
    given = [entry for entry in entries(chain_of(ben)) if entry.event == "person:role:given"]
    assert [(entry.actor, entry.details["role"]) for entry in given] == [(secretary.handle, "member")]


def test_a_link_works_once(secretary: User) -> None:
    link = invitations.invite("Ben", "", by=secretary)
    accept(link.token)
    assert invitations.waiting(link.token) is None
    with pytest.raises(Gone):
        invitations.accept(link.invitation, token=link.token, login="cat", password=PASSWORD)
    assert people.by_login("cat") is None


def test_a_link_works_for_seven_days(secretary: User) -> None:
    link = invitations.invite("Ben", "", by=secretary)
    with time_machine.travel(timezone.now() + invitations.GOOD_FOR - dt.timedelta(minutes=1), tick=False):
        assert invitations.waiting(link.token) == link.invitation
    with time_machine.travel(timezone.now() + LATER, tick=False):
        assert invitations.waiting(link.token) is None


def test_looking_at_a_link_uses_nothing_up(secretary: User) -> None:
    link = invitations.invite("Ben", "", by=secretary)
    assert [invitations.waiting(link.token) for _ in range(3)] == [link.invitation] * 3


def test_a_link_taken_back_opens_nothing(secretary: User) -> None:
    link = invitations.invite("Ben", "", by=secretary)
    invitations.withdraw(link.invitation, by=secretary)
    assert invitations.waiting(link.token) is None


def test_the_database_knows_neither_the_link_nor_the_person(secretary: User) -> None:
    link = invitations.invite("Ben Canary", "canary@example.org", by=secretary)
    row = repr(Invitation.objects.values_list().get())
    assert [word for word in (link.token, "Canary", "canary") if word in row] == []
    assert invitations.name_in(link.invitation) == ("Ben Canary", "canary@example.org")
    assert repr(link) == "Link(…)"


def test_the_token_is_long(secretary: User) -> None:
    assert invitations.TOKEN_BYTES * 8 >= 128
    assert len({invitations.new_token() for _ in range(100)}) == 100


@pytest.mark.parametrize("token", ["", "x", "é", "\x00", "a" * 5000])
def test_any_other_text_is_no_link(secretary: User, token: str) -> None:
    invitations.invite("Ben", "", by=secretary)
    assert invitations.waiting(token) is None


def test_a_login_name_that_is_taken_uses_nothing_up(secretary: User) -> None:
    link = invitations.invite("Ben", "", by=secretary)
    with pytest.raises(LoginRefused):
        accept(link.token, login="sol")
    assert accept(link.token, login="ben").is_active


@pytest.mark.parametrize("held", [[], [SiteRole.MEMBER], [SiteRole.MEDIATOR], [SiteRole.STEERING]])
def test_only_a_secretary_invites(joins: Joins, held: list[SiteRole]) -> None:
    ana = joins("ana", *held)
    with pytest.raises(RoleRefused):
        invitations.invite("Ben", "", by=ana)
    with pytest.raises(RoleRefused):
        invitations.invite_anew(ana, by=joins("cat"))
    assert Invitation.objects.count() == 0


def test_the_link_of_somebody_who_is_secretary_no_more_opens_nothing(secretary: User, ana: User) -> None:
    new, anew = invitations.invite("Ben", "", by=secretary), invitations.invite_anew(ana, by=secretary)
    roles.end(SiteRole.SECRETARY, of=secretary, by=secretary)
    for link in (new, anew):
        with pytest.raises(Gone):
            accept(link.token)
    assert keys.unlock(User.objects.get(pk=ana.pk), PASSWORD).public == keys.public_keys([ana])[ana.pk]


# Invited anew


def test_who_is_invited_anew_keeps_the_account_and_gets_new_keys(ana: User, secretary: User) -> None:
    before = keys.public_keys([ana])[ana.pk]
    accept(invitations.invite_anew(ana, by=secretary).token, password=OTHER_PASSWORD)
    again = User.objects.get(pk=ana.pk)
    assert people.by_login("ana") == again
    assert keys.unlock(again, OTHER_PASSWORD).public == keys.public_keys([again])[ana.pk]
    assert keys.public_keys([again])[ana.pk] != before
    with pytest.raises(SealBroken):
        keys.unlock(again, PASSWORD)


def test_the_old_code_opens_nothing_any_more(ana: User, anas_code: str, secretary: User) -> None:
    accept(invitations.invite_anew(ana, by=secretary).token, password=OTHER_PASSWORD)
    assert not RecoveryCopy.objects.filter(user=ana).exists()
    with pytest.raises(SealBroken):
        open_copy(User.objects.get(pk=ana.pk), anas_code)


def test_what_makes_a_reader_lapses_and_the_ledger_says_so(joins: Joins, secretary: User) -> None:
    mar = joins("mar", SiteRole.MEMBER, SiteRole.MEDIATOR, SiteRole.INTAKE)
    accept(invitations.invite_anew(mar, by=secretary).token, password=OTHER_PASSWORD)
    assert roles.roles_of(mar) == {SiteRole.MEMBER}
    told = [(entry.event, entry.details.get("role"), entry.actor) for entry in entries(chain_of(mar))]
    assert (KEYS_LOST, None, secretary.handle) in told
    assert ("person:role:ended", "mediator", secretary.handle) in told
    assert ("person:role:ended", "intake", secretary.handle) in told


def test_a_link_not_used_takes_nothing_away(joins: Joins, secretary: User) -> None:
    mar = joins("mar", SiteRole.MEDIATOR)
    invitations.invite_anew(mar, by=secretary)
    assert roles.holds(mar, SiteRole.MEDIATOR)
    assert keys.unlock(mar, PASSWORD).public == keys.public_keys([mar])[mar.pk]


def test_a_second_link_ends_the_first(ana: User, secretary: User) -> None:
    first = invitations.invite_anew(ana, by=secretary)
    second = invitations.invite_anew(ana, by=secretary)
    assert (invitations.waiting(first.token), invitations.waiting(second.token)) == (None, second.invitation)


def test_nobody_invites_themselves_anew_and_no_closed_account_comes_back(ana: User, secretary: User) -> None:
    with pytest.raises(RoleRefused):
        invitations.invite_anew(secretary, by=secretary)
    link = invitations.invite_anew(ana, by=secretary)
    people.deactivate(ana, by=secretary)
    assert invitations.waiting(link.token) is None
    with pytest.raises(RoleRefused):
        invitations.invite_anew(ana, by=secretary)


def test_a_guest_is_not_invited_anew(secretary: User) -> None:
    guest = people.join_as_guest(Kind.RECEIPT, password=PASSWORD)
    with pytest.raises(RoleRefused):
        invitations.invite_anew(guest, by=secretary)


def test_links_that_are_too_old_are_swept_when_another_is_made(secretary: User) -> None:
    invitations.invite("Ben", "", by=secretary)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        link = invitations.invite("Cat", "", by=secretary)
        assert list(Invitation.objects.all()) == [link.invitation]


def test_accepting_keeps_no_name_in_the_clear(secretary: User) -> None:
    ben = accept(invitations.invite("Ben Canary", "", by=secretary).token)
    assert b"Canary" not in bytes(Contact.objects.get(user=ben).sealed)
