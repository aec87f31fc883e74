from __future__ import annotations

import pytest
from django.test import Client

from caracol.accounts import passphrase
from caracol.accounts.models import Passphrase, SiteRole, User
from caracol.accounts.roles import RoleRefused
from tests.accounts.conftest import Joins, LogIn

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

WORDS = "Canary climbs the wall"
PAGE = "/accounts/members/passphrase/"


def test_it_fits_whatever_its_spaces_and_capitals(secretary: User) -> None:
    passphrase.change(WORDS, by=secretary)
    assert passphrase.words() == WORDS
    assert [passphrase.fits(typed) for typed in (WORDS, " canary  CLIMBS the wall ")] == [True, True]
    assert [passphrase.fits(typed) for typed in ("", "canary", WORDS + "s", "\ud800", WORDS + " " * 500)] == [False] * 5


def test_while_none_is_set_nothing_fits() -> None:
    assert (passphrase.words(), passphrase.edition()) == ("", "")
    assert [passphrase.fits(typed) for typed in ("", " ", "None")] == [False] * 3


def test_it_is_sealed(secretary: User) -> None:
    passphrase.change(WORDS, by=secretary)
    assert b"canary" not in bytes(Passphrase.objects.get().sealed).lower()


def test_changing_it_makes_another_edition_even_of_the_same_words(secretary: User) -> None:
    passphrase.change(WORDS, by=secretary)
    first = passphrase.edition()
    passphrase.change(WORDS, by=secretary)
    assert first != passphrase.edition() != ""
    assert Passphrase.objects.count() == 1


def test_only_a_secretary_changes_it(ana: User) -> None:
    with pytest.raises(RoleRefused):
        passphrase.change(WORDS, by=ana)
    assert passphrase.words() == ""


def test_the_secretary_sets_and_sees_it(secretary: User, log_in: LogIn) -> None:
    sol: Client = log_in("sol")
    assert sol.post(PAGE, {"words": WORDS})["Location"] == PAGE
    assert WORDS in sol.get(PAGE).content.decode()
    assert list(sol.post(PAGE, {"words": "short"}).context["form"].errors) == ["words"]
    assert passphrase.words() == WORDS


@pytest.mark.parametrize("held", [[], [SiteRole.MEMBER], [SiteRole.MEDIATOR], [SiteRole.STEERING]])
def test_for_everybody_else_there_is_no_such_page(joins: Joins, log_in: LogIn, held: list[SiteRole]) -> None:
    joins("ana", *held)
    client = log_in("ana")
    assert [client.get(PAGE).status_code, client.post(PAGE, {"words": WORDS}).status_code] == [404, 404]
