from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from caracol.accounts import keys
from caracol.accounts.forms import NO_CODE_FIT, NO_PASSWORD, NOT_TWICE, NOT_YOURS, SAME_PASSWORD
from caracol.accounts.models import RecoveryCopy, User
from caracol.accounts.signals import keys_replaced
from caracol.vault import box
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Joins, LogIn, is_in, logged_in

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

CHANGE = "/accounts/password/"
KNOWN = "/accounts/password/known/"
FORGOTTEN = "/accounts/password/forgotten/"
CHANGING = {"old": PASSWORD, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}
NEW = {"new": OTHER_PASSWORD, "again": OTHER_PASSWORD}


def shown_code(page: object) -> str:
    return str(getattr(page, "context")["code"])  # noqa: B009 - the test client adds it


def name_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def ben(joins: Joins) -> User:
    """Somebody without a recovery code."""
    return joins("ben")


@pytest.mark.parametrize("path", [CHANGE, KNOWN])
def test_every_other_session_ends_and_this_one_goes_on(ana: User, log_in_elsewhere: LogIn, path: str) -> None:
    here, there = log_in_elsewhere("ana"), log_in_elsewhere("ana")
    before = name_of(here)
    here.post(path, CHANGING)
    assert (is_in(here), is_in(there)) == (True, False)
    assert name_of(here) != before


@pytest.mark.parametrize("path", [CHANGE, KNOWN])
def test_the_new_password_logs_in_and_the_old_one_does_not(ana: User, log_in: LogIn, path: str) -> None:
    log_in("ana").post(path, CHANGING)
    assert is_in(logged_in(Client(), "ana", OTHER_PASSWORD))
    assert Client().post("/accounts/login/", {"login": "ana", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("path", [CHANGE, KNOWN])
@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"old": "not it"}, {"old": [NOT_YOURS]}),
        ({"old": ""}, {"old": ["This field is required."]}),
        ({"again": "another"}, {"again": [NOT_TWICE]}),
        ({"new": PASSWORD, "again": PASSWORD}, {"new": [SAME_PASSWORD]}),
        ({"new": "\0" * 12, "again": "\0" * 12}, {"new": [NO_PASSWORD]}),
        ({"new": "a" * 2000, "again": "a" * 2000}, {"new": [NO_PASSWORD]}),
    ],
)
def test_whatever_is_wrong_is_named_and_nothing_changes(
    ana: User, log_in: LogIn, path: str, typed: dict[str, str], errors: dict[str, list[str]]
) -> None:
    client = log_in("ana")
    page = client.post(path, {**CHANGING, **typed})
    assert (page.status_code, page.context["form"].errors) == (200, errors)
    assert keys.unlock(User.objects.get(pk=ana.pk), PASSWORD) == keys.unlock(ana, PASSWORD)
    assert is_in(client)


@pytest.mark.parametrize("weak", ["only eleven", "qwerty123456"])
def test_a_short_or_common_password_is_refused(ana: User, log_in: LogIn, weak: str) -> None:
    page = log_in("ana").post(CHANGE, {**CHANGING, "new": weak, "again": weak})
    assert list(page.context["form"].errors) == ["new"]


@pytest.mark.parametrize("path", [CHANGE, KNOWN])
def test_no_typed_password_comes_back_in_the_page(ana: User, log_in: LogIn, path: str) -> None:
    page = log_in("ana").post(path, {**CHANGING, "again": "another"}).content.decode()
    assert [word in page for word in (PASSWORD, OTHER_PASSWORD)] == [False, False]


def test_a_locked_session_changes_its_password_all_the_same(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    del client.cookies[settings.UNLOCK_COOKIE_NAME]
    assert client.post(CHANGE, CHANGING)["Location"] == "/accounts/"
    assert is_in(client)


@pytest.mark.parametrize("path", [CHANGE, KNOWN])
def test_a_change_needs_its_csrf_token(ana: User, log_in: LogIn, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(log_in("ana").cookies)
    assert strict.post(path, CHANGING).status_code == 403
    assert keys.unlock(User.objects.get(pk=ana.pk), PASSWORD) == keys.unlock(ana, PASSWORD)


def test_new_keys_show_a_new_code_once(ana: User, anas_code: str, log_in: LogIn) -> None:
    page = log_in("ana").post(KNOWN, CHANGING)
    code = shown_code(page)
    assert page.content.decode().count(code) == 1
    assert (page["Cache-Control"], code != anas_code) == ("no-store", True)
    reset = Client().post(FORGOTTEN, {"login": "ana", "code": code, "new": PASSWORD, "again": PASSWORD})
    assert shown_code(reset) != code


def test_the_session_goes_on_with_the_new_keys(ana: User, log_in: LogIn, request: pytest.FixtureRequest) -> None:
    client = log_in("ana")
    before = keys.unlock(ana, PASSWORD).public
    client.post(KNOWN, CHANGING)
    stored = User.objects.get(pk=ana.pk)
    assert keys.public_keys([stored])[ana.pk] != before
    assert client.get("/echo/").json()["handle"] == ana.handle


def test_new_keys_are_made_once_by_a_page_sent_twice(ana: User, log_in: LogIn, request: pytest.FixtureRequest) -> None:
    told: list[object] = []

    def hear(**_: object) -> None:
        told.append(None)

    keys_replaced.connect(hear)
    request.addfinalizer(lambda: keys_replaced.disconnect(hear))
    client = log_in("ana")
    client.post(KNOWN, CHANGING)
    again = client.post(KNOWN, CHANGING)
    assert (again.context["form"].errors, len(told)) == ({"old": [NOT_YOURS]}, 1)


def test_a_forgotten_password_is_set_anew_with_the_code(ana: User, anas_code: str, log_in_elsewhere: LogIn) -> None:
    before = log_in_elsewhere("ana")
    client = Client()
    page = client.post(FORGOTTEN, {"login": " ANA ", "code": anas_code.upper().replace("-", " "), **NEW})
    assert shown_code(page) != anas_code
    assert not is_in(client)
    assert not is_in(before)
    assert is_in(logged_in(client, "ana", OTHER_PASSWORD))


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("nobody", "right"),
        ("ana", "abcd-efgh-jkmn-pqrs-tuvw-xyz2"),
        ("ben", "right"),
        ("ana", "\0"),
        ("ana\0", "right"),
        ("ana", "a" * 100_000),
        ("ana", PASSWORD),
        ("a" * 10_000, "right"),
    ],
)
@pytest.mark.usefixtures("ben")
def test_whatever_does_not_fit_gets_the_same_words(
    ana: User, anas_code: str, client: Client, login: str, code: str
) -> None:
    page = client.post(FORGOTTEN, {"login": login, "code": anas_code if code == "right" else code, **NEW})
    assert page.context["form"].errors == {"__all__": [NO_CODE_FIT]}
    assert keys.unlock(User.objects.get(pk=ana.pk), PASSWORD) == keys.unlock(ana, PASSWORD)


def test_an_inactive_person_gets_the_same_words(ana: User, anas_code: str, client: Client) -> None:
    User.objects.update(is_active=False)
    page = client.post(FORGOTTEN, {"login": "ana", "code": anas_code, **NEW})
    assert page.context["form"].errors == {"__all__": [NO_CODE_FIT]}


@pytest.mark.parametrize("login", ["ana", "nobody", "ben"])
@pytest.mark.usefixtures("anas_code", "ben")
def test_whoever_is_named_a_wrong_code_costs_one_argon2(
    client: Client, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stretched: list[int] = []
    stretch = box.stretch

    def seen(password: str, salt: bytes, *, passes: int, kibibytes: int) -> bytes:
        stretched.append(passes * kibibytes)
        return stretch(password, salt, passes=passes, kibibytes=kibibytes)

    monkeypatch.setattr(box, "stretch", seen)
    client.post(FORGOTTEN, {"login": login, "code": "abcd", **NEW})
    assert stretched == [settings.ARGON2_PASSES * settings.ARGON2_KIBIBYTES]


def test_a_code_is_not_used_up_by_a_password_that_does_not_do(ana: User, anas_code: str, client: Client) -> None:
    page = client.post(FORGOTTEN, {"login": "ana", "code": anas_code, "new": "short", "again": "short"})
    assert list(page.context["form"].errors) == ["new"]
    assert shown_code(client.post(FORGOTTEN, {"login": "ana", "code": anas_code, **NEW}))


def test_a_code_that_was_used_is_used_up(ana: User, anas_code: str, client: Client) -> None:
    client.post(FORGOTTEN, {"login": "ana", "code": anas_code, **NEW})
    page = client.post(FORGOTTEN, {"login": "ana", "code": anas_code, **NEW})
    assert page.context["form"].errors == {"__all__": [NO_CODE_FIT]}


def test_a_recovery_row_alone_resets_nothing(ana: User, anas_code: str, client: Client) -> None:
    RecoveryCopy.objects.update(locked=b"")
    page = client.post(FORGOTTEN, {"login": "ana", "code": anas_code, **NEW})
    assert page.context["form"].errors == {"__all__": [NO_CODE_FIT]}


def test_the_page_for_a_forgotten_password_is_open_to_all(client: Client) -> None:
    assert client.get(FORGOTTEN).status_code == 200
    assert FORGOTTEN in client.get("/accounts/login/").content.decode()
