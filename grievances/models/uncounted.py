from __future__ import annotations

from django.db import models

from grievances.models.case import Case


class Uncounted(models.Model):
    """That a case is not counted in one table of the statistics, since somebody in it said so."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="uncounted")
    table = models.CharField(max_length=16)

    class Meta:
        verbose_name_plural = "uncounted"
        constraints = (models.UniqueConstraint(fields=("case", "table"), name="uncounted_once"),)

    def __str__(self) -> str:
        return self.table
