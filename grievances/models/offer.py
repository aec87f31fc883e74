from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case, new_token
from grievances.models.room import Room
from grievances.roles import Part


class SeatOffer(models.Model):
    """
    That a person was asked to serve. Until they answer they can open `names`, and nothing else.

    `token` names the one-off offer key in the key store under which the rooms' keys wait for their yes.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        RECUSED = "recused", _("stepped back")
        LAPSED = "lapsed", _("lapsed")
        ENDED = "ended", _("no longer needed")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="offers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=[(part.value, part.label) for part in (Part.INTAKE, Part.MEDIATOR)])
    token = models.CharField(max_length=26, unique=True, default=new_token)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    lapses_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "user"), condition=Q(state="open"), name="offer_one_open"),
        )
        indexes = (models.Index(fields=("user", "part", "state", "-asked_at"), name="offer_list"),)

    def __str__(self) -> str:
        return f"{self.case}: {self.part}"


class OfferedKey(models.Model):
    """One room's key of one epoch, sealed to the person asked and wrapped under the offer key and the shred key."""

    offer = models.ForeignKey(SeatOffer, on_delete=models.CASCADE, related_name="keys")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    epoch = models.PositiveIntegerField()
    sealed = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("offer", "room", "epoch"), name="offered_key_once"),)

    def __str__(self) -> str:
        return f"{self.room_id} epoch {self.epoch}"
