from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import resolve

from caracol.watch import groups
from tests.matrix.rows import routes


@pytest.mark.parametrize(
    ("method", "path", "group"),
    [
        ("GET", "/accounts/login/", "entry"),
        ("POST", "/accounts/receipt/", "entry"),
        ("GET", "/", "pages"),
        ("HEAD", "/cases/amber-heron/", "pages"),
        ("POST", "/raise/", "deeds"),
        ("POST", "/accounts/letters/", "deeds"),
        ("POST", "/leave/", "deeds"),
    ],
)
def test_a_request_is_of_one_of_few_groups(method: str, path: str, group: str) -> None:
    request = RequestFactory().generic(method, path)
    request.resolver_match = resolve(path)
    assert groups.group_of(request) == group


def test_an_address_that_does_not_exist_has_its_own() -> None:
    assert groups.group_of(RequestFactory().get("/no-such-page/")) == "unknown"


def test_no_group_is_small_enough_to_tell_a_deed() -> None:
    """Each holds views of every day beside those of a case."""
    by_account = {name.startswith("accounts:") for name, _made_from in routes()}
    assert by_account == {True, False}
    assert sum(name.startswith("accounts:") for name, _made_from in routes()) > 20
    assert sum(not name.startswith("accounts:") for name, _made_from in routes()) > 20


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0, "0-50"), (0.05, "0-50"), (0.051, "50-100"), (9.9, "5000-10000"), (60.0, "10000-")]
)
def test_how_long_it_took_is_a_range(seconds: float, said: str) -> None:
    assert groups.took(seconds) == said
