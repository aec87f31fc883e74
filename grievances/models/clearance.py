from __future__ import annotations

from django.conf import settings
from django.db import models

from grievances.models.case import Case


class Clearance(models.Model):
    """That the reporter was asked about a person who holds a role, and did not bar them from serving."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clearances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("case", "user"), name="clearance_once"),)

    def __str__(self) -> str:
        return f"{self.case}: cleared"
