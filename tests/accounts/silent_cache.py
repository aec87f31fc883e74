"""A cache that does not answer, as Redis does when it is gone."""

from __future__ import annotations

from typing import Any, Never

from django.core.cache.backends.base import BaseCache
from redis import ConnectionError as Gone


class SilentCache(BaseCache):
    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get_many(self, *_args: Any, **_kwargs: Any) -> Never:
        raise Gone

    def set(self, *_args: Any, **_kwargs: Any) -> Never:
        raise Gone

    def delete_many(self, *_args: Any, **_kwargs: Any) -> Never:
        raise Gone
