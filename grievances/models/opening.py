from __future__ import annotations

from django.conf import settings
from django.db import models

from grievances.models.room import Room


class Opening(models.Model):
    """That a person opened a room within one hour: the mark by which the ledger says it once, not at every click."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("room", "user", "hour"), name="opening_once_an_hour"),)

    def __str__(self) -> str:
        return f"{self.room} at {self.hour}"
