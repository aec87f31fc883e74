from __future__ import annotations

from django.db import models

from grievances.models.room import Room


class SealedFile(models.Model):
    """
    That a sealed file stands on the shelf under `token`, for the room where an entry of that token holds its key.

    Without a room it is to be deleted from the shelf: such a row is the order to do so, and goes once it is done.
    """

    token = models.CharField(max_length=26, unique=True)
    room = models.ForeignKey(Room, null=True, on_delete=models.SET_NULL, related_name="files")
    expunge_on = models.DateField(null=True, db_index=True)

    def __str__(self) -> str:
        return self.token
