"""The site as production starts it: in a process of its own, with production's environment and nothing made up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("SECRET_KEY", "CONTACT_KEY", "LEDGER_KEY")
PRODUCTION = {
    **{name: f"{name}, a secret of tests that is long enough to be one" for name in KEYS},
    "ALLOWED_HOSTS": "concerns.example.org",
}
# Addresses that nobody listens at: no check may need a database.
SERVICES = {
    "DATABASE_URL": "postgres://caracol:word@127.0.0.1:1/caracol",
    "KEYS_DATABASE_URL": "postgres://caracol:word@127.0.0.1:1/keys",
    "REDIS_URL": "redis://:word@127.0.0.1:1/0",
}
A_DAY_IN_PRODUCTION = """
import json, django
django.setup()
from django.core.management import call_command
from django.test import Client
for command in (["migrate"], ["migrate", "--database", "keys"], ["collectstatic", "--no-input"]):
    call_command(*command, verbosity=0)
from caracol.accounts import people
people.join(login="ana", name="Ana", email="ana@example.org", password="a snail climbs slowly")
browser = Client(headers={"host": "concerns.example.org"})
post = lambda path, **fields: browser.post(path, fields, secure=True)
page = browser.get("/accounts/login/", secure=True)
post("/accounts/login/", login="ana", password="a snail climbs slowly")
cookies = {name: dict(cookie) for name, cookie in browser.cookies.items()}
goodbye = post("/accounts/logout/")
plain = browser.get("/accounts/login/")
print(json.dumps([dict(page.headers), cookies, dict(goodbye.headers), plain["Location"]]))
"""


def run(*command: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {"DJANGO_SETTINGS_MODULE": "caracol.settings", "VAR_DIR": str(var)}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**kept, **settings, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Headers of a page, the cookies after a login, headers of the logout, and where plain http leads to."""
    answer = run("-c", A_DAY_IN_PRODUCTION, var=tmp_path_factory.mktemp("var"))
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_every_header_to_the_letter(day: Any) -> None:
    headers = day[0]
    policy = headers.pop("Content-Security-Policy").split("; ")
    assert sorted(policy) == [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
    ]
    del headers["Content-Length"]
    assert headers == {
        "Cache-Control": "no-store",
        "Content-Language": "en",
        "Content-Type": "text/html; charset=utf-8",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
        "Vary": "Cookie",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }


def test_every_cookie_is_ours_alone_and_out_of_reach_of_scripts(day: Any) -> None:
    cookies = day[1]
    assert sorted(cookies) == [f"__Host-caracol-{name}" for name in ("browser", "csrf", "session", "unlock")]
    for cookie in cookies.values():
        kept = {name: cookie[name] for name in ("secure", "httponly", "samesite", "path", "domain")}
        assert kept == {"secure": True, "httponly": True, "samesite": "Strict", "path": "/", "domain": ""}


def test_logging_out_clears_the_browser(day: Any) -> None:
    assert day[2]["Clear-Site-Data"] == '"cookies", "storage"'


def test_plain_http_leads_to_the_same_page_secured(day: Any) -> None:
    assert day[3] == "https://concerns.example.org/accounts/login/"


def test_the_deploy_checks_are_silent_without_any_database(tmp_path: Path) -> None:
    checked = run("manage.py", "check", "--deploy", "--fail-level", "DEBUG", var=tmp_path, **SERVICES)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "System check identified no issues (1 silenced).\n"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SECRET_KEY": ""}, "Set SECRET_KEY (or SECRET_KEY_FILE) to a random secret"),
        ({"CONTACT_KEY": "short"}, "Set CONTACT_KEY (or CONTACT_KEY_FILE) to a random secret"),
        ({"LEDGER_KEY": "0123" * 20}, "Set LEDGER_KEY (or LEDGER_KEY_FILE) to a random secret"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL has no password."),
        ({"DEMO": "1"}, "DEMO is on, and ALLOWED_HOSTS names concerns.example.org."),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS to the names this site answers to"),
        ({"ALLOWED_HOSTS": "*"}, "Set ALLOWED_HOSTS to the names this site answers to"),
    ],
)
def test_production_refuses_to_start_unsafe(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    started = run("-c", "import django; django.setup()", var=tmp_path, **{**SERVICES, **environment})
    assert started.returncode == 1
    assert f"ImproperlyConfigured: {said}" in started.stderr.splitlines()[-1]
