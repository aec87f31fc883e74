from __future__ import annotations

import base64
import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from caracol.accounts import keys, open_sessions, people, recovery, renewing
from caracol.accounts.actor import Actor
from caracol.accounts.models import RecoveryCopy, SiteRole, User
from caracol.accounts.renewing import Overtaken
from caracol.accounts.session_store import SessionStore
from caracol.accounts.signals import keys_replaced
from caracol.ledger.chain import entries, first_fault
from caracol.ledger.models import Entry
from caracol.vault.box import SealBroken
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Derivations, Joins, LogIn

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def actor(ana: User) -> Actor:
    return Actor(ana, keys.unlock(ana, PASSWORD))


@pytest.fixture
def request_of_ana(ana: User, rf: RequestFactory) -> HttpRequest:
    """A request of Ana's, in a session begun just now."""
    request = rf.post("/")
    request.session = SessionStore()
    request.user = ana
    open_sessions.begin(request=request, user=ana)
    request.session.save()
    return request


def events_of(user: User) -> list[str]:
    return [entry.event for entry in entries(f"person/{user.handle}")]


def test_a_changed_password_opens_the_same_keys(actor: Actor, request_of_ana: HttpRequest) -> None:
    renewing.change_password(actor, OTHER_PASSWORD, request=request_of_ana)
    stored = User.objects.get(pk=actor.user.pk)
    assert keys.unlock(stored, OTHER_PASSWORD) == actor.keys
    assert authenticate(login="ana", password=OTHER_PASSWORD) == stored


def test_the_old_password_opens_nothing_any_more(actor: Actor, request_of_ana: HttpRequest) -> None:
    renewing.change_password(actor, OTHER_PASSWORD, request=request_of_ana)
    with pytest.raises(SealBroken):
        keys.unlock(User.objects.get(pk=actor.user.pk), PASSWORD)
    assert authenticate(login="ana", password=PASSWORD) is None


def test_a_changed_password_is_in_the_ledger(actor: Actor, request_of_ana: HttpRequest) -> None:
    renewing.change_password(actor, OTHER_PASSWORD, request=request_of_ana)
    assert events_of(actor.user) == ["person:keys:made", "person:password:changed"]


def test_the_recovery_code_outlives_a_changed_password(
    anas_code: str, actor: Actor, request_of_ana: HttpRequest
) -> None:
    renewing.change_password(actor, OTHER_PASSWORD, request=request_of_ana)
    assert recovery.open_copy(User.objects.get(pk=actor.user.pk), anas_code) == actor.keys


def test_new_keys_are_stated_in_the_ledger_and_open_with_the_new_password(
    actor: Actor, request_of_ana: HttpRequest
) -> None:
    replaced, _code = renewing.replace_keys(actor, OTHER_PASSWORD, request=request_of_ana)
    stored = User.objects.get(pk=actor.user.pk)
    assert keys.unlock(stored, OTHER_PASSWORD) == replaced.keys
    assert keys.public_keys([stored])[stored.pk] == replaced.keys.public != actor.keys.public
    assert events_of(stored) == [
        "person:keys:made",
        "person:keys:made",
        "person:password:changed",
        "person:recovery:made",
    ]


def test_new_keys_come_with_a_new_code_and_the_old_one_is_dead(
    anas_code: str, actor: Actor, request_of_ana: HttpRequest
) -> None:
    replaced, code = renewing.replace_keys(actor, OTHER_PASSWORD, request=request_of_ana)
    stored = User.objects.get(pk=actor.user.pk)
    assert recovery.open_copy(stored, code) == replaced.keys
    with pytest.raises(SealBroken):
        recovery.open_copy(stored, anas_code)


def test_whoever_keeps_something_for_the_old_keys_is_given_both(
    actor: Actor, request_of_ana: HttpRequest, request: pytest.FixtureRequest
) -> None:
    told: list[tuple[Actor, Actor]] = []

    def hear(*, old: Actor, new: Actor, **_: object) -> None:
        told.append((old, new))

    keys_replaced.connect(hear)
    request.addfinalizer(lambda: keys_replaced.disconnect(hear))
    replaced, _code = renewing.replace_keys(actor, OTHER_PASSWORD, request=request_of_ana)
    assert told == [(actor, replaced)]


def test_where_something_cannot_be_sealed_anew_nothing_changes(
    actor: Actor, request_of_ana: HttpRequest, request: pytest.FixtureRequest
) -> None:
    def fail(**_: object) -> None:
        raise SealBroken

    keys_replaced.connect(fail)
    request.addfinalizer(lambda: keys_replaced.disconnect(fail))
    with pytest.raises(SealBroken):
        renewing.replace_keys(actor, OTHER_PASSWORD, request=request_of_ana)
    stored = User.objects.get(pk=actor.user.pk)
    assert keys.unlock(stored, PASSWORD) == actor.keys
    assert events_of(stored) == ["person:keys:made"]


def test_the_code_sets_a_new_password_for_the_same_keys(ana: User, anas_code: str) -> None:
    opened = recovery.open_copy(ana, anas_code)
    renewing.reset_password(ana, opened, OTHER_PASSWORD)
    assert keys.unlock(User.objects.get(pk=ana.pk), OTHER_PASSWORD) == opened
    assert events_of(ana)[-2:] == ["person:recovery:made", "person:password:forgotten"]


def test_a_code_works_once_and_the_next_one_is_told(ana: User, anas_code: str) -> None:
    opened = recovery.open_copy(ana, anas_code)
    code = renewing.reset_password(ana, opened, OTHER_PASSWORD)
    with pytest.raises(SealBroken):
        recovery.open_copy(ana, anas_code)
    assert recovery.open_copy(ana, code) == opened


def test_of_two_deeds_at_once_the_second_is_told(ana: User, actor: Actor, request_of_ana: HttpRequest) -> None:
    slow = Actor(User.objects.get(pk=ana.pk), actor.keys)
    renewing.replace_keys(actor, OTHER_PASSWORD, request=request_of_ana)
    before = User.objects.filter(pk=ana.pk).values().get()
    deeds: list[Callable[[], object]] = [
        lambda: renewing.change_password(slow, PASSWORD, request=request_of_ana),
        lambda: renewing.replace_keys(slow, PASSWORD, request=request_of_ana),
        lambda: renewing.reset_password(slow.user, slow.keys, PASSWORD),
        lambda: renewing.renew_code(slow),
    ]
    for deed in deeds:
        with pytest.raises(Overtaken):
            deed()
    assert User.objects.filter(pk=ana.pk).values().get() == before
    assert RecoveryCopy.objects.count() == 1


def test_an_account_closed_meanwhile_gets_no_new_password(joins: Joins, request_of_ana: HttpRequest) -> None:
    ana, sol = people.by_login("ana"), joins("sol", SiteRole.SECRETARY)
    assert ana is not None
    actor = Actor(ana, keys.unlock(ana, PASSWORD))
    people.deactivate(User.objects.get(pk=ana.pk), by=sol)
    with pytest.raises(Overtaken):
        renewing.reset_password(ana, actor.keys, OTHER_PASSWORD)
    with pytest.raises(Overtaken):
        renewing.renew_code(actor)


def test_a_password_kept_at_the_cost_of_now_is_left_alone(actor: Actor, derivations: Derivations) -> None:
    before = User.objects.filter(pk=actor.user.pk).values().get()
    renewing.keep_up(actor, PASSWORD)
    assert User.objects.filter(pk=actor.user.pk).values().get() == before
    assert derivations == []


def test_a_password_kept_at_another_cost_is_kept_at_that_of_now_with_the_same_keys(
    actor: Actor, settings: Settings, derivations: Derivations
) -> None:
    settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES = 2, 16
    renewing.keep_up(actor, PASSWORD)
    assert derivations == [32]
    stored = User.objects.get(pk=actor.user.pk)
    assert (stored.unlock_passes, stored.unlock_kibibytes) == (2, 16)
    assert keys.unlock(stored, PASSWORD) == actor.keys
    assert authenticate(login="ana", password=PASSWORD) == stored


def test_keeping_up_ends_every_session(actor: Actor, settings: Settings, log_in_elsewhere: LogIn) -> None:
    there = log_in_elsewhere("ana")
    settings.ARGON2_PASSES = 2
    renewing.keep_up(actor, PASSWORD)
    assert (there.get("/").wsgi_request.user.is_authenticated, list(open_sessions.sessions_of(actor.user))) == (
        False,
        [],
    )


def test_hash_and_keys_are_written_by_one_statement_and_of_one_salt(
    joins: Joins, rf: RequestFactory, settings: Settings
) -> None:
    """So no worker that dies between two writes can leave one without the other."""
    with CaptureQueriesContext(connection) as done:
        ana = joins("ana")
        request = rf.post("/")
        request.session, request.user = SessionStore(), ana
        actor = Actor(ana, keys.unlock(ana, PASSWORD))
        written = [row_of(ana)]
        for deed in (
            lambda: renewing.change_password(actor, OTHER_PASSWORD, request=request),
            lambda: renewing.keep_up(actor, OTHER_PASSWORD),
            lambda: renewing.replace_keys(actor, PASSWORD, request=request),
            lambda: renewing.reset_password(ana, keys.unlock(ana, PASSWORD), OTHER_PASSWORD),
            lambda: renewing.put_new_keys(renewing.prepare_new_keys(ana, PASSWORD), by=ana),
        ):
            settings.ARGON2_PASSES += 1
            deed()
            written.append(row_of(ana))
    assert [hashed.split("$")[3] for hashed, _salt in written] == [salt for _hashed, salt in written]
    writes = [query["sql"] for query in done if re.match('(INSERT INTO|UPDATE) "accounts_user" ', query["sql"])]
    together = [[f'"{column}"' in sql for column in ("password", "locked_keys", "unlock_salt")] for sql in writes]
    assert [each for each in together if any(each) and not all(each)] == []
    assert together.count([True] * 3) == len(set(written)) == 6


def row_of(user: User) -> tuple[str, str]:
    """The hash that stands in the person's row, and the salt of their keys as the hash would write it."""
    row = User.objects.get(pk=user.pk)
    return row.password, base64.b64encode(bytes(row.unlock_salt)).decode()


def test_no_hash_is_written_without_its_keys(ana: User, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ARGON2_PASSES = 2
    monkeypatch.setattr("getpass.getpass", lambda **_asked: OTHER_PASSWORD)
    with CaptureQueriesContext(connection) as done:
        assert ana.check_password(PASSWORD)
    assert list(done) == []
    with pytest.raises(NotImplementedError):
        ana.set_password(OTHER_PASSWORD)
    with pytest.raises(NotImplementedError):
        call_command("changepassword", ana.handle, stdout=StringIO())
    assert User.objects.get(pk=ana.pk).password == ana.password


def test_the_ledger_holds_after_every_deed(actor: Actor, request_of_ana: HttpRequest) -> None:
    renewing.change_password(actor, OTHER_PASSWORD, request=request_of_ana)
    replaced, code = renewing.replace_keys(actor, PASSWORD, request=request_of_ana)
    renewing.renew_code(replaced)
    assert first_fault() is None
    assert [code in entry.facts for entry in Entry.objects.all()] == [False] * Entry.objects.count()


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_no_argon2_runs_inside_a_transaction(derivations: Derivations, rf: RequestFactory, settings: Settings) -> None:
    ana = people.join(login="ana", name="Ana", email="", password=PASSWORD)
    request = rf.post("/")
    request.session, request.user = SessionStore(), ana
    actor = Actor(ana, keys.unlock(ana, PASSWORD))
    code = renewing.renew_code(actor)
    opened = recovery.open_copy(ana, code)
    renewing.reset_password(ana, opened, OTHER_PASSWORD)
    renewing.change_password(actor, PASSWORD, request=request)
    renewing.replace_keys(actor, OTHER_PASSWORD, request=request)
    settings.ARGON2_PASSES = 2
    renewing.keep_up(Actor(ana, keys.unlock(ana, OTHER_PASSWORD)), OTHER_PASSWORD)
    # To join, unlock, make a code, open it; reset, with a code; change; new keys, with a code; unlock, keep up.
    assert (len(derivations), derivations.inside) == (11, 0)
