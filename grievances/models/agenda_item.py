from __future__ import annotations

from django.db import models

from grievances.models.room import Room


class AgendaItem(models.Model):
    """A political question on its way to an official meeting (Code 4.1): no names, no case."""

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="agenda_item")
    meeting_on = models.DateField()

    def __str__(self) -> str:
        return f"agenda item for {self.meeting_on}"
