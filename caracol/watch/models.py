from __future__ import annotations

from django.db import models


class JobDone(models.Model):
    """When a job was last done well. Every job runs by the clock, so that this says nothing of what it found to do."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
