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
    "Referrer-Policy": "same-origin",
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
