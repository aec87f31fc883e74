from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection
from pathlib import Path

from django.utils import timezone

from caracol.files import shelf
from tests.files.made import TEXT, taken

YESTERDAY = timezone.now() - dt.timedelta(days=1)


def aged(token: str, days: int) -> None:
    then = (timezone.now() - dt.timedelta(days=days)).timestamp()
    os.utime(shelf.shelf().path(token), (then, then))


def there() -> set[str]:
    return {path.name for path in Path(shelf.shelf().path("")).iterdir()}


def nobody_knows(_names: Collection[str]) -> set[str]:
    return set()


def test_what_nobody_knows_is_swept_once_it_is_a_day_old() -> None:
    old, known, new = (taken(TEXT).token for _each in range(3))
    aged(old, 2)
    aged(known, 2)
    assert shelf.sweep(known=lambda names: {known} & set(names), before=YESTERDAY) == 1
    assert there() == {known, new}


def test_an_empty_shelf_is_swept_too() -> None:
    assert shelf.sweep(known=nobody_knows, before=YESTERDAY) == 0


def test_clearing_what_is_gone_already_is_no_fault() -> None:
    token = taken(TEXT).token
    for _time in range(2):
        shelf.clear([token])
    assert there() == set()
