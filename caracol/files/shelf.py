"""
The shelf: where sealed files stand, each under a random name that says nothing, outside both databases.

By default a folder that only this site's user reads; with FILES_URL a bucket that all hosts of a site share.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import cast

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

SHELF = "files"


class Shelf(Storage):
    """A place for sealed files. What is asked of it raises OSError if it is full, broken or away."""

    def put_before(self, moment: datetime) -> set[str]:
        """Return the names of the files put there before a moment. Raises FileNotFoundError if none ever was."""
        raise NotImplementedError


class PrivateFolder(FileSystemStorage, Shelf):
    """A folder of files that nobody but this site's user opens, and that are written once."""

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        path = Path(self.path(name))
        if mode != "wb":
            return File(path.open(mode))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return File(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))

    def put_before(self, moment: datetime) -> set[str]:
        return {each.name for each in os.scandir(self.path("")) if each.stat().st_mtime < moment.timestamp()}


def shelf() -> Shelf:
    """Return where sealed files stand."""
    return cast("Shelf", storages[SHELF])


def clear(names: Collection[str]) -> None:
    """Delete these files; one that is gone already is no fault."""
    for name in names:
        shelf().delete(name)


def sweep(*, known: Callable[[Collection[str]], set[str]], before: datetime) -> int:
    """
    Delete the files put there before a moment that no row knows; returns how many.

    `known` is given names and returns those of them that some row uses. Leave a day between `before` and now: an
    upload may be under way.
    """
    with suppress(FileNotFoundError):
        old = shelf().put_before(before)
        orphans = old - known(old)
        clear(orphans)
        return len(orphans)
    return 0
