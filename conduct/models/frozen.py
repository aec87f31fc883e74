"""Rows that are written once: cases go on citing them, so their words must stay as they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class Unchangeable(Exception):
    """The words of the Code were about to be changed or deleted; a new text takes a new version."""


class FrozenQuerySet(models.QuerySet[Row]):
    """Rows that can be read and added, never updated or deleted in bulk."""

    def update(self, **_fields: object) -> NoReturn:
        raise Unchangeable

    def delete(self) -> NoReturn:
        raise Unchangeable


class Frozen(models.Model):
    """A row that can be saved once; afterwards only the fields in `may_change`, named in `update_fields`."""

    may_change: ClassVar[frozenset[str]] = frozenset()

    objects = FrozenQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        fields = None if update_fields is None else frozenset(update_fields)
        if not self._state.adding and (fields is None or not fields <= self.may_change):
            raise Unchangeable
        super().save(update_fields=fields, **options)

    def delete(self, *_args: object, **_options: object) -> NoReturn:
        raise Unchangeable
