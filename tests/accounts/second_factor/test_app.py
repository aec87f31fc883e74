from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.utils import timezone

from caracol.accounts.models import Factor, User
from caracol.accounts.second_factor import app
from tests.accounts.conftest import Joins, LogIn, logged_in
from tests.accounts.second_factor.conftest import NEW_APP, Phone, add_app, answer, is_let_through, time_passes

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db(databases=["default", "keys"])]

# RFC 6238, appendix B: the secret, and the last six digits at some times.
RFC = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert app.code_at(RFC, seconds // 30) == code


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "\uff11\uff12\uff13456", "12\u200b34\u00a056"])
def test_a_code_is_read_however_it_is_spaced_or_pasted(typed: str) -> None:
    assert app.digits_in(typed) == "123456"


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "12345a", "\u0661\u0662\u0663\u0664\u0665\u0666", "\ud800", "1" * 9999]
)
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    assert app.digits_in(typed) is None


def test_a_code_from_a_minute_ago_or_ahead_is_none() -> None:
    now = int(time.time()) // 30
    assert [app.step_of(RFC, app.code_at(RFC, now + off)) is not None for off in (-3, 3)] == [False, False]


def test_the_code_lets_through_and_comes_back_to_where_one_was_going(awaiting: Client, phone: Phone) -> None:
    page = awaiting.post("/accounts/second-factor/", {"code": phone.code(), "next": "/echo/?page=2"})
    assert (page.status_code, page["Location"]) == (302, "/echo/?page=2")
    assert is_let_through(awaiting)


def test_the_field_is_one_that_telephones_and_password_managers_fill(awaiting: Client) -> None:
    page = awaiting.get("/accounts/second-factor/").content.decode()
    field = page[page.index('<input type="text" name="code"') :].partition(">")[0]
    assert 'autocomplete="one-time-code"' in field
    assert [bar for bar in ("maxlength", "pattern", "readonly", "onpaste") if bar in field] == []


def test_a_code_works_once(awaiting: Client, phone: Phone) -> None:
    code = phone.code()
    assert answer(awaiting, code) == 302
    awaiting.post("/accounts/logout/")
    again = logged_in(awaiting, "ana")
    assert (answer(again, code), is_let_through(again)) == (200, False)


def test_a_code_works_in_one_of_two_sessions(awaiting: Client, phone: Phone, log_in_elsewhere: LogIn) -> None:
    code, elsewhere = phone.code(), log_in_elsewhere("ana")
    assert (answer(awaiting, code), answer(elsewhere, code)) == (302, 200)
    assert (is_let_through(awaiting), is_let_through(elsewhere)) == (True, False)


def test_an_earlier_code_does_not_work_after_a_later_one(
    awaiting: Client, phone: Phone, log_in_elsewhere: LogIn
) -> None:
    elsewhere = log_in_elsewhere("ana")
    assert answer(awaiting, phone.code(+1)) == 302
    assert [answer(elsewhere, phone.code(off)) for off in (-1, 0)] == [200, 200]


def test_the_code_that_added_the_app_is_used_up(ana: User, log_in_elsewhere: LogIn) -> None:
    # The clock stands still, so that the code shown now stays the one that was used.
    with time_machine.travel(timezone.now(), tick=False):
        phone = add_app(log_in_elsewhere("ana"))
        later = log_in_elsewhere("ana")
        assert answer(later, phone.code()) == 200
        assert answer(later, phone.code(+1)) == 302


def test_another_person_s_code_does_not_work(phone: Phone, joins: Joins, log_in_elsewhere: LogIn) -> None:
    joins("ben")
    bens = add_app(log_in_elsewhere("ben"))
    time_passes()
    anas = log_in_elsewhere("ana")
    assert (answer(anas, bens.code()), is_let_through(anas)) == (200, False)
    assert answer(log_in_elsewhere("ben"), bens.code()) == 302


def test_the_secret_stands_nowhere_in_the_clear(phone: Phone) -> None:
    kept, text = bytes(Factor.objects.get().sealed), app.as_text(phone.secret).replace(" ", "")
    assert [form in kept for form in (phone.secret, phone.secret.hex().encode(), text.encode())] == [False] * 3


def test_a_secret_moved_to_another_person_s_row_lets_nobody_through(
    ana: User, phone: Phone, joins: Joins, log_in_elsewhere: LogIn
) -> None:
    ben = joins("ben")
    add_app(log_in_elsewhere("ben"))
    ben.factors.update(sealed=bytes(ana.factors.get().sealed), counter=0)
    assert answer(log_in_elsewhere("ben"), phone.code()) == 200


def test_a_secret_is_shown_to_its_own_session_alone_until_it_is_added(joins: Joins, log_in_elsewhere: LogIn) -> None:
    joins("ana")
    joins("ben")
    anas, bens = log_in_elsewhere("ana"), log_in_elsewhere("ben")
    secret = anas.get(NEW_APP).context["secret"]
    assert anas.get(NEW_APP).context["secret"] == secret
    assert bens.get(NEW_APP).context["secret"] != secret
    add_app(anas)
    assert anas.get(NEW_APP)["Location"] == "/accounts/factors/"
    assert anas.get(f"{NEW_APP}picture/").content != bens.get(f"{NEW_APP}picture/").content


def test_a_secret_in_the_session_is_sealed_too(ana: User, log_in_elsewhere: LogIn) -> None:
    client = log_in_elsewhere("ana")
    secret = client.get(NEW_APP).context["secret"].replace(" ", "")
    assert secret not in str(dict(client.session.items()))


def test_the_picture_is_an_image_of_its_own_without_style_or_script(ana: User, log_in_elsewhere: LogIn) -> None:
    page = log_in_elsewhere("ana").get(f"{NEW_APP}picture/")
    assert (page["Content-Type"], page["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert [bad for bad in ("<script", "style=", "<style", "href") if bad in page.content.decode()] == []


def test_a_wrong_first_code_adds_nothing(ana: User, log_in_elsewhere: LogIn) -> None:
    client = log_in_elsewhere("ana")
    client.get(NEW_APP)
    page = client.post(NEW_APP, {"code": "12345x"})
    assert (page.status_code, Factor.objects.count()) == (200, 0)


@pytest.mark.services
@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_of_many_who_bring_the_code_at_the_same_moment_one_is_let_through(phone: Phone) -> None:
    code, browsers = phone.code(), [logged_in(Client(), "ana") for _ in range(4)]

    def bring(client: Client) -> int:
        try:
            return answer(client, code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(bring, browsers)) == [200, 200, 200, 302]
