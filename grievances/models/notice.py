from __future__ import annotations

from django.conf import settings
from django.db import models

from grievances.models.case import Case
from grievances.workflow import Step


class Notice(models.Model):
    """What a person is told inside the app: that a step was taken, never what was written."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    step = models.CharField(max_length=3, choices=Step)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("user", "read_at", "-told_at"), name="notice_list"),)

    def __str__(self) -> str:
        return f"{self.get_step_display()}"
