"""What a page says again and again is put into words once, in each language."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.utils.translation import get_language

P = ParamSpec("P")
Said = TypeVar("Said")
# So many answers of each function are kept; what was not asked for the longest goes first.
KEPT = 2048


def once_in_each_language(say: Callable[P, Said]) -> Callable[P, Said]:
    """
    Keep what `say` answers in this process, for each language by itself.

    Only for what its arguments and the language decide alone: never for what depends on the reader or on today.
    """

    @lru_cache(maxsize=KEPT)
    def kept(_language: str | None, *args: P.args, **kwargs: P.kwargs) -> Said:
        return say(*args, **kwargs)

    @wraps(say)
    def said(*args: P.args, **kwargs: P.kwargs) -> Said:
        return kept(get_language(), *args, **kwargs)  # type: ignore[arg-type]  # what is no key, Python refuses

    return said
