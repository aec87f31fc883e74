from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as patience
from hypothesis import strategies as some

from caracol.accounts.models import Factor, User
from caracol.limits.models import Bucket
from tests.accounts.conftest import Joins, LogIn, logged_in
from tests.accounts.second_factor.authenticator import Authenticator
from tests.accounts.second_factor.conftest import ASKED, FACTORS, KEY_ASKED, NEW_KEY, add_key, is_let_through

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]


def options(client: Client) -> str:
    """What the page has the browser ask of a key."""
    return str(client.get(ASKED).context["options"])


def bring(client: Client, said: str) -> bool:
    """Bring an answer; return whether it lets the session through."""
    page = client.post(KEY_ASKED, {"answer": said, "next": "/echo/"})
    assert page.status_code in {200, 302}
    return is_let_through(client)


@pytest.fixture
def waiting(key: Authenticator) -> Client:
    """Ana's browser after the password, before the key."""
    return logged_in(Client(), "ana")


def test_a_key_lets_through_by_a_touch(waiting: Client, key: Authenticator) -> None:
    assert bring(waiting, key.get(options(waiting)))


def test_a_key_works_again_at_the_next_login(waiting: Client, key: Authenticator) -> None:
    assert [bring(client, key.get(options(client))) for client in (waiting, logged_in(Client(), "ana"))] == [True, True]


def test_a_key_that_does_not_count_works_again_too(ana: User, log_in_elsewhere: LogIn) -> None:
    key = add_key(log_in_elsewhere("ana"))
    for client in (log_in_elsewhere("ana"), log_in_elsewhere("ana")):
        key.count = -1
        assert bring(client, key.get(options(client)))


def test_an_answer_works_once(waiting: Client, key: Authenticator, log_in_elsewhere: LogIn) -> None:
    said, elsewhere = key.get(options(waiting)), log_in_elsewhere("ana")
    options(elsewhere)
    assert bring(waiting, said)
    waiting.post("/accounts/logout/")
    again = logged_in(waiting, "ana")
    assert [bring(client, said) for client in (again, elsewhere)] == [False, False]


def test_a_challenge_is_good_once_also_after_a_wrong_answer(waiting: Client, key: Authenticator) -> None:
    asked = options(waiting)
    assert not bring(waiting, "no answer")
    assert not bring(waiting, key.get(asked))


def test_an_answer_without_a_question_is_none(key: Authenticator, log_in_elsewhere: LogIn) -> None:
    asked, elsewhere = options(log_in_elsewhere("ana")), log_in_elsewhere("ana")
    assert not bring(elsewhere, key.get(asked))


def test_a_copy_of_the_key_shows_by_its_count(waiting: Client, key: Authenticator, log_in_elsewhere: LogIn) -> None:
    copy = replace(key)
    assert bring(waiting, key.get(options(waiting)))
    elsewhere = log_in_elsewhere("ana")
    assert not bring(elsewhere, copy.get(options(elsewhere)))


def test_another_person_s_key_lets_nobody_through(waiting: Client, joins: Joins, log_in_elsewhere: LogIn) -> None:
    joins("ben")
    bens = add_key(log_in_elsewhere("ben"))
    assert not bring(waiting, bens.get(options(waiting)))


def test_a_key_of_the_right_name_and_another_s_hand_lets_nobody_through(waiting: Client, key: Authenticator) -> None:
    assert not bring(waiting, Authenticator(name=key.name).get(options(waiting)))


@pytest.mark.parametrize("origin", ["http://evil.example", "https://testserver", "http://testserver:8000", "null"])
def test_what_was_signed_for_another_site_lets_nobody_through(waiting: Client, key: Authenticator, origin: str) -> None:
    assert not bring(waiting, replace(key, origin=origin).get(options(waiting)))


def test_a_key_that_thinks_it_is_elsewhere_lets_nobody_through(waiting: Client, key: Authenticator) -> None:
    assert not bring(waiting, replace(key, site="evil.example").get(options(waiting)))


def test_a_key_that_nobody_touched_lets_nobody_through(waiting: Client, key: Authenticator) -> None:
    assert not bring(waiting, key.get(options(waiting), flags=0))


def test_what_was_made_for_another_site_is_not_added(ana: User, log_in_elsewhere: LogIn) -> None:
    add_key(log_in_elsewhere("ana"), Authenticator(origin="http://evil.example"))
    assert Factor.objects.count() == 0


def test_the_same_key_is_added_once(ana: User, key: Authenticator, waiting: Client) -> None:
    bring(waiting, key.get(options(waiting)))
    add_key(waiting, key)
    assert Factor.objects.count() == 1


def test_what_is_kept_of_a_key_is_sealed(key: Authenticator) -> None:
    row = Factor.objects.get()
    assert (key.name in bytes(row.sealed), key.name.hex() in str(row.tag)) == (False, False)


def test_what_a_key_is_told_names_nobody(joins: Joins, log_in_elsewhere: LogIn) -> None:
    # A name so long that random letters never spell it.
    berenice = joins("berenice")
    asked = json.loads(log_in_elsewhere("berenice").get(NEW_KEY).context["options"])
    assert (asked["rp"], asked["user"]["name"], asked["attestation"]) == (
        {"name": "Caracol", "id": "testserver"},
        "Caracol",
        "none",
    )
    assert asked["authenticatorSelection"]["residentKey"] == "discouraged"
    assert [told for told in ("berenice", berenice.handle) if told in str(asked["user"]).lower()] == []


def test_where_the_address_is_a_number_no_key_is_offered(
    ana: User, log_in_elsewhere: LogIn, key: Authenticator
) -> None:
    client = logged_in(Client(), "ana")
    page = client.get(ASKED, headers={"host": "127.0.0.1:8000"})
    assert page.context["options"] is None
    assert "security key" not in page.content.decode()


def test_no_key_is_asked_for_of_who_has_none(awaiting: Client) -> None:
    assert awaiting.get(ASKED).context["options"] is None


@pytest.mark.parametrize("said", ["", "{}", "[]", "null", "\x00", "[" * 15_000, "9" * 15_000, "x" * 30_000])
def test_whatever_else_is_brought_is_calmly_refused(waiting: Client, said: str) -> None:
    options(waiting)
    page = waiting.post(KEY_ASKED, {"answer": said})
    assert (page.status_code, "did not answer as it should" in page.content.decode()) == (200, True)
    waiting.get(NEW_KEY)


ANY = some.recursive(
    some.none() | some.integers() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=4,
)


@patience(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=some.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature"]),
    put=ANY,
)
def test_any_part_may_be_anything(ana: User, key: Authenticator, waiting: Client, part: str, put: object) -> None:
    Bucket.objects.all().delete()
    said = json.loads(key.get(options(waiting)))
    (said["response"] if part in said["response"] else said)[part] = put
    assert not bring(waiting, json.dumps(said))


def test_a_new_key_may_be_anything_and_nothing_is_added(ana: User, log_in_elsewhere: LogIn) -> None:
    client = log_in_elsewhere("ana")
    for part in ("clientDataJSON", "attestationObject"):
        for put in ("", "AAAA", "v2NmbXT_", "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUEA", "ñ", 7):
            said = json.loads(Authenticator().create(client.get(NEW_KEY).context["options"]))
            said["response"][part] = put
            assert client.post(NEW_KEY, {"answer": json.dumps(said)}).status_code == 200
    assert client.get(FACTORS).context["factors"] == []
