from __future__ import annotations

import base64

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from pytest_django import Settings

from caracol.accounts import keys
from caracol.accounts.forms import KEYS_STUCK, NO_FIT, OVERTAKEN
from caracol.accounts.models import User
from caracol.accounts.models.open_session import OpenSession
from caracol.accounts.recognising import recognise
from caracol.accounts.session_store import SessionStore
from caracol.vault import box
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Derivations, Joins, is_in, logged_in

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

LOGIN = "/accounts/login/"


def test_one_argon2_recognises_a_person_and_opens_their_keys(ana: User, derivations: Derivations) -> None:
    found = recognise("ana", PASSWORD)
    assert found is not None
    assert keys.unlock_with(found.user, found.stretched).public == keys.public_keys([ana])[ana.pk]
    assert len(derivations) == 1


@pytest.mark.parametrize(
    ("login", "password"), [("ana", OTHER_PASSWORD), ("ana", ""), ("nobody", PASSWORD), ("ben", PASSWORD)]
)
def test_nobody_else_is_recognised(ana: User, joins: Joins, login: str, password: str) -> None:
    User.objects.filter(pk=joins("ben").pk).update(is_active=False)
    assert recognise(login, password) is None


def test_what_a_password_came_to_is_shown_in_no_traceback(ana: User) -> None:
    found = recognise("ana", PASSWORD)
    assert found is not None
    assert [each in repr(found) for each in forms_of(found.stretched.secret)] == [False] * 4


def forms_of(raw: bytes) -> list[str]:
    """Bytes, as they could be written down."""
    return [repr(raw)[2:-1], raw.hex(), base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()]


def test_neither_what_it_came_to_nor_what_opens_the_keys_is_kept_anywhere(ana: User, client: Client) -> None:
    logged_in(client, "ana")
    found = recognise("ana", PASSWORD)
    assert found is not None
    row = str(User.objects.filter(pk=ana.pk).values().get())
    session = SessionStore(client.session.session_key).load()
    kept = "\n".join([row, str(session), str(list(OpenSession.objects.values())), str(client.cookies)])
    for secret in (found.stretched.secret, found.stretched.opener):
        assert [each in kept for each in forms_of(secret)] == [False] * 4
    assert base64.b64encode(found.stretched.verifier).decode() in kept
    assert str(base64.b64encode(found.stretched.verifier).decode()) not in str(session) + str(client.cookies)


def test_a_writer_who_swaps_the_hash_for_one_of_their_own_password_opens_no_keys(ana: User, joins: Joins) -> None:
    """With the salt and cost of the keys left as they were, too."""
    theirs = keys.locked_under(OTHER_PASSWORD, keys.unlock(ana, PASSWORD), handle="theirs")
    User.objects.filter(pk=ana.pk).update(password=theirs["password"], unlock_salt=theirs["unlock_salt"])
    page = Client().post(LOGIN, {"login": "ana", "password": OTHER_PASSWORD})
    assert page.context["form"].errors == {"__all__": [KEYS_STUCK]}


@pytest.mark.parametrize(
    "other", [{"unlock_salt": bytes(16)}, {"unlock_passes": 2}, {"unlock_kibibytes": 16}], ids=["salt", "passes", "KiB"]
)
def test_where_hash_and_keys_name_another_salt_or_cost_nothing_opens(ana: User, other: dict[str, bytes | int]) -> None:
    User.objects.filter(pk=ana.pk).update(**other)
    page = Client().post(LOGIN, {"login": "ana", "password": PASSWORD})
    assert page.context["form"].errors == {"__all__": [KEYS_STUCK]}


def test_a_login_brings_hash_and_keys_to_a_raised_cost_together(
    ana: User, client: Client, settings: Settings, derivations: Derivations
) -> None:
    settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES = 2, 16
    logged_in(client, "ana")
    assert is_in(client)
    # The one of before, and the one of now; from the next login on there is the latter alone.
    assert derivations == [8, 32]
    now = User.objects.get(pk=ana.pk)
    assert now.password.startswith("argon2id-verifier$2$16$")
    assert (now.unlock_passes, now.unlock_kibibytes) == (2, 16)
    derivations.clear()
    assert is_in(logged_in(Client(), "ana"))
    assert derivations == [32]


def test_a_wrong_password_brings_nothing_to_a_raised_cost_and_takes_as_long(
    ana: User, client: Client, settings: Settings, derivations: Derivations
) -> None:
    settings.ARGON2_KIBIBYTES = 64
    for login in ("ana", "nobody"):
        derivations.clear()
        client.post(LOGIN, {"login": login, "password": OTHER_PASSWORD})
        assert sum(derivations) == 64
    assert User.objects.get(pk=ana.pk).password == ana.password


def test_who_is_overtaken_while_logging_in_is_told(
    ana: User, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ARGON2_PASSES = 2
    locked_under = keys.locked_under

    def overtaken(password: str, *args: object, **named: object) -> object:
        User.objects.filter(pk=ana.pk).update(unlock_salt=box.new_salt())
        return locked_under(password, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(keys, "locked_under", overtaken)
    page = client.post(LOGIN, {"login": "ana", "password": PASSWORD})
    assert page.context["form"].errors == {"__all__": [OVERTAKEN]}
    assert not is_in(client)


@pytest.fixture
def of_before(ana: User) -> User:
    """Ana, with a hash of Django's own, of another salt than her keys: as rows were before hash and keys were one."""
    User.objects.filter(pk=ana.pk).update(password=Argon2PasswordHasher().encode(PASSWORD, "a" * 22))
    return User.objects.get(pk=ana.pk)


def test_a_row_of_before_logs_in_and_is_brought_over(of_before: User, client: Client, derivations: Derivations) -> None:
    assert is_in(logged_in(client, "ana"))
    assert len(derivations) == 2
    now = User.objects.get(pk=of_before.pk)
    assert now.password.startswith("argon2id-verifier$")
    assert bytes(now.unlock_salt) != bytes(of_before.unlock_salt)
    derivations.clear()
    assert is_in(logged_in(Client(), "ana"))
    assert len(derivations) == 1


def test_a_wrong_password_for_a_row_of_before_is_none(
    of_before: User, client: Client, derivations: Derivations
) -> None:
    page = client.post(LOGIN, {"login": "ana", "password": OTHER_PASSWORD})
    assert page.context["form"].errors == {"__all__": [NO_FIT]}
    assert len(derivations) == 1
    assert User.objects.get(pk=of_before.pk).password == of_before.password


@pytest.mark.parametrize("hashed", ["!", "!unusable", "", "argon2id-verifier", "md5$a$b"])
def test_a_row_whose_hash_fits_nothing_lets_nobody_in(
    ana: User, client: Client, derivations: Derivations, hashed: str
) -> None:
    User.objects.filter(pk=ana.pk).update(password=hashed)
    page = client.post(LOGIN, {"login": "ana", "password": PASSWORD})
    assert page.context["form"].errors == {"__all__": [NO_FIT]}
    assert len(derivations) == 1
