from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from caracol.accounts.models import OpenSession, User
from caracol.accounts.session_store import SessionStore, tag_of
from tests.accounts.conftest import PASSWORD, Joins, LogIn, is_in

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

PAGE = "/accounts/sessions/"


def tag(client: Client) -> str:
    return tag_of(client.cookies[settings.SESSION_COOKIE_NAME].value)


def listed(client: Client) -> list[str]:
    return sorted(row.session_key for row in client.get(PAGE).context["sessions"])


def test_a_person_sees_their_own_sessions_and_nobody_elses(joins: Joins, log_in_elsewhere: LogIn) -> None:
    joins("ana"), joins("ben")
    here, there, bens = log_in_elsewhere("ana"), log_in_elsewhere("ana"), log_in_elsewhere("ben")
    assert listed(here) == sorted([tag(here), tag(there)])
    assert listed(bens) == [tag(bens)]


def test_the_page_says_the_day_and_which_one_is_this(ana: User, log_in_elsewhere: LogIn) -> None:
    here, there = log_in_elsewhere("ana"), log_in_elsewhere("ana")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    OpenSession.objects.filter(session_key=tag(there)).update(begun_on=yesterday)
    page = here.get(PAGE).content.decode()
    assert (page.count("Begun today"), page.count("Begun on"), page.count("this one")) == (1, 1, 1)


def test_the_page_knows_no_address_no_browser_and_no_hour(ana: User, log_in: LogIn) -> None:
    client = Client(REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="Snailfox 7")
    client.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    page = log_in("ana").get(PAGE).content.decode()
    kept = str([(vars(row), SessionStore().decode(row.session_data)) for row in OpenSession.objects.all()])
    assert [trace in page + kept for trace in ("203.0.113.7", "Snailfox")] == [False, False]


def test_another_session_is_ended_by_hand(
    ana: User, log_in_elsewhere: LogIn, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    here, there = log_in_elsewhere("ana"), log_in_elsewhere("ana")
    with django_capture_on_commit_callbacks(execute=True):
        answer = here.post(f"{PAGE}end/", {"session": tag(there)})
    assert answer["Location"] == PAGE
    assert (is_in(here), is_in(there)) == (True, False)


def test_ending_the_session_at_hand_is_logging_out(ana: User, log_in_elsewhere: LogIn) -> None:
    here, there = log_in_elsewhere("ana"), log_in_elsewhere("ana")
    assert here.post(f"{PAGE}end/", {"session": tag(here)})["Location"] == "/"
    assert (is_in(here), is_in(there)) == (False, True)


def test_nobody_ends_the_session_of_another(joins: Joins, log_in_elsewhere: LogIn) -> None:
    joins("ana"), joins("ben")
    anas, bens = log_in_elsewhere("ana"), log_in_elsewhere("ben")
    for typed in (tag(bens), "", "\0", "a" * 10_000):
        assert anas.post(f"{PAGE}end/", {"session": typed})["Location"] == PAGE
    assert (is_in(anas), is_in(bens)) == (True, True)


def test_all_the_others_are_ended_at_once(ana: User, log_in_elsewhere: LogIn) -> None:
    here, there, elsewhere = (log_in_elsewhere("ana") for _ in range(3))
    here.post(f"{PAGE}end-others/")
    assert [is_in(client) for client in (here, there, elsewhere)] == [True, False, False]
    assert listed(here) == [tag(here)]


@pytest.mark.parametrize("path", ["end/", "end-others/"])
def test_no_link_and_no_other_site_ends_a_session(ana: User, log_in: LogIn, path: str) -> None:
    client = log_in("ana")
    assert client.get(PAGE + path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(client.cookies)
    assert strict.post(PAGE + path, {"session": tag(client)}).status_code == 403
    assert is_in(client)


def test_the_page_is_for_whoever_is_logged_in(client: Client) -> None:
    assert [client.get(PAGE).status_code, client.post(f"{PAGE}end/").status_code] == [302, 302]
