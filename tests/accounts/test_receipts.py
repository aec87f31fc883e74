from __future__ import annotations

import math

import pytest
from django.utils import timezone

from caracol.accounts import contacts, keys, receipts, roles
from caracol.accounts.chains import chain_of
from caracol.accounts.models import Contact, Kind, SiteRole, User
from caracol.accounts.models.user import HANDLE_ALPHABET
from caracol.accounts.people import by_login
from caracol.accounts.roles import RoleRefused
from caracol.ledger.chain import entries

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_a_receipt_has_eighty_random_bits_beside_the_handle_and_no_look_alikes() -> None:
    assert receipts.SECRET_LENGTH * math.log2(len(HANDLE_ALPHABET)) >= 80
    assert set("il1o0") & set(HANDLE_ALPHABET) == set()


def test_a_receipt_is_shown_in_groups_of_four() -> None:
    receipt = receipts.issue()
    groups = receipt.shown.split("-")
    assert ({len(group) for group in groups}, len(groups)) == ({4}, 9)
    assert "".join(groups) == receipt.user.handle + receipt.secret


def test_a_receipt_makes_an_account_without_a_name_or_a_role() -> None:
    guest = receipts.issue().user
    assert (guest.kind, guest.is_guest, guest.is_active, guest.is_staff) == (Kind.RECEIPT, True, True, False)
    assert not Contact.objects.filter(user=guest).exists()
    assert roles.roles_of(guest) == frozenset()
    assert contacts.name_of(guest) == guest.handle


def test_the_secret_opens_the_keys() -> None:
    receipt = receipts.issue()
    assert keys.unlock(receipt.user, receipt.secret).public == keys.public_keys([receipt.user])[receipt.user.pk]


def test_the_ledger_keeps_only_the_day_on_which_a_guest_came() -> None:
    made = entries(chain_of(receipts.issue().user))
    days = [timezone.localtime(entry.at) for entry in made]
    assert [(at.hour, at.minute, at.second, at.microsecond) for at in days] == [(0, 0, 0, 0)]


def test_a_receipt_says_nothing_in_a_traceback() -> None:
    assert repr(receipts.issue()) == "Receipt(…)"


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}\n"])
def test_a_receipt_is_read_however_it_is_spaced(typed: str) -> None:
    receipt = receipts.issue()
    parts = (receipt.user.handle, receipt.secret)
    spaced = receipt.shown.replace("-", " ").upper()
    assert receipts.split(typed.format(receipt.shown)) == parts
    assert receipts.split(typed.format(spaced)) == parts


@pytest.mark.parametrize("typed", ["", "ana", "abcd-efgh-jkmn-pqrs", "é" * 36, "1" * 36, "a" * 37, "a" * 5000])
def test_any_other_text_is_no_receipt(typed: str) -> None:
    assert receipts.split(typed) is None


def test_the_holder_is_found_by_the_handle_alone() -> None:
    receipt = receipts.issue()
    assert receipts.holder(receipts.in_groups(receipt.user.handle)) == receipt.user
    assert receipts.holder(receipt.shown) is None
    assert by_login(receipt.user.handle) == receipt.user


def test_nobody_finds_a_member_by_their_handle(ana: User) -> None:
    assert receipts.holder(ana.handle) is None


def test_a_members_password_is_taken_as_it_is_typed(ana: User) -> None:
    assert receipts.as_password(ana, "a-b c") == "a-b c"


@pytest.mark.parametrize("role", list(SiteRole))
def test_no_role_is_given_to_a_guest(role: SiteRole) -> None:
    guest = receipts.issue().user
    with pytest.raises(RoleRefused, match="A guest holds no role"):
        roles.give(role, to=guest, by=None)
    assert roles.roles_of(guest) == frozenset()
