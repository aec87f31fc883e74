from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caracol.accounts import failed, people
from caracol.accounts.models import User
from caracol.limits.models import Bucket
from caracol.vault import turns
from caracol.vault.turns import Turns
from tests.accounts.browser import form_fields
from tests.limits.conftest import PASSWORD

pytestmark = [pytest.mark.urls("tests.limits.urls"), pytest.mark.django_db]

LOGIN, UNLOCK = "/accounts/login/", "/accounts/unlock/"


def log_in(client: Client, password: str = PASSWORD, **typed: str) -> Any:
    return client.post(LOGIN, {"login": "ana", "password": password, **typed})


def refuse(send: Callable[[], Any]) -> Any:
    """Send until it is refused for being sent too often."""
    return next(answer for answer in (send() for _ in range(60)) if answer.status_code == 429)


def words(page: Any) -> str:
    """Return what stands on the page: its main part, without the tags, the fields or the time to wait."""
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\d+|\s+", " ", re.sub(r"<[^>]*>", "", main))


def test_too_many_misses_get_a_calm_page_that_says_when(ana: User, client: Client) -> None:
    page = refuse(lambda: log_in(client, "a wrong password"))
    assert "One moment, please" in words(page)
    assert 0 < int(page["Retry-After"]) <= 120


def test_even_the_right_password_waits_then(ana: User, client: Client) -> None:
    refuse(lambda: log_in(client, "a wrong password"))
    assert log_in(client).status_code == 429
    Bucket.objects.all().delete()
    assert log_in(client).status_code == 302


def test_nothing_typed_is_lost_and_no_password_is_written_into_the_page(ana: User, client: Client) -> None:
    page = refuse(lambda: log_in(client, "a wrong password", next="/echo/?page=2"))
    assert "a wrong password" not in page.content.decode()
    fields = form_fields(page, LOGIN)
    assert (fields["login"], fields["password"], fields["next"]) == (["ana"], [""], ["/echo/?page=2"])
    Bucket.objects.all().delete()
    onward = client.post(LOGIN, {**fields, "password": PASSWORD})["Location"]
    assert onward == "/accounts/code/?next=%2Fecho%2F%3Fpage%3D2"


def test_whoever_types_it_right_is_never_refused(ana: User) -> None:
    answers = {log_in(Client()).status_code for _ in range(40)}
    assert answers == {302}


def test_a_name_that_nobody_has_is_refused_in_the_same_way(ana: User, client: Client) -> None:
    def count(login: str) -> tuple[int, str]:
        tries = 0
        while True:
            page = client.post(LOGIN, {"login": login, "password": "a wrong password"}, REMOTE_ADDR=f"10.0.0.{tries}")
            if page.status_code == 429:
                return tries, words(page)
            tries += 1

    assert count("ana") == count("nobody") == count("\u202enobody")


def test_a_name_that_nobody_has_costs_the_same_questions(
    ana: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is recorded once the answer is out takes no time of it.
    monkeypatch.setattr(failed, "_record", lambda _user, _event: None)

    def asked(login: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            client.post(LOGIN, {"login": login, "password": "a wrong password"})
        return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]

    asked("somebody")  # the hour's secret is there from now on
    assert asked("ana") == asked("nobody")


def test_a_known_browser_is_not_locked_out_by_what_others_try(ana: User, client: Client) -> None:
    log_in(client)
    client.cookies.pop(settings.SESSION_COOKIE_NAME)
    refuse(lambda: log_in(Client(), "a wrong password"))
    assert log_in(Client()).status_code == 429
    assert log_in(client).status_code == 302


def test_the_cookie_of_a_known_browser_does_not_say_whose_it_is(client: Client) -> None:
    # A name so long that random letters never spell it.
    berenice = people.join(login="berenice", name="Berenice", email="", password=PASSWORD)
    log_in(client, login="berenice")
    cookie = client.cookies[settings.BROWSER_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", 180 * 24 * 60 * 60)
    assert [told for told in ("berenice", berenice.handle, berenice.login_tag) if told in cookie.value] == []


def test_a_miss_makes_no_browser_known(ana: User, client: Client) -> None:
    log_in(client, "a wrong password")
    assert settings.BROWSER_COOKIE_NAME not in client.cookies


def test_unlocking_too_often_keeps_the_form_that_was_on_its_way(ana: User, client: Client) -> None:
    log_in(client)
    del client.cookies[settings.UNLOCK_COOKIE_NAME]
    carried = form_fields(client.post("/echo/", {"words": "¿qué?\r\n<b>", "password": "of the other form"}), UNLOCK)
    page = refuse(lambda: client.post(UNLOCK, {**carried, "unlock-password": "a wrong password"}))
    fields = form_fields(page, UNLOCK)
    assert fields["unlock-password"] == [""]
    Bucket.objects.all().delete()
    answer = client.post(UNLOCK, {**fields, "unlock-password": PASSWORD}, follow=True)
    typed = answer.json()["typed"]
    assert (typed["words"], typed["password"]) == (["¿qué?\r\n<b>"], ["of the other form"])


def test_where_every_turn_is_taken_the_page_says_when_to_come_again(ana: User, client: Client) -> None:
    process, turns.argon2 = turns.argon2, Turns(at_once=1, patience=0.01)
    with turns.argon2.one():
        page = log_in(client)
    turns.argon2 = process
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert form_fields(page, LOGIN)["login"] == ["ana"]
    assert log_in(client).status_code == 302


def test_a_form_behind_a_door_is_counted_and_its_page_is_not(client: Client) -> None:
    assert [client.get("/file/").status_code for _ in range(5)] == [200] * 5
    assert [client.post("/file/").status_code for _ in range(4)] == [200, 200, 429, 429]


def test_each_person_knocks_for_themselves_once_logged_in(ana: User, client: Client) -> None:
    log_in(client)
    answers = [client.post("/file/", REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(3)]
    assert answers == [200, 429, 429]


@pytest.mark.usefixtures("still_clock")
def test_a_place_in_line_is_kept_by_the_page(client: Client) -> None:
    assert client.post("/ask/").status_code == 200
    page = client.post("/ask/", {"words": ["one", "two"]})
    assert (page.status_code, page["Retry-After"]) == (429, "90")
    assert "Your place in line is kept." in words(page)
    fields = form_fields(page, "/ask/")
    assert fields["words"] == ["one", "two"]
    again = client.post("/ask/", fields)
    assert form_fields(again, "/ask/")["limits-ticket"] == fields["limits-ticket"]
