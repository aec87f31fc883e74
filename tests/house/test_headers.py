from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = [pytest.mark.urls("tests.house.urls"), pytest.mark.django_db(databases=["default", "keys"])]

# One page of each kind: found, refused, sent elsewhere, not there, broken.
PAGES = ["/accounts/login/", "/fail/403/", "/admin/", "/no-such-address/", "/fail/500/"]

EXPECTED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
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
        ({"origin": "null"}, 403),
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


def test_a_form_for_a_host_that_is_not_ours_is_a_bad_request(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    forged = {"host": "evil.example.org", "origin": "null", "sec-fetch-site": "same-origin"}
    assert Client(enforce_csrf_checks=True).post("/accounts/login/", headers=forged).status_code == 400
