from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case
from grievances.models.seat import Seat


class MediationSession(models.Model):
    """That a session of mediation was held, by which ground rules. Who said what is never recorded."""

    class Form(models.TextChoices):
        JOINT = "joint", _("both sides together")
        SHUTTLE = "shuttle", _("each side apart")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sessions")
    form = models.CharField(max_length=8, choices=Form)
    held_on = models.DateField()
    ground_rules = models.BooleanField(default=False)
    attended = models.ManyToManyField(Seat, related_name="+")

    def __str__(self) -> str:
        return f"{self.form} on {self.held_on}"
