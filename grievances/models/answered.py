from __future__ import annotations

from django.db import models


class Answered(models.Model):
    """
    That somebody has said how a process was, so that nobody says it twice: a mark by a key outside the database.

    It names neither them nor the case nor what they said, and is destroyed with the tallies of its half-year.
    """

    mark = models.CharField(max_length=64, unique=True)
    half = models.CharField(max_length=7)

    class Meta:
        verbose_name_plural = "answered"

    def __str__(self) -> str:
        return self.half
