from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case
from grievances.models.seat import Seat


class AmendsItem(models.Model):
    """One thing promised to repair harm, with its date. Its words stand in the agreement on the table, at `line`."""

    class Facet(models.TextChoices):
        """The four parts of making amends."""

        REFLECTION = "reflection", _("reflection")
        APOLOGY = "apology", _("apology")
        REPAIR = "repair", _("repair")
        CHANGE = "change", _("changed behavior")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        KEPT = "kept", _("kept")
        LATE = "late", _("kept late")
        BROKEN = "broken", _("broken")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="amends")
    agreement = models.CharField(max_length=26)
    line = models.PositiveSmallIntegerField()
    facet = models.CharField(max_length=10, choices=Facet)
    owner = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("agreement", "line"), name="amends_line_once"),)
        ordering = ("due_on", "pk")

    def __str__(self) -> str:
        return f"{self.facet} due {self.due_on}"
