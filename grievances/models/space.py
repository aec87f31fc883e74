from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case, new_token
from grievances.models.seat import Seat


class Space(models.Model):
    """A private space that was offered to talk in (Code 3.2), and the answer."""

    class Channel(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        CALL = "call", _("a video or phone call")
        TEXT = "text", _("a text channel")

    class Answer(models.TextChoices):
        WAITING = "", _("no answer yet")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    token = models.CharField(max_length=26, unique=True, default=new_token)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="spaces")
    offered_by = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+")
    offered_to = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    meets_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True)

    def __str__(self) -> str:
        return self.get_channel_display()
