from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from caracol.accounts import open_sessions, people, roles
from caracol.accounts.models import OpenSession, SiteRole, User
from caracol.accounts.session_store import cache_key_of, tag_of
from caracol.ledger.chain import entries
from tests.accounts.conftest import Joins, LogIn, is_in

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

HOURS_12 = dt.timedelta(hours=12)


@pytest.fixture(params=["dummy.DummyCache", "locmem.LocMemCache"], ids=["uncached", "cached"])
def session_cache(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Sessions without a cache, and with one that stands for Redis."""
    backend = f"django.core.cache.backends.{request.param}"
    settings.CACHES = {**settings.CACHES, "sessions": {"BACKEND": backend, "LOCATION": request.node.name}}
    return backend


def name_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def cached(client: Client) -> object:
    return caches["sessions"].get(cache_key_of(tag_of(name_of(client))))


def row_of(client: Client) -> OpenSession:
    return OpenSession.objects.get(session_key=tag_of(name_of(client)))


def test_a_session_is_found_by_its_person_and_its_day(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    row = row_of(client)
    assert (row.user, row.begun_on) == (ana, timezone.localdate())
    assert list(open_sessions.sessions_of(ana)) == [row]


def test_the_name_of_a_session_stands_nowhere_in_the_database(ana: User, log_in: LogIn) -> None:
    name = name_of(log_in("ana"))
    assert [name in str(vars(row)) for row in OpenSession.objects.all()] == [False]
    assert Session.objects.count() == 0


def test_the_row_of_a_session_tells_no_hour_of_its_login(ana: User, log_in: LogIn) -> None:
    end = row_of(log_in("ana")).expire_date
    assert (end.minute, end.second, end.microsecond) == (0, 0, 0)


def test_a_session_ends_twelve_hours_after_its_login_at_the_latest(ana: User, log_in: LogIn) -> None:
    end = row_of(log_in("ana")).expire_date
    assert HOURS_12 - dt.timedelta(hours=1, minutes=1) < end - timezone.now() <= HOURS_12


@pytest.mark.usefixtures("session_cache")
def test_whatever_a_person_does_in_a_session_does_not_lengthen_it(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    end = row_of(client).expire_date - dt.timedelta(hours=3)
    session = client.session
    session.set_expiry(end)
    session["unlocked"] = {**session["unlocked"], "touched": session["unlocked"]["touched"] - 120}
    session.save()
    touched_before = client.session["unlocked"]["touched"]
    assert is_in(client)
    assert client.session["unlocked"]["touched"] > touched_before
    assert row_of(client).expire_date == end
    unlocked = client.post("/accounts/unlock/", {"unlock-password": "a snail climbs slowly"})
    assert (unlocked.status_code, row_of(client).expire_date) == (302, end)


def test_a_session_past_its_end_is_over_on_the_server(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    session = client.session
    session.set_expiry(timezone.now())
    session.save()
    assert not is_in(client)
    assert list(open_sessions.sessions_of(ana)) == []
    call_command("clearsessions")
    assert OpenSession.objects.count() == 0


def test_the_cookie_of_a_session_goes_with_the_browser(ana: User, log_in: LogIn) -> None:
    cookie = log_in("ana").cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_a_cookie_kept_from_before_a_logout_opens_nothing(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    thief = Client()
    thief.cookies.update(client.cookies)
    assert is_in(thief)
    client.post("/accounts/logout/")
    assert not is_in(thief)


@pytest.mark.usefixtures("session_cache")
def test_ending_one_session_leaves_the_others(
    ana: User, log_in_elsewhere: LogIn, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    here, there = log_in_elsewhere("ana"), log_in_elsewhere("ana")
    with django_capture_on_commit_callbacks(execute=True):
        assert open_sessions.end_one(ana, tag_of(name_of(there)))
    assert (is_in(here), is_in(there)) == (True, False)
    assert entries(f"person/{ana.handle}")[-1].event == "person:session:ended"


def test_nobody_ends_the_session_of_another(joins: Joins, log_in_elsewhere: LogIn) -> None:
    ana, _ben = joins("ana"), joins("ben")
    bens = log_in_elsewhere("ben")
    assert not open_sessions.end_one(ana, tag_of(name_of(bens)))
    assert is_in(bens)


@pytest.mark.usefixtures("session_cache")
def test_ending_all_ends_all_at_once_though_a_cache_still_knows_them(ana: User, log_in_elsewhere: LogIn) -> None:
    clients = [log_in_elsewhere("ana"), log_in_elsewhere("ana")]
    before = [cached(client) for client in clients]
    # Without the commit the cache is not told: the count alone must hold.
    open_sessions.end_all(ana)
    assert [cached(client) for client in clients] == before
    assert [is_in(client) for client in clients] == [False, False]


@pytest.mark.usefixtures("session_cache")
def test_an_ended_session_does_not_stay_in_the_cache(
    ana: User, log_in: LogIn, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = log_in("ana")
    with django_capture_on_commit_callbacks(execute=True):
        open_sessions.end_all(ana)
    assert cached(client) is None


def test_a_row_put_back_from_a_backup_opens_no_session_that_was_ended(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    backup = row_of(client)
    open_sessions.end_all(ana)
    backup.save(force_insert=True)
    assert not is_in(client)


def test_a_role_given_ends_every_session(joins: Joins, log_in_elsewhere: LogIn) -> None:
    ana, sol = joins("ana"), joins("sol", SiteRole.SECRETARY)
    anas, sols = log_in_elsewhere("ana"), log_in_elsewhere("sol")
    roles.give(SiteRole.MEMBER, to=ana, by=sol)
    assert (is_in(anas), is_in(sols)) == (False, True)


def test_a_role_ended_ends_every_session(joins: Joins, log_in_elsewhere: LogIn) -> None:
    mar, sol = joins("mar", SiteRole.MEDIATOR), joins("sol", SiteRole.SECRETARY)
    mars, sols = log_in_elsewhere("mar"), log_in_elsewhere("sol")
    roles.end(SiteRole.MEDIATOR, of=mar, by=sol)
    assert (is_in(mars), is_in(sols)) == (False, True)


def test_a_role_refused_ends_nothing(joins: Joins, log_in_elsewhere: LogIn) -> None:
    mar, sol = joins("mar", SiteRole.MEDIATOR), joins("sol", SiteRole.SECRETARY)
    mars = log_in_elsewhere("mar")
    with pytest.raises(roles.RoleRefused):
        roles.give(SiteRole.STEERING, to=mar, by=sol)
    assert is_in(mars)


def test_deactivation_ends_every_session(joins: Joins, log_in_elsewhere: LogIn) -> None:
    ana, sol = joins("ana"), joins("sol", SiteRole.SECRETARY)
    anas = log_in_elsewhere("ana")
    people.deactivate(ana, by=sol)
    assert not is_in(anas)
    assert list(OpenSession.objects.filter(user=ana)) == []
