from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from grievances.models.seat import Seat


class Cover(models.Model):
    """Whom a mediator named to cover for them in one case while they are away. Who names nobody has no row."""

    seat = models.OneToOneField(Seat, on_delete=models.CASCADE, related_name="cover")
    covered_by = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(name="cover_is_another", condition=~Q(seat=F("covered_by"))),)

    def __str__(self) -> str:
        return f"{self.covered_by_id} for {self.seat_id}"
