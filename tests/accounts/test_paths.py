from __future__ import annotations

import pytest

from caracol.accounts.paths import own_path

pytestmark = pytest.mark.urls("tests.accounts.urls")


@pytest.mark.parametrize("path", ["/", "/cases/", "/cases/amber-heron/?page=2", "/code/#3.3"])
def test_a_path_of_this_site_stays(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "cases/",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: a=b",
        "/\0",
        "/\ud800",
        "/" + "a" * 1500,
    ],
)
def test_any_other_leads_home(path: str | None) -> None:
    assert own_path(path) == "/"
