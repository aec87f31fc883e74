from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from grievances.models.room import Room


class Conversation(models.Model):
    """
    A private restorative talk about a minor act (Code 3.3), which is no case. All its words lie in its own room.

    How it went is sealed too. In the clear stand whose record it is, and its days; `reminded_of` is the last day to
    come back to it of which its owner was told.
    """

    class Went(models.TextChoices):
        """How such a talk went."""

        TALKED = "talked", _("We talked, and that was enough")
        REFUSED = "refused", _("They did not want to talk")
        NOT_MINOR = "not_minor", _("It turned out not to be minor")
        REPEAT = "repeat", _("It has happened again")

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="conversation")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    follow_up_on = models.DateField(null=True)
    reminded_of = models.DateField(null=True)
    expires_on = models.DateField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=("recorded_by", "follow_up_on"), name="conversation_follow_up"),)

    def __str__(self) -> str:
        return f"conversation recorded on {self.recorded_on}"
