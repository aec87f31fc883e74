from __future__ import annotations

from django.db import models


class Codename(models.Model):
    """A name that a case has had. It outlives the case, so that no name is ever used again."""

    name = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.name
