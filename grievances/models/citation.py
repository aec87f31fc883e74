from __future__ import annotations

from django.db import models

from grievances.models.case import Case


class Citation(models.Model):
    """A clause of the Code, in the version in force at filing, that the reporter cites."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="citations")
    clause = models.ForeignKey("conduct.Clause", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("case", "clause"), name="citation_once"),)

    def __str__(self) -> str:
        return str(self.clause)
