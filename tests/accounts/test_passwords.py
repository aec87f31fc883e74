from __future__ import annotations

import pytest

from caracol.accounts.passwords import could_be_password, normal_password


@pytest.mark.parametrize("password", ["a", "a" * 1024, "  spaces  ", "🐌", "line\nbreak"])
def test_any_text_can_be_a_password(password: str) -> None:
    assert could_be_password(password)


@pytest.mark.parametrize("password", ["", "a" * 1025, "a\0", "\ud800", "a\udc80b"])
def test_what_cannot_be_typed_or_kept_is_no_password(password: str) -> None:
    assert not could_be_password(password)


def test_two_ways_of_typing_an_accent_are_one_password() -> None:
    assert normal_password("cafe\u0301") == normal_password("caf\u00e9")
