from __future__ import annotations

from django.conf import settings
from django.db import models

from grievances.models.case import Case
from grievances.workflow import Step


class Decision(models.Model):
    """A decision that the reporter may contest (Code 3.4): who made it. Once contested, others decide anew."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    step = models.CharField(max_length=3, choices=Step)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_with = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    contested_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("made_at", "pk")

    def __str__(self) -> str:
        return self.get_step_display()
