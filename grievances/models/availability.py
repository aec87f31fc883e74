from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Availability(models.Model):
    """What somebody who serves says of their own time. Nobody else says it, and it is computed from nothing."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="availability")
    busy = models.BooleanField(default=False)
    away_from = models.DateField(null=True)
    away_until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="away_from_a_day_until_a_day",
                condition=Q(away_from__isnull=True, away_until__isnull=True) | Q(away_until__gte=F("away_from")),
            ),
        )

    def __str__(self) -> str:
        return f"availability of {self.user_id}"
