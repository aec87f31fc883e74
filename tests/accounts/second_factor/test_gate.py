from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from pytest_django import DjangoAssertNumQueries, Settings

from caracol.accounts.models import User
from caracol.accounts.signals import unlocked
from caracol.limits.models import Bucket
from tests.accounts.browser import form_fields
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, LogIn, logged_in
from tests.accounts.second_factor.conftest import ASKED, FACTORS, KEY_ASKED, Phone, add_app, answer, is_let_through

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
accounts_alone = pytest.mark.urls("tests.accounts.urls")

UNLOCK, LOGOUT = "/accounts/unlock/", "/accounts/logout/"
# What a session may reach before the second factor; the rest of the site only after it.
OPEN = {"leave", "safety", "leaving", "code", "version", "logout", "second_factor", "second_factor_key"}
OPEN |= {"health", "language"}
TO_SET_UP = {"factors", "new_app", "new_app_picture", "new_key", "unlock"}
# Something that fits each part of an address that is made up.
SAMPLES = ("amber-heron", "2024-01-01", "s01", "s10", "1", "2026-H1", "https://example.org")


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, before: str = "/"
) -> Iterator[tuple[str, str | None]]:
    """Yield every address of the site, with its name."""
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        route = before + re.sub(r"\^|\$|\\Z", "", str(each.pattern)).replace("(?P<url>.*)", "anything")
        if isinstance(each, URLPattern):
            yield filled_in(route), each.name
        else:
            yield from addresses(each.url_patterns, route)


def filled_in(route: str) -> str:
    for sample in SAMPLES:
        path = re.sub("<[^>]*>", sample, route)
        if leads_somewhere(path):
            return path
    choices = re.sub("<(slug|str|path)?:?[a-z_]*>", "amber-heron", route)
    return next(path for path in (re.sub("<[^>]*>", each, choices) for each in SAMPLES) if leads_somewhere(path))


def leads_somewhere(path: str) -> bool:
    try:
        return bool(resolve(path))
    except Resolver404:
        return False


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_before_the_second_factor_every_address_leads_to_the_page_that_asks(awaiting: Client, method: str) -> None:
    reached = set()
    for path, name in addresses():
        page = getattr(awaiting, method)(path) if name not in OPEN else None
        if page and not (page.status_code == 302 and page["Location"].startswith(f"{ASKED}?next=")):
            reached.add((name, path))
    assert reached == set()


def test_the_walk_covers_the_site() -> None:
    names = {name for _path, name in addresses()}
    assert {"home", "case", "step", "members", "index", "accounts_user_changelist", *OPEN, *TO_SET_UP} - names == set()


def test_who_must_still_set_one_up_reaches_the_pages_for_that_and_no_other(mediator: User, settings: Settings) -> None:
    settings.DEMO = False
    client = logged_in(Client(), "mar")
    reached = {name for path, name in addresses() if name not in OPEN and client.get(path).status_code != 302}
    assert reached == TO_SET_UP


def test_the_code_and_the_safety_page_stay_open(awaiting: Client) -> None:
    assert [awaiting.get(path).status_code for path in ("/code/", "/safety/")] == [404, 200]


def test_logging_out_stays_open_and_asks_for_a_form_of_our_own(phone: Phone) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/accounts/login/")
    typed = {"login": "ana", "password": PASSWORD, **form_fields(page, "/accounts/login/")}
    client.post("/accounts/login/", {**typed, "login": "ana", "password": PASSWORD})
    assert (client.get(LOGOUT).status_code, client.post(LOGOUT).status_code) == (405, 403)
    token = form_fields(client.get(ASKED), ASKED)
    assert "_auth_user_id" in client.session
    client.post(LOGOUT, token)
    assert "_auth_user_id" not in client.session


@accounts_alone
def test_the_keys_are_in_nobody_s_hand_before_the_second_factor(awaiting: Client, phone: Phone) -> None:
    assert awaiting.session["unlocked"]["held"] is True
    assert answer(awaiting, phone.code()) == 302
    assert awaiting.session["unlocked"]["held"] is False


@accounts_alone
def test_whoever_waits_for_a_person_s_keys_is_told_after_the_second_factor(ana: User, phone: Phone) -> None:
    told: list[str] = []

    def hear(**said: object) -> None:
        told.append(type(said["actor"]).__name__)

    unlocked.connect(hear)
    try:
        client = logged_in(Client(), "ana")
        assert told == []
        answer(client, phone.code())
        assert told == ["Actor"]
    finally:
        unlocked.disconnect(hear)


@accounts_alone
def test_the_session_gets_a_new_name_with_the_second_factor(awaiting: Client, phone: Phone) -> None:
    before = awaiting.cookies[configured.SESSION_COOKIE_NAME].value
    answer(awaiting, phone.code())
    assert awaiting.cookies[configured.SESSION_COOKIE_NAME].value != before


@accounts_alone
def test_after_idle_time_only_the_password_is_asked(awaiting: Client, phone: Phone) -> None:
    answer(awaiting, phone.code())
    del awaiting.cookies[configured.UNLOCK_COOKIE_NAME]
    assert awaiting.get("/echo/")["Location"].startswith(UNLOCK)
    assert awaiting.post(UNLOCK, {"unlock-password": PASSWORD, "unlock-next": "/echo/"})["Location"] == "/echo/"
    assert is_let_through(awaiting)


@accounts_alone
def test_keys_locked_meanwhile_are_asked_for_by_the_password_after_the_code(awaiting: Client, phone: Phone) -> None:
    session = awaiting.session
    session["unlocked"] = {**session["unlocked"], "touched": 0}
    session.save()
    assert answer(awaiting, phone.code()) == 302
    assert awaiting.get("/echo/")["Location"].startswith(UNLOCK)


@accounts_alone
def test_a_new_login_asks_anew(awaiting: Client, phone: Phone) -> None:
    answer(awaiting, phone.code())
    awaiting.post(LOGOUT)
    assert not is_let_through(logged_in(awaiting, "ana"))


@accounts_alone
def test_a_login_over_a_settled_session_of_the_same_person_asks_anew(awaiting: Client, ana: User, phone: Phone) -> None:
    answer(awaiting, phone.code())
    ana.refresh_from_db()
    awaiting.force_login(ana)
    assert not is_let_through(awaiting)


@accounts_alone
def test_a_changed_password_asks_anew(awaiting: Client, phone: Phone) -> None:
    answer(awaiting, phone.code())
    typed = {"old": PASSWORD, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert awaiting.post("/accounts/password/", typed).status_code == 302
    assert not is_let_through(awaiting)
    assert awaiting.session["unlocked"]["held"] is True
    assert answer(awaiting, phone.code(+1)) == 302
    assert is_let_through(awaiting)


@accounts_alone
def test_new_keys_ask_anew(awaiting: Client, phone: Phone) -> None:
    answer(awaiting, phone.code())
    typed = {"old": PASSWORD, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert awaiting.post("/accounts/password/known/", typed).status_code == 200
    assert not is_let_through(awaiting)


@accounts_alone
def test_a_forgotten_password_set_anew_does_not_go_round_it(anas_code: str, phone: Phone) -> None:
    typed = {"login": "ana", "code": anas_code, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert Client().post("/accounts/password/forgotten/", typed).status_code == 200
    assert not is_let_through(logged_in(Client(), "ana", OTHER_PASSWORD))


@accounts_alone
def test_unlocking_does_not_go_round_it(awaiting: Client) -> None:
    page = awaiting.post(UNLOCK, {"unlock-password": PASSWORD, "unlock-next": "/echo/"})
    assert page["Location"].startswith(ASKED)
    assert not is_let_through(awaiting)


@accounts_alone
def test_no_other_site_is_where_it_leads(awaiting: Client, phone: Phone) -> None:
    page = awaiting.post(ASKED, {"code": phone.code(), "next": "https://example.org/"})
    assert page["Location"] == "/"


@accounts_alone
def test_a_settled_session_has_nothing_to_ask_for(ana: User, log_in_elsewhere: LogIn) -> None:
    client = log_in_elsewhere("ana")
    assert (client.get(ASKED)["Location"], client.post(KEY_ASKED)["Location"]) == ("/", "/")


@accounts_alone
def test_a_settled_session_costs_no_question(
    ana: User, log_in_elsewhere: LogIn, django_assert_num_queries: DjangoAssertNumQueries, settings: Settings
) -> None:
    client = log_in_elsewhere("ana")
    client.get("/echo/")
    asked = 1 if settings.REDIS_URL else 2  # the person, and the session where no cache has it
    with django_assert_num_queries(asked):
        client.get("/echo/")


@accounts_alone
def test_a_demo_that_became_a_real_site_asks_anew(mediator: User, settings: Settings) -> None:
    client = logged_in(Client(), "mar")
    assert is_let_through(client)
    settings.DEMO = False
    assert not is_let_through(client)


# --- Too many tries ---


@accounts_alone
def test_codes_cannot_be_guessed_from_ever_new_browsers(awaiting: Client, phone: Phone, settings: Settings) -> None:
    settings.REDIS_URL = ""
    assert [answer(logged_in(Client(), "ana"), "000000") for _ in range(7)] == [200] * 5 + [429] * 2
    assert answer(awaiting, phone.code()) == 429
    Bucket.objects.all().delete()
    assert answer(awaiting, phone.code()) == 302


@accounts_alone
def test_who_uses_the_codes_up_does_not_shut_out_who_has_a_backup_code(awaiting: Client, phone: Phone) -> None:
    assert [answer(logged_in(Client(), "ana"), "000000") for _ in range(6)][-1] == 429
    assert answer(awaiting, phone.codes[0]) == 302


@accounts_alone
def test_right_codes_cost_nothing(phone: Phone) -> None:
    assert [answer(logged_in(Client(), "ana"), code) for code in phone.codes[:8]] == [302] * 8


@accounts_alone
def test_the_page_that_asks_to_wait_does_not_hold_the_code(awaiting: Client, phone: Phone) -> None:
    pages = [awaiting.post(ASKED, {"code": "000000", "next": "/echo/"}) for _ in range(6)]
    fields = form_fields(pages[-1], ASKED)
    assert (fields["code"], fields["next"]) == ([""], ["/echo/"])


@accounts_alone
def test_who_has_set_nothing_up_finds_the_way_from_the_account(ana: User, log_in_elsewhere: LogIn) -> None:
    client = log_in_elsewhere("ana")
    assert f'href="{FACTORS}"' in client.get("/accounts/").content.decode()
    assert client.get(FACTORS).status_code == 200
    add_app(client)
    assert "You have 10 backup codes left." in client.get(FACTORS).content.decode()
