from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from caracol.accounts import people

pytestmark = [pytest.mark.urls("tests.house.urls"), pytest.mark.django_db(databases=["default", "keys"])]

PASSWORD = "a snail climbs slowly"
# One page of each kind: found, refused, sent elsewhere, not there, broken.
PAGES = ["/accounts/login/", "/fail/403/", "/admin/", "/no-such-address/", "/fail/500/"]

EXPECTED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "img-src 'self'; script-src 'self'; style-src 'self'"
    ),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_private(page: str) -> None:
    headers = dict(Client(raise_request_exception=False).get(page).headers)
    headers["Content-Security-Policy"] = "; ".join(in_order(headers["Content-Security-Policy"]))
    assert {name: headers.get(name) for name in EXPECTED} == EXPECTED


def in_order(policy: str) -> list[str]:
    first, *rest = sorted(
        policy.split("; "), key=lambda directive: (not directive.startswith("default-src"), directive)
    )
    return [first, *rest]


def test_a_refused_host_gets_a_private_page_too(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert Client().get("/", headers={"host": "evil.example.org"})["Cache-Control"] == "no-store"


# --- Forms, where no referrer is sent ---


@pytest.fixture
def filled() -> tuple[Client, dict[str, str]]:
    """A browser with a login page open, and the fields of its form."""
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/accounts/login/").content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    return browser, {"csrfmiddlewaretoken": token, "login": "", "password": ""}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://testserver"}, 200),
        ({"origin": "null", "sec-fetch-site": ""}, 403),
        ({"origin": "null", "sec-fetch-site": "none"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example.org", "sec-fetch-site": "same-origin"}, 403),
    ],
)
def test_a_form_is_taken_from_our_own_pages_alone(
    filled: tuple[Client, dict[str, str]], headers: dict[str, str], status: int
) -> None:
    browser, fields = filled
    assert browser.post("/accounts/login/", fields, headers=headers).status_code == status


def test_a_form_of_our_own_still_needs_its_token(filled: tuple[Client, dict[str, str]]) -> None:
    browser, fields = filled
    own = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert browser.post("/accounts/login/", {**fields, "csrfmiddlewaretoken": ""}, headers=own).status_code == 403
    assert Client(enforce_csrf_checks=True).post("/accounts/login/", fields, headers=own).status_code == 403


# An old telephone says of a form neither where it came from nor, under our policy, its origin.
OLD = [{"origin": "null"}, {}]


@pytest.fixture
def old(filled: tuple[Client, dict[str, str]], db: None) -> Client:
    """An old telephone in which Ana logged in by the page."""
    people.join(login="ana", name="Ana", email="ana@example.org", password=PASSWORD)
    browser, fields = filled
    typed = {**fields, "login": "ana", "password": PASSWORD}
    assert browser.post("/accounts/login/", typed, headers=OLD[0], secure=True).status_code == 302
    return browser


def token_on(browser: Client, page: str) -> str:
    said = browser.get(page, secure=True).content.decode()
    return said.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


@pytest.mark.parametrize("headers", OLD)
def test_an_old_telephone_logs_in_and_sends_forms(old: Client, headers: dict[str, str]) -> None:
    fields = {"csrfmiddlewaretoken": token_on(old, "/accounts/password/")}
    answer = old.post("/accounts/password/", fields, headers=headers, secure=True)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["old", "new", "again"])


@pytest.mark.parametrize("headers", OLD)
def test_from_an_old_telephone_too_a_form_needs_its_token_and_its_cookie(old: Client, headers: dict[str, str]) -> None:
    assert old.post("/accounts/password/", {}, headers=headers, secure=True).status_code == 403
    token = token_on(old, "/accounts/password/")
    # Under SameSite=Strict another site's form comes without our cookies.
    old.cookies.pop(settings.CSRF_COOKIE_NAME)
    fields = {"csrfmiddlewaretoken": token}
    assert old.post("/accounts/password/", fields, headers=headers, secure=True).status_code == 403


@pytest.mark.parametrize("headers", OLD)
def test_a_cookie_planted_beside_its_token_is_not_the_session_s_own(old: Client, headers: dict[str, str]) -> None:
    thief = Client(enforce_csrf_checks=True)
    fields = {"csrfmiddlewaretoken": token_on(thief, "/accounts/login/")}
    old.cookies[settings.CSRF_COOKIE_NAME] = thief.cookies[settings.CSRF_COOKIE_NAME].value
    assert old.post("/accounts/password/", fields, headers=headers, secure=True).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.org"},
        {"referer": "https://evil.example.org/"},
        {"origin": "null", "referer": "https://evil.example.org/"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "null"},
    ],
)
def test_what_speaks_against_a_form_is_heard(old: Client, headers: dict[str, str]) -> None:
    fields = {"csrfmiddlewaretoken": token_on(old, "/accounts/password/")}
    assert old.post("/accounts/password/", fields, headers=headers, secure=True).status_code == 403


def test_a_form_for_a_host_that_is_not_ours_is_a_bad_request(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    forged = {"host": "evil.example.org", "origin": "null", "sec-fetch-site": "same-origin"}
    assert Client(enforce_csrf_checks=True).post("/accounts/login/", headers=forged).status_code == 400
