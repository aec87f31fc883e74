from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from redis import RedisError

from caracol.accounts import open_sessions, people, receipts, roles, tasks
from caracol.accounts.models import Kind, OpenSession, SiteRole, User
from caracol.accounts.session_store import SessionStore, cache_key_of, tag_of
from caracol.ledger.chain import entries
from tests.accounts.conftest import PASSWORD, Joins, LogIn, is_in

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


# What is kept, and a request under way while its session ends


def anybody_reads(text: str) -> str:
    """Return what somebody without the session's name makes of it: the text itself, or decoded as Django's own."""
    try:
        return text + str(signing.loads(text, salt=SessionStore().key_salt, serializer=SessionStore().serializer))
    except signing.BadSignature:
        return text


def test_what_is_in_a_session_is_read_neither_in_its_row_nor_in_the_cache(
    ana: User, log_in: LogIn, session_cache: str
) -> None:
    client = log_in("ana")
    signs = [str(client.session[name]) for name in ("confirmed_at", "ends_at", "_auth_user_hash")]
    kept = [row_of(client).session_data, str(cached(client))]
    assert [sign for sign in signs for text in kept if sign in anybody_reads(text)] == []
    # Control: what Django itself would keep tells it.
    plain = db.SessionStore().encode(dict(client.session.items()))
    assert [sign for sign in signs if sign in anybody_reads(plain)] == signs


@pytest.mark.parametrize("kind", [Kind.RECEIPT, Kind.SEAT])
@time_machine.travel("2031-01-08T19:43:29Z", tick=False)
def test_the_row_of_a_guests_session_tells_the_day_alone(kind: Kind, client: Client) -> None:
    guest = people.join_as_guest(kind, password=PASSWORD)
    client.force_login(guest)
    row = OpenSession.objects.get(user=guest)
    assert timezone.localtime(row.expire_date).isoformat() == "2031-01-09T12:00:00-05:00"


def test_a_guests_session_lasts_no_longer_for_that(client: Client) -> None:
    with time_machine.travel("2031-01-08T19:43:29Z", tick=False) as clock:
        client.post("/accounts/login/", {"login": receipts.issue().shown, "password": ""})
        clock.shift(HOURS_12 - dt.timedelta(minutes=1))
        assert client.get("/accounts/sessions/").status_code == 200
        clock.shift(dt.timedelta(minutes=1))
        assert client.get("/accounts/sessions/").status_code == 302


@pytest.fixture
def real_cache(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Redis where there is one, else what stands for it."""
    if not settings.REDIS_URL:
        backend = "django.core.cache.backends.locmem.LocMemCache"
        settings.CACHES = {**settings.CACHES, "sessions": {"BACKEND": backend, "LOCATION": request.node.name}}


@pytest.mark.usefixtures("real_cache")
def test_a_request_under_way_does_not_bring_an_ended_session_back_into_the_cache(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    name, copy = name_of(client), Client()
    copy.cookies.update(client.cookies)
    caches["sessions"].delete(cache_key_of(tag_of(name)))
    under_way = SessionStore(name)
    row = row_of(client)
    open_sessions.end_one(ana, tag_of(name))
    # It had read the row before, and now puts what it read where the next request looks first.
    under_way._cache_text(row.session_data, 3600)
    assert cached(client) is not None
    assert not is_in(copy)


@pytest.mark.usefixtures("real_cache")
def test_a_request_under_way_does_not_save_an_ended_session(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    under_way = SessionStore(name_of(client))
    under_way["typed"] = "something"
    open_sessions.end_one(ana, tag_of(name_of(client)))
    with pytest.raises(UpdateError):
        under_way.save()
    assert not is_in(client)


@pytest.mark.usefixtures("real_cache")
def test_logging_out_ends_a_session_for_requests_under_way_too(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    name, row, copy = name_of(client), row_of(client), Client()
    copy.cookies.update(client.cookies)
    client.post("/accounts/logout/")
    SessionStore(name)._cache_text(row.session_data, 3600)
    assert not is_in(copy)


@pytest.mark.usefixtures("session_cache")
def test_what_is_over_is_cleared_away(ana: User, log_in_elsewhere: LogIn) -> None:
    over, going = log_in_elsewhere("ana"), log_in_elsewhere("ana")
    OpenSession.objects.filter(pk=row_of(over).pk).update(expire_date=timezone.now() - dt.timedelta(minutes=1))
    tasks.clear_sessions()
    assert list(OpenSession.objects.all()) == [row_of(going)]


def test_without_a_cache_a_session_whose_row_says_that_it_is_over_is_over(
    ana: User, log_in_elsewhere: LogIn, settings: Settings
) -> None:
    uncached = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    settings.CACHES = {**settings.CACHES, "sessions": uncached}
    over, going = log_in_elsewhere("ana"), log_in_elsewhere("ana")
    OpenSession.objects.filter(pk=row_of(over).pk).update(expire_date=timezone.now() - dt.timedelta(minutes=1))
    assert [is_in(over), is_in(going)] == [False, True]


@pytest.fixture
def silence(settings: Settings) -> Callable[[], None]:
    """Make the cache of sessions answer no more."""

    def fall_silent() -> None:
        backend = "tests.accounts.silent_cache.SilentCache"
        settings.CACHES = {**settings.CACHES, "sessions": {"BACKEND": backend}}

    return fall_silent


def test_a_cache_that_does_not_answer_keeps_nobody_out_or_in(
    ana: User, log_in: LogIn, silence: Callable[[], None]
) -> None:
    silence()
    client = log_in("ana")
    assert is_in(client)
    copy = Client()
    copy.cookies.update(client.cookies)
    client.post("/accounts/logout/")
    assert not is_in(copy)


def test_one_session_is_not_said_to_be_ended_where_the_cache_does_not_answer(
    ana: User, log_in: LogIn, silence: Callable[[], None]
) -> None:
    client = log_in("ana")
    silence()
    with pytest.raises(RedisError):
        open_sessions.end_one(ana, tag_of(name_of(client)))
    assert row_of(client).user == ana
