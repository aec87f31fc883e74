from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case, new_token
from grievances.models.room import Room


class RecoverySeal(models.Model):
    """
    One room's private key of one epoch, sealed to the organisation and wrapped under the room's shred key.

    `kit` is the fingerprint of the organisation's key that it is sealed to.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="recovery_seals")
    epoch = models.PositiveIntegerField()
    kit = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("room", "epoch"), name="recovery_seal_once"),)
        indexes = (models.Index(fields=("kit",), name="recovery_seal_kit"),)

    def __str__(self) -> str:
        return f"{self.room_id} epoch {self.epoch}"


class RecoveryRequest(models.Model):
    """
    That somebody asked for a case to be offered to named mediators by recovery.

    Who holds shares is told a random code and nothing else; `code_tag` is its keyed hash (64 hex digits).
    The ledger says the same, and what it does not say is not believed.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting for the shares")
        DONE = "done", _("carried out")
        ENDED = "ended", _("no longer needed")

    token = models.CharField(max_length=26, unique=True, default=new_token)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="recovery_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    mediators = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    code_tag = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=5, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    lapses_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "asked_by"), condition=Q(state="open"), name="recovery_request_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case}: {self.state}"
