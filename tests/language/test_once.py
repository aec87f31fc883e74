from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from caracol import once
from caracol.once import once_in_each_language


def test_it_is_put_into_words_once_in_each_language() -> None:
    asked: list[str] = []

    @once_in_each_language
    def home(to: str) -> str:
        asked.append(to)
        return f"{to}: {_('Home')}"

    said = []
    for language in ("en", "es", "en", "es"):
        with translation.override(language):
            said += [home("a"), home("b")]
    assert said == ["a: Home", "b: Home", "a: Inicio", "b: Inicio"] * 2
    assert asked == ["a", "b"] * 2


def test_only_so_many_answers_are_kept() -> None:
    asked: list[int] = []

    @once_in_each_language
    def number(which: int) -> str:
        asked.append(which)
        return str(which)

    for which in (*range(once.KEPT + 1), once.KEPT, 0):
        number(which)
    assert asked == [*range(once.KEPT + 1), 0]
