from __future__ import annotations

import re

import pytest
from django.db import connections
from django.test import Client

from caracol.accounts import keys, receipts
from caracol.accounts.models import Kind, User
from caracol.accounts.receipts import Receipt
from tests.accounts.conftest import Joins, LogIn, is_in

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

PAGE = "/accounts/receipt/"
LOGIN = "/accounts/login/"


@pytest.fixture
def receipt(db: None) -> Receipt:
    return receipts.issue()


@pytest.fixture
def guest(receipt: Receipt) -> Client:
    """The browser of somebody who came with a receipt."""
    client = Client()
    assert client.post(LOGIN, {"login": receipt.shown, "password": ""}).status_code == 302
    return client


def test_the_page_says_first_that_a_lost_receipt_is_lost(client: Client) -> None:
    page = client.get(PAGE).content.decode()
    assert "A lost receipt can’t be recovered." in page
    assert User.objects.count() == 0


def test_a_receipt_is_shown_once_and_opens_an_account(client: Client) -> None:
    shown = re.findall(r"<code class=\"secret\">(.*)</code>", client.post(PAGE).content.decode())
    assert len(shown) == 1
    assert User.objects.get().kind == Kind.RECEIPT
    assert client.post(LOGIN, {"login": shown[0], "password": ""}).status_code == 302
    assert is_in(client)


def test_whoever_is_logged_in_gets_none(ana: User, log_in: LogIn) -> None:
    assert log_in("ana").post(PAGE).status_code == 302
    assert User.objects.get() == ana


def test_receipts_are_made_so_often_and_no_more(client: Client) -> None:
    assert [client.post(PAGE).status_code for _ in range(6)] == [200] * 5 + [429]
    assert User.objects.count() == 5


@pytest.mark.parametrize("join", ["-", " ", ""])
def test_a_receipt_logs_in_whole_or_split_however_it_is_spaced(receipt: Receipt, join: str) -> None:
    groups = receipt.shown.split("-")
    whole, handle, secret = join.join(groups), join.join(groups[:4]), join.join(groups[4:])
    for typed in ({"login": whole}, {"login": handle, "password": secret}, {"login": handle, "password": whole}):
        client = Client()
        assert client.post(LOGIN, {"password": "", **typed})["Location"] == "/"
        assert is_in(client)


def test_a_wrong_receipt_is_refused_and_its_secret_is_on_no_page(receipt: Receipt) -> None:
    wrong = receipt.user.handle + "a" * receipts.SECRET_LENGTH
    answer = Client().post(LOGIN, {"login": wrong, "password": ""})
    assert answer.status_code == 200
    assert "a" * receipts.SECRET_LENGTH not in answer.content.decode()


def test_a_password_left_out_is_asked_for(ana: User, client: Client) -> None:
    page = client.post(LOGIN, {"login": "ana", "password": ""})
    assert page.context["form"].errors["password"] == ["This field is required."]


def test_guessing_a_receipt_is_limited_for_one_handle(receipt: Receipt) -> None:
    tries = [{"login": receipt.user.handle, "password": f"guess {number}"} for number in range(11)]
    assert [Client().post(LOGIN, each).status_code for each in tries] == [200] * 10 + [429]


def test_the_wait_page_does_not_carry_a_receipt_along(receipt: Receipt, client: Client) -> None:
    for number in range(10):
        client.post(LOGIN, {"login": receipt.user.handle, "password": f"guess {number}"})
    page = client.post(LOGIN, {"login": receipt.shown, "password": ""})
    assert page.status_code == 429
    assert receipt.shown not in page.content.decode()


def test_a_locked_session_opens_with_the_receipt_again(receipt: Receipt, guest: Client) -> None:
    for typed in (receipt.shown, receipts.in_groups(receipt.secret)):
        assert guest.post("/accounts/unlock/", {"unlock-password": typed, "unlock-next": "/"}).status_code == 302


@pytest.mark.parametrize("page", ["password/", "password/known/", "code/", "code/new/"])
def test_who_holds_a_receipt_has_no_password_to_change_and_no_other_code(guest: Client, page: str) -> None:
    answers = {guest.get(f"/accounts/{page}").status_code, guest.post(f"/accounts/{page}").status_code}
    assert answers - {405} == {404}


def test_no_browser_is_remembered_for_a_guest(guest: Client) -> None:
    assert "caracol-browser" not in guest.cookies


def test_no_address_browser_or_hour_of_a_guest_is_kept() -> None:
    client = Client(headers={"User-Agent": "CanaryBrowser/7"}, REMOTE_ADDR="203.0.113.77")
    shown = re.findall(r"<code class=\"secret\">(.*)</code>", client.post(PAGE).content.decode())[0]
    client.post(LOGIN, {"login": shown, "password": ""})
    kept = repr([_rows(alias) for alias in ("default", "keys")])
    assert [word for word in ("203.0.113", "CanaryBrowser", shown, shown.replace("-", "")) if word in kept] == []


def _rows(alias: str) -> list[object]:
    """Return every row of every table of a database."""
    connection = connections[alias]
    found: list[object] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table of our own
            found += cursor.fetchall()
    return found


def test_guests_are_on_no_list(joins: Joins, receipt: Receipt, secretary: User, log_in: LogIn) -> None:
    secretary.is_staff = secretary.is_superuser = True
    secretary.save()
    client = log_in("sol")
    assert receipt.user.handle not in client.get("/accounts/members/").content.decode()
    assert client.post("/accounts/members/deactivate/", {"handle": receipt.user.handle}).status_code == 404
    admin = client.get("/admin/accounts/user/").content.decode()
    assert secretary.handle in admin
    assert receipt.user.handle not in admin
    assert client.get(f"/admin/accounts/user/{receipt.user.pk}/change/").status_code == 302


# Somebody knows my receipt

KNOWN = "/accounts/receipt/known/"


def proposed(guest: Client) -> tuple[Receipt, dict[str, str]]:
    """Open the page: the new receipt that it shows, and the form with its last group filled in."""
    form = guest.get(KNOWN).context["form"]
    hidden = {name: form[name].value() for name in ("secret", "mark")}
    return form.receipt, {**hidden, "last": form.receipt.last_group}


def opens(receipt: Receipt) -> bool:
    return Client().post(LOGIN, {"login": receipt.shown, "password": ""}).status_code == 302


def test_a_new_receipt_takes_the_place_of_the_old_one(receipt: Receipt, guest: Client) -> None:
    old_keys = keys.public_keys([receipt.user])[receipt.user.pk]
    elsewhere = Client()
    elsewhere.post(LOGIN, {"login": receipt.shown, "password": ""})
    new, form = proposed(guest)
    assert guest.post(KNOWN, {**form, "old": receipt.shown})["Location"] == "/accounts/"
    assert (opens(receipt), opens(new)) == (False, True)
    assert (is_in(guest), is_in(elsewhere)) == (True, False)
    receipt.user.refresh_from_db()
    assert keys.public_keys([receipt.user])[receipt.user.pk] != old_keys


def test_until_it_is_put_in_force_the_old_one_stays(receipt: Receipt, guest: Client) -> None:
    new, _form = proposed(guest)
    assert (opens(receipt), opens(new)) == (True, False)


@pytest.mark.parametrize(
    ("typed", "wrong"), [({"old": "abcd"}, "old"), ({"last": "abcd"}, "last"), ({"last": ""}, "last")]
)
def test_who_mistypes_is_shown_the_same_new_receipt_again(
    receipt: Receipt, guest: Client, typed: dict[str, str], wrong: str
) -> None:
    new, form = proposed(guest)
    page = guest.post(KNOWN, {**form, "old": receipt.shown, **typed})
    assert list(page.context["form"].errors) == [wrong]
    assert new.shown in page.content.decode()
    assert (opens(receipt), opens(new)) == (True, False)


def test_nobody_chooses_a_receipt_of_their_own(receipt: Receipt, guest: Client) -> None:
    _new, form = proposed(guest)
    weak = "a" * receipts.SECRET_LENGTH
    page = guest.post(KNOWN, {**form, "secret": weak, "last": "aaaa", "old": receipt.shown})
    assert weak not in page.content.decode()
    assert opens(receipt)


def test_a_new_receipt_proposed_to_another_or_before_the_last_change_is_none(receipt: Receipt, guest: Client) -> None:
    other = receipts.issue()
    theirs = Client()
    theirs.post(LOGIN, {"login": other.shown, "password": ""})
    new, form = proposed(theirs)
    guest.post(KNOWN, {**form, "old": receipt.shown})
    assert opens(receipt)
    theirs.post(KNOWN, {**form, "old": other.shown})
    theirs.post(KNOWN, {**form, "old": new.shown})
    assert theirs.get(KNOWN).context["form"].receipt != new


def test_the_old_receipt_is_on_no_page(receipt: Receipt, guest: Client) -> None:
    _new, form = proposed(guest)
    page = guest.post(KNOWN, {**form, "last": "abcd", "old": receipt.shown}).content.decode()
    assert [part for part in (receipt.shown, receipt.secret) if part in page] == []


def test_members_have_no_such_page(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    assert (client.get(KNOWN).status_code, client.post(KNOWN).status_code) == (404, 404)
